"""Texts that may not travel: each letter gives way to a block, ids, places and hashes stay.

Blocks have the length of the text they stand for and nothing else of it, so
that every position still holds and tables and report can be made from them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from pipeline import ledger, store
from pipeline.config import Study
from pipeline.model import Row

BLOCK = "█████ "


def masked(length: int) -> str:
    """A text of blocks."""
    return (BLOCK * (length // len(BLOCK) + 1))[:length]


def document(row: Row) -> Row:
    """A document without its text; `sha256` is that of the text."""
    return {**row, "text": masked(len(row["text"]))}


def passage(row: Row) -> Row:
    """A passage without its text, of which it carries the hash."""
    whole = masked(row["end"])
    return {**row, "text": whole[row["start"] :], "text_sha256": store.sha256_text(row["text"])}


def coding(row: Row) -> Row:
    """A coding without the words that moved it."""
    return {**row, "why": {}}


def write(old: Path, new: Path, change: Callable[[Row], Row]) -> None:
    """A file of a stage with every row changed, and its ledger."""
    reader = ledger.Reader(old)

    def make(todo: Sequence[str]) -> Iterator[ledger.Made]:
        for name in todo:
            yield name, [change(row) for row in reader.rows(name)], reader.entries[name].notes

    try:
        ledger.update(new, {name: entry.key for name, entry in reader.entries.items()}, make)
    finally:
        reader.close()


def write_all(study: Study, outputs: Path) -> None:
    """The study's outputs that tables are made of, without a word of the texts."""
    for stem, change in (("documents", document), ("passages", passage), ("codings", coding)):
        write(study.outputs / f"{stem}.jsonl", outputs / f"{stem}.jsonl", change)
    held = study.outputs / "heldout.jsonl"
    if held.is_file():
        store.write_jsonl(outputs / "heldout.jsonl", map(coding, store.read_jsonl(held)))
