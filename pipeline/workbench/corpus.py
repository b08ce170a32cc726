"""The study's passages as the workbench needs them: any one of them at once, without reading all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from pipeline import ledger, store
from pipeline.errors import PipelineError
from pipeline.model import Row

KEPT = 8  # documents whose passages stay in memory


class Source:
    """Rows by document of one output file, opened anew when the file was rebuilt; the last few documents are kept."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.stamp: tuple[int, int] = (0, 0)
        self.reader: ledger.Reader | None = None
        self.kept: dict[str, list[Row]] = {}

    def opened(self) -> ledger.Reader:
        """A reader of the file as it is now."""
        if not self.path.is_file():
            raise store.missing(self.path)
        stat = self.path.stat()
        stamp = (stat.st_mtime_ns, stat.st_size)
        if self.reader is None or stamp != self.stamp:
            self.reader, self.stamp, self.kept = ledger.Reader(self.path), stamp, {}
        return self.reader

    def rows(self, document: str) -> list[Row]:
        """The rows of a document, none where it is not there."""
        reader = self.opened()
        if document not in self.kept:
            if document not in reader.entries:
                return []
            if len(self.kept) >= KEPT:
                del self.kept[next(iter(self.kept))]
            self.kept[document] = reader.rows(document)
        return self.kept[document]


class Corpus:
    """Passages, documents and rule hits of a study."""

    def __init__(self, outputs: Path) -> None:
        self.passages = Source(outputs / "passages.jsonl")
        self.documents = Source(outputs / "documents.jsonl")
        self.tags = Source(outputs / "tags.jsonl")

    def neighbours(self, passage_id: str) -> tuple[Sequence[Row], int]:
        """All passages of a passage's document, and its place among them."""
        rows = self.passages.rows(passage_id.rpartition("#")[0])
        place = next((i for i, row in enumerate(rows) if row["id"] == passage_id), None)
        if place is None:
            raise PipelineError(f"There is no passage {passage_id!r}.", "Search for some of its words.")
        return rows, place

    def passage(self, passage_id: str) -> Row:
        """A passage by its id."""
        rows, place = self.neighbours(passage_id)
        return rows[place]

    def present_id(self, document_id: str, text_sha256: str, passage_id: str) -> str | None:
        """The id that a passage of this text has now, its former one where that still fits; None where the text is gone."""
        rows = self.passages.rows(document_id)
        likely = [row for row in rows if row["id"] == passage_id]
        same = (row["id"] for row in [*likely, *rows] if store.sha256_text(row["text"]) == text_sha256)
        return next(same, None)

    def document(self, document_id: str) -> Mapping[str, str]:
        """A document's facts; empty where it is not there."""
        rows = self.documents.rows(document_id)
        return rows[0] if rows else {}

    def hits(self, passage_id: str) -> list[Row]:
        """Rule hits of a passage."""
        rows = self.tags.rows(passage_id.rpartition("#")[0])
        return next((row["hits"] for row in rows if row["id"] == passage_id), [])
