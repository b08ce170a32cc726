"""`outputs/<study>/problems.jsonl`: what was left out, doubted or mended, by stage."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from pipeline import store
from pipeline.errors import Problem
from pipeline.model import Row


def path_in(outputs: Path) -> Path:
    """Where a study's problems are listed."""
    return outputs / "problems.jsonl"


def read(outputs: Path) -> list[Row]:
    """All listed problems; none where nothing ran yet."""
    path = path_in(outputs)
    return list(store.read_jsonl(path)) if path.is_file() else []


def replace(outputs: Path, stage: str, found: Iterable[Problem]) -> None:
    """List a stage's problems anew and keep those of the others."""
    others = [row for row in read(outputs) if row["stage"] != stage]
    rows = others + [{"stage": stage, **asdict(problem)} for problem in sorted(set(found))]
    store.write_jsonl(path_in(outputs), sorted(rows, key=lambda row: row["stage"]))
