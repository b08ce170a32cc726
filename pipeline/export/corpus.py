"""The coded corpus as exports read it: streamed by document, so that its size costs no memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline import ledger
from pipeline.config import Study
from pipeline.model import Row

OWN = {"id", "text", "sha256", "metadata"}  # of a document; a passage has its own or none


@dataclass(frozen=True, slots=True)
class Coded:
    """One document with its passages and their codings, in reading order."""

    document: Row
    passages: list[Row]
    codings: list[Row]

    def rows(self) -> Iterator[Row]:
        """Each passage with its document's facts, its text and its codes."""
        facts = {key: value for key, value in self.document.items() if key not in OWN}
        for passage, coding in zip(self.passages, self.codings, strict=True):
            yield {**passage, **facts, **{key: value for key, value in coding.items() if key not in passage}}


def coded_documents(study: Study) -> Iterator[Coded]:
    """Every coded document, by id."""
    files = [ledger.Reader(study.outputs / f"{name}.jsonl") for name in ("documents", "passages", "codings")]
    documents, passages, codings = files
    try:
        for name in sorted(codings.entries):
            yield Coded(documents.rows(name)[0], passages.rows(name), codings.rows(name))
    finally:
        for file in files:
            file.close()


def coded_passages(study: Study) -> Iterator[Row]:
    """Every coded passage, in reading order of its document."""
    for coded in coded_documents(study):
        yield from coded.rows()
