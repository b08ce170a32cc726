"""The command `code`: a study's passages, anybody's file of passages, or one text with its reasons."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from click.core import ParameterSource

from pipeline.cli_options import DEFAULT_CODEBOOK, recorded_source, study_option
from pipeline.config import base_model_file, load_study
from pipeline.errors import PipelineError, UsageError
from pipeline.progress import bar
from pipeline.runner import locked, run_stage
from pipeline.stages import stage

FROM_INPUT = "-"
FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@study_option
@click.option("--in", "source", type=FILE, help='Rows {"id", "text"}.')
@click.option("--out", type=FILE, help="Where the coded rows go.")
@click.option("--explain", "text", is_flag=False, flag_value=FROM_INPUT, metavar="[TEXT]",
              help="Print why each code stands, for a text, for the rows of --in, or for standard input.")  # fmt: skip
@click.pass_context
def code(ctx: click.Context, study: str, source: Path | None, out: Path | None, text: str | None) -> None:
    """Code the study's passages; with --in and --out, any passages; with --explain, say why."""
    if text is None and source is None and out is None:
        loaded = load_study(study)
        with locked(loaded):
            click.echo(f"{'code':<12} {run_stage(stage('code'), loaded, recorded_source(loaded, None), bar)}")
        return
    if source is not None and not source.is_file():
        raise PipelineError(f"The file {source} does not exist.", "Check the path given with --in.")
    if (out is not None and source is None) or (text is None and out is None):
        raise UsageError("--in and --out go together.")
    given = ctx.get_parameter_source("study") is ParameterSource.COMMANDLINE
    code_any(study if given else None, source, out, text)


def code_any(study: str | None, source: Path | None, out: Path | None, text: str | None) -> None:
    """Code passages that belong to no study; a study only lends its roles and its model."""
    from pipeline import codebook, coding, saved_model

    named = load_study(study) if study else None
    book = codebook.load(named.codebook_folder if named else DEFAULT_CODEBOOK)
    model = saved_model.load(named.model_file if named else base_model_file(), book)
    engine = coding.filter_engine(named, book)
    if source is not None and out is not None:
        count = coding.filter_file(source, out, engine, model)
        basis = "with a trained classifier" if model.calibrated else "by rules alone (no trained classifier here)"
        click.echo(f"{count:,} passages coded {basis}: {out}")
    if text is not None:
        if source is not None:
            rows = coding.read_passages(source)
        else:
            rows = iter([{"id": "", "text": sys.stdin.read() if text == FROM_INPUT else text}])
        for row, result in coding.coded_rows(rows, engine, model):
            click.echo("\n".join(coding.in_words(row["text"], result, model)))
