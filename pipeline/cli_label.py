"""The command `label`: open the workbench for one coder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli_options import study_option
from pipeline.config import load_study

if TYPE_CHECKING:
    from pipeline.workbench.bench import Bench


@click.command()
@study_option
@click.option("--coder", required=True, help="Who labels: small letters, digits, hyphens; names the file of labels.")
@click.option("--port", type=click.IntRange(0, 65535), default=None, help="Port on this machine (8642, or a free one).")
@click.option("--no-browser", is_flag=True, help="Only print the address.")
@click.option("--assist", is_flag=True, help="Show rule hits while labelling; recorded on every label.")
@click.option("--sheet", type=click.Path(path_type=Path, dir_okay=False),
              help="Instead of the page, write this coder's next passages to fill in elsewhere: .xlsx, .csv, "
                   ".json (Label Studio) or .jsonl (doccano); `policycode import` takes them back.")  # fmt: skip
def label(study: str, coder: str, port: int | None, no_browser: bool, assist: bool, sheet: Path | None) -> None:
    """Label passages by hand in the browser; the page is served to this machine only."""
    from pipeline.workbench.bench import Bench
    from pipeline.workbench.server import serve

    bench = Bench(load_study(study), coder, assist)
    if sheet is not None:
        write_sheet(bench, sheet)
        return

    def ready(address: str) -> None:
        for problem in bench.problems:
            click.echo(f"Note: {problem}", err=True)
        click.echo(f"Workbench of {coder} on {bench.study.name}: {address}")
        click.echo(f"Labels go to {bench.log.path}; Ctrl-C ends.")
        if not no_browser:
            click.launch(address)

    serve(bench, port, ready)


def write_sheet(bench: Bench, path: Path) -> None:
    """Write what the coder would be shown next to a file, blind."""
    from pipeline.export.drawing import planned
    from pipeline.export.outlets import outlet

    write = outlet(path)
    bench.ensure_round()
    done = write(path, planned(bench.study, bench.open_ones()))
    click.echo(f"{done.counts['passages']:,} passages to label: {path}")
    click.echo(f"Then: policycode import {path} --study {bench.study.name} --coder {bench.coder}")
    for loss in done.losses:
        click.echo(f"Note: {loss}", err=True)
