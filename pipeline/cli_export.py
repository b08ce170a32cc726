"""The command `export`: the coded corpus in one form, or in all that every run makes."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli_options import recorded_source, study_option
from pipeline.config import Study, load_study
from pipeline.errors import UsageError
from pipeline.export import BY_NAME, FORMATS, default_path
from pipeline.export.draw import SIZE, WAYS
from pipeline.export.form import Choices
from pipeline.progress import bar
from pipeline.runner import locked, run_stage
from pipeline.stages import stage

FORMS = "".join(f"\n  {form.name:<10} {form.help}" for form in FORMATS)


@click.command(help=f"The coded corpus for review.\n\n\b\nFormats:{FORMS}")
@study_option
@click.option("--format", "name", type=click.Choice(list(BY_NAME)), help="One format (without it, those that every run makes).")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Where it goes; needs --format.")
@click.option("--draw", default="", help=f"Passages to draw: {WAYS} (all to review, random to label).")
@click.option("--size", type=click.IntRange(min=1), help=f"How many to draw (random and uncertain: {SIZE}; else all).")
@click.option("--seed", type=int, help="Of a random draw (the study's); another seed draws others.")
def export(study: str, name: str | None, out: Path | None, draw: str, size: int | None, seed: int | None) -> None:
    """Write one format, or run the stage."""
    loaded = load_study(study)
    if name is None:
        if out is not None:
            raise UsageError("--out needs --format.")
        run_export(loaded)
        return
    form = BY_NAME[name]
    path = out or default_path(loaded, form)
    if not form.draws and (draw, size, seed) != ("", None, None):
        raise UsageError(f"--format {name} holds the whole corpus; it takes no --draw, --size or --seed.")
    done = form.write(loaded, path, Choices(draw, size, seed), bar)
    click.echo(f"{', '.join(f'{count:,} {what}' for what, count in done.counts.items())}: {path}")
    for loss in done.losses:
        click.echo(f"Note: {loss}", err=True)


def run_export(study: Study) -> None:
    """The stage, as every other."""
    with locked(study):
        click.echo(f"{'export':<12} {run_stage(stage('export'), study, recorded_source(study, None), bar)}")
