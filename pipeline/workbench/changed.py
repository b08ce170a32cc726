"""What a retraining changed: quality, verdict, and the passages whose codes flipped."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline import ledger, store
from pipeline.config import Study
from pipeline.model import Row

KEPT = ("narratives.json", "codings.jsonl", ".ledger/codings.json")


def before_folder(study: Study) -> Path:
    """Where the last retraining laid what was there before it."""
    return study.outputs / ".before"


def result_path(study: Study) -> Path:
    """Where the comparison of the last retraining stands."""
    return before_folder(study) / "comparison.json"


def lay_aside(study: Study) -> None:
    """Keep the figures and codings as they are now; files are replaced as wholes, so a second name for one costs nothing."""
    folder = before_folder(study)
    shutil.rmtree(folder, ignore_errors=True)
    sources = {name: study.outputs / name for name in KEPT} | {"card.json": study.model / "card.json"}
    for name, source in sources.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_file():
            link(source, target)


def link(source: Path, target: Path) -> None:
    """A second name for a file, or a copy where the disk knows no such names."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def comparison(study: Study) -> Row:
    """Before and after: labels, quality by code, verdicts, flips."""
    old = before_folder(study)
    cards = loaded(old / "card.json"), loaded(study.model / "card.json")
    stories = loaded(old / "narratives.json"), loaded(study.outputs / "narratives.json")
    flipped = flips(old / "codings.jsonl", study.outputs / "codings.jsonl")
    return {
        "labels": [card.get("passages", 0) for card in cards], "quality": quality(*cards), "verdicts": verdicts(*stories),
        "flips": flipped, "flipped": len({row["id"] for row in flipped}),
    }  # fmt: skip


def loaded(path: Path) -> Mapping[str, Any]:
    """A file of figures, empty where there was none."""
    found: Mapping[str, Any] = store.read_json(path) if path.is_file() else {}
    return found


def quality(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Row]:
    """F1 and calibration error of each code, before and after."""
    old = {row["code"]: row for row in before.get("quality", [])}
    return [
        {"code": row["code"], "positives": row["positives"], "by": row["by"],
         **{name: [old.get(row["code"], {}).get(name), row[name]] for name in ("f1", "calibration_error")}}
        for row in after.get("quality", [])
    ]  # fmt: skip


def verdicts(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Row]:
    """The verdict of each scope in words, before and after."""
    old = {scope["scope"]: scope["words"] for scope in before.get("scopes", [])}
    return [{"means": scope["means"], "words": [old.get(scope["scope"]), scope["words"]]} for scope in after.get("scopes", [])]


def flips(before: Path, after: Path) -> list[Row]:
    """Codes that a passage lost or gained, those whose probability moved most first; only documents that changed are read."""
    if not before.is_file() or not after.is_file():
        return []
    old, new = ledger.Reader(before), ledger.Reader(after)
    found: list[Row] = []
    for name in sorted(old.entries.keys() & new.entries.keys()):
        if old.entries[name].digest != new.entries[name].digest:
            was = {row["id"]: row["codes"] for row in old.rows(name)}
            found += [flip for row in new.rows(name) for flip in flipped_codes(row["id"], was.get(row["id"], {}), row["codes"])]
    old.close()
    new.close()
    return sorted(found, key=lambda row: (-abs(row["p"][1] - row["p"][0]), row["id"], row["code"]))


def flipped_codes(passage_id: str, was: Mapping[str, Row], now: Mapping[str, Row]) -> list[Row]:
    """The codes of one passage on which the decision changed."""
    return [
        {"id": passage_id, "code": code, "present": said["present"], "p": [was[code]["p"], said["p"]]}
        for code, said in now.items()
        if code in was and was[code]["present"] != said["present"]
    ]
