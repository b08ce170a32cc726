"""What was settled before looking: codebook, weights, bars and decision rule, hashed and dated beside the study."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pipeline import labels, store
from pipeline.code_hash import code_hash
from pipeline.codebook import Codebook
from pipeline.config import Study
from pipeline.errors import PipelineError
from pipeline.evidence.decide import RULE
from pipeline.model import Row

COMPUTING = ("pipeline.evidence", "pipeline.correction", "pipeline.shares", "pipeline.coded", "pipeline.estimate")
PARTS = {
    "codebook": "the definitions of the codes",
    "rules": "the rules that find codes",
    "weights": "what the narratives expect, and their weights",
    "thresholds": "the bars of the verdict",
    "roles": "the actors",
    "decision rule": "the decision rule",
    "program": "the program that weighs and decides",
}


def path_of(study: Study) -> Path:
    """Where a study's registrations are kept."""
    return study.folder / "registered.json"


def settled(study: Study, book: Codebook) -> dict[str, str]:
    """Hashes of everything that settles how evidence will be judged."""
    parts = {
        "codebook": store.sha256_file(book.folder / "codebook.yaml"),
        "rules": store.sha256_file(book.folder / "patterns.jsonl"),
        "weights": store.sha256_file(book.folder / "narratives.yaml"),
        "thresholds": store.sha256_text(study.thresholds.model_dump_json()),
        "roles": store.sha256_text(study.roles.model_dump_json()),
        "decision rule": store.sha256_text(RULE),
        "program": code_hash(*COMPUTING),
    }
    return {name: value[:16] for name, value in parts.items()}


def labels_now(study: Study) -> int:
    """How many labels the study has."""
    return sum(1 for path in labels.files(study.labels) for _ in store.numbered_rows(path))


def history(study: Study) -> list[Row]:
    """All registrations of a study, the first first."""
    path = path_of(study)
    if not path.is_file():
        return []
    found = store.read_json(path)
    if not isinstance(found, list) or not all(isinstance(row, dict) and {"time", "labels", "settled"} <= set(row) for row in found):
        raise PipelineError(f"{path} is not a list of registrations.", "Bring back the file as `policycode register` wrote it.")
    return found


def register(study: Study, book: Codebook, time: str) -> Row | None:
    """Add a registration; None where the last one says the same. Earlier ones are never touched."""
    earlier = history(study)
    now = settled(study, book)
    if earlier and earlier[-1]["settled"] == now:
        return None
    entry: Row = {"time": time, "labels": labels_now(study), "codebook_version": book.version, "settled": now}
    store.write_json(path_of(study), [*earlier, entry])
    return entry


def status(study: Study, book: Codebook) -> Row:
    """Whether what the verdict rests on is what was registered last, and what changed since."""
    earlier = history(study)
    if not earlier:
        words = "Not registered: codebook, weights, bars and decision rule were not fixed beforehand (`policycode register`)."
        return {"status": "not registered", "time": None, "labels_then": None, "changed": [], "words": words, "registrations": 0}
    last = earlier[-1]
    changed = differing(last["settled"], settled(study, book))
    when = f"{last['time']}, when the study had {last['labels']:,} labels" if last["labels"] else f"{last['time']}, before any label"
    again = f"; registered {len(earlier)} times, first on {earlier[0]['time']}" if len(earlier) > 1 else ""
    broken = [name for name in changed if name != "program"]  # a later program by the same rule and weights is told, but breaks no promise
    rest = "the program has been changed since, not what it decides by" if changed else "nothing changed since"
    what = "; ".join(PARTS.get(name, name) for name in changed)
    words = f"Changed after registration ({when}{again}): {what}." if broken else f"Registered on {when}{again}; {rest}."
    return {"status": "changed after" if broken else "registered", "time": last["time"], "labels_then": last["labels"], "changed": changed,
            "words": words, "registrations": len(earlier)}  # fmt: skip


def differing(then: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Names of what is not as it was."""
    return [name for name in now if then.get(name) != now[name]]
