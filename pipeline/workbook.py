"""Workbooks written row by row in bounded memory, the same bytes for the same content."""

from __future__ import annotations

import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.hyperlink import Hyperlink

from pipeline import store
from pipeline.spreadsheet import MOST_LINKS, MOST_ROWS, Losses

FIXED_TIME = datetime(2000, 1, 1)
ADDRESS = re.compile(r"https?://[^\s\"<>]{1,2000}")
HEAD = PatternFill("solid", fgColor="DDE6EE")
ASKED = PatternFill("solid", fgColor="FFF4CE")
LINK = Font(color="0563C1", underline="single")
TOP = Alignment(vertical="top")
WRAP = Alignment(wrap_text=True, vertical="top")


class Book:
    """A workbook under way; `losses` counts what its cells could not hold."""

    def __init__(self) -> None:
        self.workbook = Workbook(write_only=True)
        self.losses = Losses()

    def sheet(self, title: str, head: Sequence[str], widths: Sequence[int], freeze: str = "A2") -> Sheet:
        """A new sheet with a bold, frozen header."""
        return Sheet(self, title, head, widths, freeze)

    def save(self, path: Path) -> None:
        """Write the workbook atomically and without the clock."""
        self.workbook.properties.created = self.workbook.properties.modified = FIXED_TIME
        with tempfile.TemporaryFile() as draft:
            self.workbook.save(draft)
            with zipfile.ZipFile(draft) as old, store.atomic(path, "wb") as file, zipfile.ZipFile(file, "w") as new:
                for name in sorted(old.namelist()):
                    copy_entry(old, new, name)


class Sheet:
    """A table in a workbook: rows beyond Excel's limit go on in a sheet of the same head."""

    def __init__(self, book: Book, title: str, head: Sequence[str], widths: Sequence[int], freeze: str) -> None:
        self.book, self.title, self.head, self.widths, self.freeze = book, title, head, widths, freeze
        self.parts = 0
        self.choices: dict[str, tuple[Sequence[str], str]] = {}
        self.hidden: set[str] = set()
        self.begin()

    def begin(self) -> None:
        """Begin the sheet, or go on in a further one."""
        self.parts += 1
        self.sheet: Any = self.book.workbook.create_sheet(self.title if self.parts == 1 else f"{self.title} {self.parts}")
        self.sheet.freeze_panes = self.freeze
        self.rows, self.links, self.headed = 1, 0, False

    def hide(self, names: Iterable[str]) -> None:
        """Do not show some columns; before the first row."""
        self.hidden |= set(names)

    def choice(self, name: str, values: Sequence[str], prompt: str) -> None:
        """Let a column take only some values, offered as a list."""
        self.choices[name] = (values, prompt)

    def start_rows(self) -> None:
        """Write what must stand before the first row."""
        for index, (name, width) in enumerate(zip(self.head, self.widths, strict=True), 1):
            column = self.sheet.column_dimensions[get_column_letter(index)]
            column.width, column.hidden = width, name in self.hidden
        self.sheet.append([self.header(name, name in self.choices) for name in self.head])
        self.headed = True

    def header(self, name: str, asked: bool) -> Any:
        """A cell of the header."""
        cell = self.text(name)
        cell.font, cell.fill, cell.alignment = Font(bold=True), ASKED if asked else HEAD, WRAP
        return cell

    def append(self, values: Iterable[Any]) -> None:
        """Add a row of numbers, texts and ready cells."""
        if not self.headed:
            self.start_rows()
        if self.rows == MOST_ROWS:
            self.finish()
            self.begin()
            self.start_rows()
            self.book.losses.counts["sheets"] += 1
        self.sheet.append([self.cell(value) for value in values])
        self.rows += 1

    def cell(self, value: Any) -> Any:
        """A value as a cell; what is a cell already, or nothing, as it is."""
        if isinstance(value, str):
            return self.text(value)
        return self.number(value) if isinstance(value, int | float) else value

    def text(self, value: str) -> Any:
        """A text as a cell that is never a formula, a date or an error."""
        cell = WriteOnlyCell(self.sheet, value=self.book.losses.cell(value))
        cell.data_type = "s"
        cell.alignment = WRAP if len(value) > 60 else TOP
        return cell

    def number(self, value: float) -> Any:
        """A number as a cell, level with the first line of its row's texts."""
        cell = WriteOnlyCell(self.sheet, value=value)
        cell.alignment = TOP
        return cell

    def filled(self, value: str, color: str) -> Any:
        """A text on a coloured ground."""
        cell = self.text(value)
        cell.fill = PatternFill("solid", fgColor=color)
        return cell

    def link(self, value: str, address: str = "", place: str = "") -> Any:
        """A text that leads to a web address, else to a place in the workbook."""
        cell = self.text(value)
        web = ADDRESS.fullmatch(address)
        if not web and not place:
            return cell
        if self.links == MOST_LINKS:
            self.book.losses.counts["links"] += 1
            return cell
        self.links += 1
        cell.hyperlink = Hyperlink(ref="", target=address) if web else Hyperlink(ref="", location=place)
        cell.font = LINK
        return cell

    def finish(self) -> None:
        """Set filters and validations, once all rows are there."""
        if not self.headed:
            self.start_rows()
        self.sheet.auto_filter.ref = f"A1:{get_column_letter(len(self.head))}{self.rows}"
        for name, (values, prompt) in self.choices.items():
            letter = get_column_letter(self.head.index(name) + 1)
            rule = one_of(name, values, prompt)
            rule.add(f"{letter}2:{letter}{max(self.rows, 2)}")
            self.sheet.data_validations.append(rule)


def one_of(name: str, values: Sequence[str], prompt: str) -> DataValidation:
    """The rule that a cell is empty or one of some values, offered as a list (Excel: at most 255 characters)."""
    return DataValidation(
        "list", formula1=f'"{",".join(values)}"', allow_blank=True, showErrorMessage=True, showInputMessage=True,
        errorTitle="Not a value of this column", error=f"One of: {', '.join(values)}; or leave it empty.",
        promptTitle=name[:32], prompt=prompt[:255],
    )  # fmt: skip


def copy_entry(old: zipfile.ZipFile, new: zipfile.ZipFile, name: str) -> None:
    """Copy an entry without its time; the properties without the time of saving."""
    info = zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    if name == "docProps/core.xml":
        new.writestr(info, re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>2000-01-01T00:00:00Z", old.read(name)))
        return
    with old.open(name) as source, new.open(info, "w", force_zip64=old.getinfo(name).file_size > 2**31) as target:
        shutil.copyfileobj(source, target, 1 << 20)
