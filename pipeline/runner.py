"""Running stages: skip what is up to date, record what was done in run.json."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from pipeline import ledger, store
from pipeline.code_hash import code_hash
from pipeline.config import Study, home
from pipeline.errors import PipelineError
from pipeline.progress import Track, no_track
from pipeline.stages import STAGES, Stage, source_signature
from pipeline.versions import versions

Say = Callable[[str], None]


def digest(path: Path) -> str:
    """What a file holds, told by its ledger where it has one."""
    if ledger.load(path):
        path = ledger.ledger_path(path)
    return store.sha256_file(path)


def fingerprint(stage: Stage, study: Study, source: Path | None) -> tuple[str, dict[str, str]]:
    """A hash of all a stage depends on, and the hashes of its input files."""
    inputs = {str(path): digest(path) for path in stage.reads(study)}
    inputs[str(study.file)] = store.sha256_file(study.file)
    if stage.takes_source:
        inputs["source"] = source_signature(study, source)
    return ledger.digest_of(stage.name, store.dumps(inputs), code_hash("pipeline"), store.dumps(versions())), inputs


def record_path(study: Study) -> Path:
    """Where the last runs of a study's stages are recorded."""
    return study.outputs / "run.json"


def record(study: Study) -> dict[str, Any]:
    """The record of a study's last runs; an empty one where there is none."""
    path = record_path(study)
    empty: dict[str, Any] = {"stages": {}}
    if not path.is_file():
        return empty
    try:
        found: dict[str, Any] = store.read_json(path)
    except PipelineError:
        return empty
    return found if isinstance(found.get("stages"), dict) else empty


def intact(path: Path) -> bool:
    """Whether an output is there and, where it has a ledger, still as long as that says."""
    return path.is_file() and (not ledger.ledger_path(path).is_file() or bool(ledger.load(path)))


def up_to_date(stage: Stage, study: Study, source: Path | None) -> bool:
    """Whether running the stage would change nothing."""
    done = record(study)["stages"].get(stage.name, {})
    there = all(intact(path) for path in stage.writes(study))
    return there and bool(done) and done["fingerprint"] == fingerprint(stage, study, source)[0]


def run_stage(stage: Stage, study: Study, source: Path | None, track: Track = no_track) -> str:
    """Run one stage and record it; its counts as a line."""
    start = time.monotonic()
    counts = stage.run(study, source, track)
    mark, inputs = fingerprint(stage, study, source)
    said = record(study)
    said["stages"][stage.name] = {
        "fingerprint": mark, "inputs": inputs, "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(time.monotonic() - start, 2), "counts": dict(sorted(counts.items())),
    }  # fmt: skip
    head = {"study": study.name, "seed": study.seed, "source": str(source or ""), "versions": versions()}
    store.write_json(record_path(study), {**head, "stages": said["stages"]})
    return ", ".join(f"{count:,} {name}" for name, count in counts.items())


def run_all(study: Study, source: Path | None, say: Say, track: Track = no_track, stages: Sequence[Stage] = STAGES) -> int:
    """Run the stages that are not up to date, in order; how many ran."""
    ran = 0
    for stage in stages:
        if up_to_date(stage, study, source):
            continue
        line = run_stage(stage, study, source, track)
        if (line and stage.writes(study)) or "fetched" in line:
            say(f"{stage.name:<12} {line}")
        ran += 1
    return ran


def locked(study: Study) -> FileLock:
    """A lock that keeps two runs from writing one study's outputs at once."""
    study.outputs.mkdir(parents=True, exist_ok=True)
    lock = FileLock(study.outputs / ".lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise PipelineError(f"Another run is at work on {study.name}.", "Wait until it ends.") from None
    return lock


__all__ = ["home", "locked", "record", "run_all", "run_stage", "up_to_date"]
