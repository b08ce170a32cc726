"""Tables of the coded corpus for spreadsheets: CSV and XLSX, a row a passage."""

from __future__ import annotations

import csv
import io
import zipfile
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from pipeline import codebook, store
from pipeline.codebook import Codebook
from pipeline.config import Study
from pipeline.export.corpus import coded_passages
from pipeline.export.form import Choices, Exported
from pipeline.model import Row
from pipeline.progress import Track

FACTS = ("id", "document_id", "title", "speaker", "country", "date", "kind", "language", "source", "start", "end", "text", "roles")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
WIDTHS = {"text": 90, "title": 30, "id": 26, "document_id": 22, "source": 22, "hits": 40}
LONGEST_CELL = 32_000
FIXED_TIME = datetime(2000, 1, 1)
CONTROLS: dict[int, str | None] = {code: None for code in range(32) if code not in (9, 10, 13)}
UNSAYABLE: dict[int, str | None] = dict.fromkeys([*range(0xD800, 0xE000), 0xFFFE, 0xFFFF], "\ufffd")  # what XML or UTF-8 cannot hold
UNWRITABLE = CONTROLS | UNSAYABLE


def columns(book: Codebook) -> list[str]:
    """The table's columns: facts, each code's decision, each code's probability, the rules that hit."""
    return [*FACTS, *book.ids, *(f"p:{code}" for code in book.ids), "hits"]


def safe(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula (OWASP: a leading apostrophe)."""
    if isinstance(value, str):
        value = value.translate(UNWRITABLE)
        return f"'{value}" if value.startswith(FORMULA) else value
    return value


def cells(row: Row, book: Codebook) -> list[Any]:
    """One passage as a row of the table."""
    facts = [" ".join(row["roles"]) if name == "roles" else row[name] for name in FACTS]
    present = [int(row["codes"][code]["present"]) for code in book.ids]
    chances = [row["codes"][code]["p"] for code in book.ids]
    hits = "; ".join(hit_words(hit, row["text"]) for hit in row["spans"])
    return [safe(value) for value in [*facts, *present, *chances, hits]]


def hit_words(hit: Row, text: str) -> str:
    """A rule hit for a reader: the words, the rule, and whether it counts."""
    marks = [mark for mark in ("negated", "attributed") if hit[mark]]
    way = f"{hit['source'] or '?'}>{hit['target'] or '?'}" if hit["source"] or hit["target"] else ""
    notes = ", ".join(filter(None, [hit["rule"], *marks, way]))
    return f"{text[hit['start'] : hit['end']]!r} ({notes})"


def write_jsonl(study: Study, path: Path, choices: Choices, track: Track) -> Exported:
    """The rows as they are, one JSON object a line."""
    return Exported(Counter(passages=store.write_jsonl(path, coded_passages(study))))


def write_csv(study: Study, path: Path, choices: Choices, track: Track) -> Exported:
    """A CSV in UTF-8 with a BOM, so that Excel reads its letters right."""
    book = codebook.load(study.codebook_folder)
    count = 0
    with store.atomic(path, "wb") as raw:
        file = io.TextIOWrapper(raw, encoding="utf-8-sig", newline="", write_through=True)
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns(book))
        for row in coded_passages(study):
            writer.writerow(cells(row, book))
            count += 1
        file.detach()
    return Exported(Counter(passages=count))


def write_xlsx(study: Study, path: Path, choices: Choices, track: Track) -> Exported:
    """A workbook: passages with a frozen, filtered header, and the codebook; written row by row."""
    book = codebook.load(study.codebook_folder)
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("passages")
    names = columns(book)
    style_columns(sheet, names)
    sheet.append(header(sheet, names))
    count = 0
    for row in coded_passages(study):
        sheet.append([as_cell(sheet, value) for value in cells(row, book)])
        count += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(names))}{count + 1}"
    codebook_sheet(workbook, book)
    save(workbook, path)
    return Exported(Counter(passages=count))


def style_columns(sheet: Any, names: list[str]) -> None:
    """Widths and the frozen header; must come before the first row of a write-only sheet."""
    sheet.freeze_panes = "B2"
    for index, name in enumerate(names, 1):
        sheet.column_dimensions[get_column_letter(index)].width = WIDTHS.get(name, 12)


def header(sheet: Any, names: list[str]) -> list[Any]:
    """The header row."""
    made = []
    for name in names:
        cell = WriteOnlyCell(sheet, value=name)
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="DDE6EE")
        made.append(cell)
    return made


def as_cell(sheet: Any, value: Any) -> Any:
    """A value as a cell; text is text, long text wraps and is cut at Excel's limit."""
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, value=value[:LONGEST_CELL])
    cell.data_type = "s"
    if len(value) > 60:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def codebook_sheet(workbook: Workbook, book: Codebook) -> None:
    """The codes with their definitions."""
    sheet = workbook.create_sheet("codebook")
    for letter, width in zip("ABCDE", (32, 24, 70, 70, 70), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.append(header(sheet, ["code", "name", "definition", "include", "exclude"]))
    for code in book.codes:
        sheet.append([as_cell(sheet, v) for v in (code.id, code.name, code.definition, "\n".join(code.include), "\n".join(code.exclude))])


def save(workbook: Workbook, path: Path) -> None:
    """Write a workbook atomically and without the clock: the same table, the same bytes."""
    workbook.properties.created = workbook.properties.modified = FIXED_TIME
    buffer = io.BytesIO()
    workbook.save(buffer)
    with zipfile.ZipFile(buffer) as old, store.atomic(path, "wb") as file, zipfile.ZipFile(file, "w") as new:
        for name in sorted(old.namelist()):
            content = old.read(name)
            if name == "docProps/core.xml":
                content = without_clock(content)
            new.writestr(zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)


def without_clock(content: bytes) -> bytes:
    """The core properties with openpyxl's time of saving replaced."""
    import re

    return re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>2000-01-01T00:00:00Z", content)
