"""Tables with a text column: CSV, TSV and JSONL, one document a row, streamed."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline.errors import PipelineError, Problem
from pipeline.ingest.decode import LONGEST_LINE, NotText, file_encoding
from pipeline.ingest.raw import Raw, Unread

TEXT_COLUMNS = ("text", "speech", "content", "body", "full_text", "transcript")
DELIMITERS = {".tsv": "\t"}
Numbered = Iterator[tuple[int, dict[str, Any] | Problem]]


def csv_rows(path: Path, encoding: str) -> Numbered:
    """Rows of a CSV or TSV with the line each ends on; a broken one as a problem."""
    csv.field_size_limit(LONGEST_LINE)
    with path.open(encoding=encoding, newline="") as file:
        first = file.readline(LONGEST_LINE)
        file.seek(0)
        delimiter = DELIMITERS.get(path.suffix.lower()) or max(",;\t|", key=first.count)
        reader = csv.DictReader(file, delimiter=delimiter)
        if reader.fieldnames and reader.fieldnames[0].startswith("\ufeff"):
            reader.fieldnames = [reader.fieldnames[0][1:], *reader.fieldnames[1:]]
        while True:
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                what = f"cannot be read: {error}; the rest of the table was not read"
                yield reader.line_num, Problem(str(path), reader.line_num, what, "error", "unreadable")
                return
            yield reader.line_num, row


def jsonl_rows(path: Path, encoding: str) -> Numbered:
    """Rows of a JSONL file with their lines; a broken one as a problem."""
    with path.open(encoding=encoding) as file:
        line = 0
        while text := file.readline(LONGEST_LINE + 1):
            line += 1
            if len(text) > LONGEST_LINE:
                what = f"line is longer than {LONGEST_LINE:,} characters; the rest of the table was not read"
                yield line, Problem(str(path), line, what, "error", "unreadable")
                return
            if text.strip():
                yield line, json_row(text, path, line)


def json_row(text: str, path: Path, line: int) -> dict[str, Any] | Problem:
    """One line of JSONL as a row, or what is wrong with it."""
    try:
        row = json.loads(text)
    except ValueError:
        row = None
    if isinstance(row, dict):
        return row
    return Problem(str(path), line, "not a JSON object", "error", "unreadable")


def text_column(path: Path, columns: list[str], wanted: str) -> str:
    """The column that holds the texts: the one the study names, else a usual name."""
    usual = [name for name in TEXT_COLUMNS if name in {c.lower() for c in columns}]
    found = wanted if wanted in columns else next((c for c in columns if usual and c.lower() == usual[0]), "")
    if (wanted and not found) or not found:
        hint = "Name it in study.yaml (`text_column:`) or call it `text`. Columns here: " + ", ".join(columns)
        raise PipelineError(f"{path} has no column {wanted or 'text'!r}.", hint)
    return found


def read(path: Path, problems: list[Problem], wanted: str = "") -> Iterator[Raw | Unread]:
    """Every row of a table as a text."""
    try:
        encoding = file_encoding(path)
    except NotText as error:
        yield Unread(path.stem, Problem(str(path), 0, f"cannot be read: {error}", "error", "unreadable"))
        return
    rows = jsonl_rows(path, encoding) if path.suffix.lower() in {".jsonl", ".ndjson"} else csv_rows(path, encoding)
    column = ""
    for number, (line, row) in enumerate(rows, 1):
        if isinstance(row, Problem):
            yield Unread(f"{path.stem}:{line}", row)
            continue
        column = column or text_column(path, [str(key) for key in row if key], wanted)
        given = {str(k): str(v) for k, v in row.items() if k and v is not None and k != column}
        text = row.get(column)
        yield Raw(given.get("id") or f"{path.stem}-{number:06}", str(text or ""), given, str(path), line, encoding)
