"""Running a study's stages anew in a folder of their own, and comparing what they write with what was published."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pipeline import ledger, store
from pipeline.config import Study, load_study
from pipeline.progress import Track, no_track
from pipeline.stages import stage

TABLES = ("reliability", "aggregate", "report", "export")
ALL = ("segment", "tag", "train", "code", *TABLES)
CODED = ("documents", "passages", "tags", "codings", "heldout", "problems")  # what the tables are made of
READ = ("documents", "problems")  # what everything is made of, texts read and mended
UNCHECKED = frozenset({"problems.jsonl"})  # of several stages at once


@contextmanager
def at_home(folder: Path) -> Iterator[None]:
    """Take a folder as the project's."""
    before = os.environ.get("POLICYCODE_HOME")
    os.environ["POLICYCODE_HOME"] = str(folder)
    try:
        yield
    finally:
        if before is None:
            del os.environ["POLICYCODE_HOME"]
        else:
            os.environ["POLICYCODE_HOME"] = before


def copy(old: Path, new: Path) -> None:
    """Copy a file, and its ledger where it has one."""
    for source, target in ((old, new), (ledger.ledger_path(old), ledger.ledger_path(new))):
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)


def lay_out(package: Path, name: str, *, from_texts: bool) -> Path:
    """A fresh folder `rebuilt/` in a package with all that its stages start from."""
    home = package / "rebuilt"
    shutil.rmtree(home, ignore_errors=True)
    for part in ("codebook", "corpus", "models/base", *(() if from_texts else (f"models/{name}",))):
        if (package / part).is_dir():
            shutil.copytree(package / part, home / part)
    for stem in READ if from_texts else CODED:
        copy(package / "outputs" / name / f"{stem}.jsonl", home / "outputs" / name / f"{stem}.jsonl")
    return home


def run(home: Path, name: str, stages: Sequence[str], track: Track = no_track) -> list[Path]:
    """Run some stages of a study in its own folder; the files they wrote, relative to it."""
    written: list[Path] = []
    with at_home(home):
        study: Study = load_study(str(home / "corpus" / name / "study.yaml"))
        for each in track(stages, total=len(stages), label="stages"):
            stage(each).run(study, None, no_track)
            written += [path.relative_to(home) for path in stage(each).writes(study) if path.name not in UNCHECKED]
    return written


def compare(home: Path, written: Sequence[Path], named: dict[str, str]) -> dict[str, bool]:
    """For each file that was written, whether it is the one that was published."""
    return {path.as_posix(): store.sha256_file(home / path) == named.get(path.as_posix()) for path in sorted(written)}
