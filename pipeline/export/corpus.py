"""The coded corpus as exports read it: streamed by document, so that its size costs no memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline import ledger
from pipeline.config import Study
from pipeline.model import Row
from pipeline.pages import page_of

OWN = {"id", "text", "sha256", "metadata"}  # of a document; a passage has its own or none


@dataclass(frozen=True, slots=True)
class Coded:
    """One document with its passages and their codings, in reading order."""

    document: Row
    passages: list[Row]
    codings: list[Row]

    def bare_rows(self) -> Iterator[Row]:
        """Each passage with its document's facts and its text."""
        facts = {key: value for key, value in self.document.items() if key not in OWN}
        for passage in self.passages:
            yield {**passage, **facts, "page": page_of(self.document, passage["start"])}

    def rows(self) -> Iterator[Row]:
        """The same with its codes."""
        for row, coding in zip(self.bare_rows(), self.codings, strict=True):
            yield {**row, **{key: value for key, value in coding.items() if key not in row}}


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


def chosen_passages(study: Study, ids: Sequence[str]) -> Iterator[Row]:
    """Some passages with their documents' facts, uncoded, in the order asked for; reads only their documents."""
    documents = ledger.Reader(study.outputs / "documents.jsonl")
    passages = ledger.Reader(study.outputs / "passages.jsonl")
    wanted = set(ids)
    try:
        names = sorted({name.rpartition("#")[0] for name in wanted} & set(passages.entries))
        coded = (Coded(documents.rows(name)[0], passages.rows(name), []) for name in names)
        found = {row["id"]: row for one in coded for row in one.bare_rows() if row["id"] in wanted}
    finally:
        documents.close()
        passages.close()
    yield from (found[name] for name in ids if name in found)


def held(row: Row) -> list[str]:
    """The codes the machine holds present on a passage."""
    return [code for code, said in row["codes"].items() if said["present"]]


def grounds(row: Row) -> list[Row]:
    """The rule hits that count and whose code is held present: what a person is shown as the words behind a code."""
    return [hit for hit in row["spans"] if not (hit["negated"] or hit["attributed"]) and row["codes"][hit["code"]]["present"]]
