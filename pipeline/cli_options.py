"""Options that several commands take."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from pipeline.config import Study, home
from pipeline.errors import PipelineError
from pipeline.runner import record

DEFAULT_STUDY = "us-sotu"
DEFAULT_CODEBOOK = home() / "codebook" / "alliance"


def study_option(function: Callable[..., None]) -> Callable[..., None]:
    """The option every command on a study takes."""
    text = "Name of a folder in corpus/, or path of a study.yaml."
    return click.option("--study", default=DEFAULT_STUDY, show_default=True, help=text)(function)


def source_option(function: Callable[..., None]) -> Callable[..., None]:
    """The option that lays other texts under a study."""
    kind = click.Path(path_type=Path)
    text = "A folder of .txt or a CSV/TSV/JSONL table, in place of the study's own texts."
    return click.option("--source", type=kind, default=None, help=text)(function)


def existing(source: Path | None) -> Path | None:
    """The source, if it is there."""
    if source is not None and not source.exists():
        raise PipelineError(f"The source {source} does not exist.", "Check the path given with --source (SOURCE=).")
    return source


def recorded_source(study: Study, source: Path | None) -> Path | None:
    """The source given, else the one the study was last run on."""
    said = record(study).get("source", "")
    return existing(source) or (Path(said) if said and Path(said).exists() else None)
