"""Tables with a text column: CSV, TSV, JSONL and XLSX, one document a row, streamed."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline.errors import PipelineError, Problem
from pipeline.forms.decode import LONGEST_LINE, NotText, file_encoding
from pipeline.ingest import workbook
from pipeline.ingest.raw import Raw, Unread

TEXT_COLUMNS = ("text", "speech", "content", "body", "full_text", "transcript")
TABLES = {".csv", ".tsv", ".jsonl", ".ndjson", ".xlsx", ".xlsm"}
DELIMITERS = {".tsv": "\t"}
Numbered = Iterator[tuple[int, dict[str, Any] | Problem]]


class NoColumn(PipelineError):
    """A table without a column of texts."""


def unreadable(place: str, line: int, what: str) -> Problem:
    """The problem of a row or table that cannot be read."""
    return Problem(place, line, what, "error", "unreadable")


def rows_of(path: Path, encoding: str, place: str) -> Numbered:
    """Rows of a table with the line each begins on; what cannot be read as problems of `place`."""
    ending = path.suffix.lower()
    reader = workbook.rows if ending in workbook.ENDINGS else jsonl_rows if ending in {".jsonl", ".ndjson"} else csv_rows
    line = 0
    try:
        for line, row in reader(path, encoding, place):
            yield line, row
    except (UnicodeDecodeError, NotText) as error:
        why = str(error) if isinstance(error, NotText) else f"not text in {encoding} somewhere"
        yield line, unreadable(place, line, f"{why} after line {line}; the rest of the table was not read")


def csv_rows(path: Path, encoding: str, place: str) -> Numbered:
    """Rows of a CSV or TSV; after a broken row that spans lines nothing can be trusted."""
    csv.field_size_limit(LONGEST_LINE)
    with path.open(encoding=encoding, newline="") as file:
        first = file.readline(LONGEST_LINE)
        file.seek(0)
        delimiter = DELIMITERS.get(path.suffix.lower()) or max(",;\t|", key=first.count)
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        header: list[str] = []
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                rest = reader.line_num > line or "end of data" in str(error)
                what = f"cannot be read: {error}" + ("; the rest of the table was not read" if rest else "")
                yield line, unreadable(place, line, what)
                if rest:
                    return
                continue
            if header and cells:
                yield line, csv_row(header, cells, place, line)
            header = header or [cell.removeprefix("\ufeff") for cell in cells]


def csv_row(header: list[str], cells: list[str], place: str, line: int) -> dict[str, Any] | Problem:
    """Cells under their header; a row with more of them than the header has is torn by a stray delimiter."""
    if any(cells[len(header) :]):
        return unreadable(place, line, f"has {len(cells)} cells under {len(header)} columns; a text with delimiters needs quotes")
    return dict(zip(header, cells, strict=False))


def jsonl_rows(path: Path, encoding: str, place: str) -> Numbered:
    """Rows of a JSONL file; a broken one as a problem."""
    with path.open(encoding=encoding) as file:
        line = 0
        while text := file.readline(LONGEST_LINE + 1):
            line += 1
            if len(text) > LONGEST_LINE:
                what = f"line is longer than {LONGEST_LINE:,} characters; the rest of the table was not read"
                yield line, unreadable(place, line, what)
                return
            if text.strip():
                yield line, json_row(text, place, line)


def json_row(text: str, place: str, line: int) -> dict[str, Any] | Problem:
    """One line of JSONL as a row, or what is wrong with it."""
    try:
        row = json.loads(text)
    except (ValueError, RecursionError):
        row = None
    return row if isinstance(row, dict) else unreadable(place, line, "not a JSON object")


def text_column(place: str, columns: list[str], wanted: str) -> str:
    """The column that holds the texts: the one the study names, else a usual name."""
    usual = [name for name in TEXT_COLUMNS if name in {c.lower() for c in columns}]
    found = wanted if wanted in columns else next((c for c in columns if usual and c.lower() == usual[0]), "")
    if (wanted and not found) or not found:
        hint = "Name it in study.yaml (`text_column:`) or call it `text`. Columns here: " + ", ".join(columns)
        raise NoColumn(f"{place} has no column {wanted or 'text'!r}.", hint)
    return found


def read(path: Path, problems: list[Problem], wanted: str = "", place: str = "", stem: str = "") -> Iterator[Raw | Unread]:
    """Every row of a table as a text.

    `place`: what problems call the table; `stem`: what ids of rows without one
    begin with. Where a table among other files has no column of texts, that is
    a problem; where it is the source itself, an error.
    """
    place, stem, alone = place or str(path), stem or path.stem, not place
    try:
        encoding = "utf-8" if path.suffix.lower() in workbook.ENDINGS else file_encoding(path)
        yield from texts_of(path, encoding, problems, wanted, place, stem)
    except NotText as error:
        yield Unread(stem, unreadable(place, 0, f"cannot be read: {error}"))
    except NoColumn as error:
        if alone:
            raise
        problems.append(Problem(place, 0, f"left out: {error.message} {error.hint}", "warning", "unsupported"))


def texts_of(path: Path, encoding: str, problems: list[Problem], wanted: str, place: str, stem: str) -> Iterator[Raw | Unread]:
    """The texts of a table's rows."""
    column = ""
    number = 0
    for number, (line, row) in enumerate(rows_of(path, encoding, place), 1):
        if isinstance(row, Problem):
            yield Unread(f"{stem}:{line}", row)
            continue
        column = column or text_column(place, list(row), wanted)
        given = {k: str(v) for k, v in row.items() if k and v is not None and k != column}
        text = row.get(column) or ""
        if isinstance(text, str):
            yield Raw(given.get("id") or f"{stem}-{number:06}", text, given, place, line, encoding)
        else:
            yield Unread(f"{stem}:{line}", unreadable(place, line, f"{column!r} holds no text"))
    if not number:
        problems.append(Problem(place, 0, "holds no rows", "warning", "empty"))
