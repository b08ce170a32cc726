"""Export: the coded corpus in the forms reviewers open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from pipeline import codebook, ledger, store
from pipeline.codebook import Codebook
from pipeline.config import Study
from pipeline.export.tables import write_csv, write_xlsx
from pipeline.model import Row
from pipeline.progress import Track, no_track

Writer = Callable[[Path, Iterator[Row], Codebook, Study], int]


def coded_passages(study: Study) -> Iterator[Row]:
    """Every passage with its document's facts, its text and its codes, in reading order, streamed."""
    documents = ledger.Reader(study.outputs / "documents.jsonl")
    passages = ledger.Reader(study.outputs / "passages.jsonl")
    codings = ledger.Reader(study.outputs / "codings.jsonl")
    try:
        for name in sorted(codings.entries):
            facts = {k: v for k, v in documents.rows(name)[0].items() if k not in {"id", "text", "sha256", "metadata"}}
            for passage, coding in zip(passages.rows(name), codings.rows(name), strict=True):
                yield {**passage, **facts, **{k: v for k, v in coding.items() if k not in passage}}
    finally:
        for reader in (documents, passages, codings):
            reader.close()


def write_jsonl(path: Path, rows: Iterator[Row], book: Codebook, study: Study) -> int:
    """The rows as they are, one JSON object a line."""
    return store.write_jsonl(path, rows)


WRITERS: dict[str, Writer] = {"csv": write_csv, "xlsx": write_xlsx, "jsonl": write_jsonl}


def export_to(study: Study, form: str, path: Path) -> int:
    """Write the coded corpus in one form; how many passages."""
    book = codebook.load(study.codebook_folder)
    return WRITERS[form](path, coded_passages(study), book, study)


def run(study: Study, track: Track = no_track) -> Counter[str]:
    """Write export/codings.* in every form; counts for the log."""
    count = 0
    for form in track(WRITERS, total=len(WRITERS), label="formats"):
        count = export_to(study, form, study.outputs / "export" / f"codings.{form}")
    return Counter(passages=count, formats=len(WRITERS))
