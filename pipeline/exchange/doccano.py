"""doccano's JSONL export, back in: each passage that was changed is a label of whoever is named with --coder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline import store
from pipeline.config import Study
from pipeline.errors import PipelineError, Problem, UsageError
from pipeline.exchange.items import Item, Place, Quoted, propose
from pipeline.exchange.proposal import Ask, Proposal
from pipeline.exchange.units import from_utf16
from pipeline.model import Row

FORM = "Give the JSONL that doccano exported from a project made with `policycode export --format doccano`."


def read(path: Path, study: Study, ask: Ask) -> Proposal:
    """Labels of the passages of a project."""
    if ask.coder is None:
        raise UsageError(f"{path}: whose labels are these?", "Say it with --coder NAME.")
    broken: list[Problem] = []
    rows = [(line, row) for line, row in store.numbered_rows(path, broken) if isinstance(row, dict)]
    if not any("passage_id" in row and "key" in row for _, row in rows):
        raise PipelineError(f"{path} holds no passages of policycode: no line has a `passage_id` and a `key`.", FORM, tuple(broken[:5]))
    done = propose(items(rows, ask.coder), str(path), study, ask, reckon, sent_back_unread=True)
    return Proposal(done.labels, (*broken, *done.losses), done.notes)


def items(rows: list[tuple[int, Row]], coder: str) -> Iterator[Item]:
    """Each line as an item."""
    for line, row in rows:
        given = [one for name in ("label", "labels", "cats", "entities") for one in listed(row.get(name))]
        codes = [one for one in given if isinstance(one, str)]
        spans = [span for one in given if (span := as_span(one))]
        memo = "\n".join(str(words) for words in listed(row.get("Comments")) + listed(row.get("comments")))
        fixed = (str(row.get("passage_id", "")), str(row.get("key", "")), str(row.get("text", row.get("data", ""))))
        yield Item(line, *fixed, tuple(codes), tuple(spans), memo, coder)


def listed(value: Any) -> list[Any]:
    """A list, else none."""
    return value if isinstance(value, list) else []


def as_span(value: Any) -> Quoted | None:
    """A marked span in either of doccano's forms."""
    if isinstance(value, list) and len(value) == 3:
        start, end, code = value
    elif isinstance(value, dict) and {"start_offset", "end_offset", "label"} <= set(value):
        start, end, code = value["start_offset"], value["end_offset"], value["label"]
    else:
        return None
    return (str(code), start, end, "") if isinstance(start, int) and isinstance(end, int) else (str(code), -1, -1, "")


def reckon(text: str, span: Quoted) -> Place:
    """Doccano counts UTF-16 units."""
    return (from_utf16(text, span[1]), from_utf16(text, span[2])) if span[1] >= 0 else (-1, -1)
