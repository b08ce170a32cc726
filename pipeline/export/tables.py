"""Flat forms of the coded corpus, a row a passage: CSV, JSONL and the workbook."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline import codebook, store
from pipeline.codebook import Codebook
from pipeline.config import Study
from pipeline.export.columns import FACTS, flat, nested, write_dictionary
from pipeline.export.corpus import coded_passages
from pipeline.export.form import Choices, Exported
from pipeline.model import Row
from pipeline.progress import Track
from pipeline.spreadsheet import Losses, csv_file


def cells(row: Row, book: Codebook) -> list[Any]:
    """One passage as a row of the table, in the order of `columns.flat`."""
    facts = [" ".join(row["roles"]) if fact.name == "roles" else row[fact.name] for fact in FACTS]
    present = [int(row["codes"][code]["present"]) for code in book.ids]
    chances = [row["codes"][code]["p"] for code in book.ids]
    return [*facts, *present, *chances, all_hits(row)]


def all_hits(row: Row) -> str:
    """The rule hits of a passage for a reader."""
    return "; ".join(hit_words(hit, row["text"]) for hit in row["spans"])


def hit_words(hit: Row, text: str) -> str:
    """A rule hit for a reader: the words, the rule, and whether it counts."""
    marks = [mark for mark in ("negated", "attributed") if hit[mark]]
    way = f"{hit['source'] or '?'}>{hit['target'] or '?'}" if hit["source"] or hit["target"] else ""
    notes = ", ".join(filter(None, [hit["rule"], *marks, way]))
    return f"{text[hit['start'] : hit['end']]!r} ({notes})"


def write_jsonl(study: Study, path: Path, choices: Choices, track: Track) -> Exported:
    """The rows as they are, one JSON object a line."""
    count = store.write_jsonl(path, coded_passages(study))
    write_dictionary(path, nested())
    return Exported(Counter(passages=count))


def write_csv(study: Study, path: Path, choices: Choices, track: Track) -> Exported:
    """A CSV with a row a passage."""
    book = codebook.load(study.codebook_folder)
    losses = Losses(longest=None)
    count = 0
    with csv_file(path) as writer:
        writer.writerow([column.name for column in flat(book)])
        for row in coded_passages(study):
            writer.writerow(safe_cells(cells(row, book), losses))
            count += 1
    write_dictionary(path, flat(book))
    return Exported(Counter(passages=count), tuple(losses.sentences()))


def safe_cells(values: Sequence[Any], losses: Losses) -> list[Any]:
    """Cells of which no text can become a formula."""
    return [losses.cell(value) if isinstance(value, str) else value for value in values]
