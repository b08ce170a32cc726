"""Whether what a label speaks of is still in the study."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from pipeline import labels as stored
from pipeline import ledger
from pipeline.config import Study
from pipeline.labels import Label


def missing_passages(study: Study, labels: Sequence[Label]) -> Iterator[str]:
    """A sentence for every label whose text no passage of the study has any more."""
    by_document: dict[str, list[Label]] = defaultdict(list)
    for label in labels:
        by_document[label.document_id].append(label)
    passages = ledger.Reader(study.outputs / "passages.jsonl")
    for document, given in sorted(by_document.items()):
        rows = passages.rows(document) if document in passages.entries else []
        for label in given:
            if stored.locate(label, rows, document) is None:
                yield f"{label.passage_id}: its text has changed since it was sent; the label counts only for a passage with the old text"
    passages.close()
