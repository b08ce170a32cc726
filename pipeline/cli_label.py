"""The command `label`: open the workbench for one coder."""

from __future__ import annotations

import click

from pipeline.cli_options import study_option
from pipeline.config import load_study


@click.command()
@study_option
@click.option("--coder", required=True, help="Who labels: small letters, digits, hyphens; names the file of labels.")
@click.option("--port", type=click.IntRange(0, 65535), default=None, help="Port on this machine (8642, or a free one).")
@click.option("--no-browser", is_flag=True, help="Only print the address.")
@click.option("--assist", is_flag=True, help="Show rule hits while labelling; recorded on every label.")
def label(study: str, coder: str, port: int | None, no_browser: bool, assist: bool) -> None:
    """Label passages by hand in the browser; the page is served to this machine only."""
    from pipeline.workbench.bench import Bench
    from pipeline.workbench.server import serve

    bench = Bench(load_study(study), coder, assist)

    def ready(address: str) -> None:
        for problem in bench.problems:
            click.echo(f"Note: {problem}", err=True)
        click.echo(f"Workbench of {coder} on {bench.study.name}: {address}")
        click.echo(f"Labels go to {bench.log.path}; Ctrl-C ends.")
        if not no_browser:
            click.launch(address)

    serve(bench, port, ready)
