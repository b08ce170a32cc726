"""Tables of people's spreadsheets, XLSX or CSV, as rows of texts with their line numbers."""

from __future__ import annotations

import csv
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline import store
from pipeline.errors import PipelineError
from pipeline.spreadsheet import plain

LARGEST = 2 << 30  # bytes a workbook may unpack to
THICKEST = 500  # times that it may be larger than its file, where that is large
SAVE_ANEW = "Open it in a spreadsheet program and save it anew as .xlsx or .csv (UTF-8)."
PROBABILITY = "p:"
EXPORTED = frozenset({"country", "kind", "language", "source", "start", "end", "page", "roles"})


@dataclass(frozen=True, slots=True)
class Table:
    """One table: where it is, the names in its first row, and its further rows (line, cells)."""

    place: str
    head: tuple[str, ...]
    cells: Iterable[tuple[int, list[str]]]

    def rows(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Each row that is not empty, by column name, with its line number."""
        for line, values in self.cells:
            if any(value.strip() for value in values):
                padded = [*values, *[""] * len(self.head)]
                yield line, dict(zip(self.head, padded, strict=False))

    def of_export(self, name: str) -> bool:
        """Whether a column is one that exports have beside those of review sheets."""
        return name.startswith(PROBABILITY) or name in EXPORTED


def tables(path: Path) -> Iterator[Table]:
    """The tables of a file; each must be read before the next."""
    yield from (sheets(path) if path.suffix.lower() in {".xlsx", ".xlsm"} else [csv_table(path)])


def as_text(value: Any) -> str:
    """A cell's value as text: 1.0 as 1, true as 1, nothing as the empty text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return plain(str(value))


def sheets(path: Path) -> Iterator[Table]:
    """The sheets of a workbook, streamed."""
    import openpyxl

    refuse_bombs(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and the like that other programs write
            book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (ValueError, KeyError, OSError, TypeError, SyntaxError, zipfile.BadZipFile) as error:
        raise PipelineError(f"{path} cannot be read as a workbook: {error}", SAVE_ANEW) from None
    try:
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # other programs write them wrong
            yield from headed(f"{path} [{sheet.title}]", sheet_rows(path, sheet))
    finally:
        book.close()


def sheet_rows(path: Path, sheet: Any) -> Iterator[tuple[int, list[str]]]:
    """The rows of a sheet, numbered as the program that shows them numbers them."""
    try:
        for line, row in enumerate(sheet.iter_rows(values_only=True), 1):
            yield line, [as_text(value) for value in row]
    except (ValueError, KeyError, TypeError, SyntaxError, zipfile.BadZipFile, zlib.error) as error:
        raise PipelineError(f"{path} is damaged: {error}", SAVE_ANEW) from None


def refuse_bombs(path: Path) -> None:
    """An error for a file that is no archive, or unpacks to more than any sheet of ours."""
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(info.file_size for info in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise PipelineError(f"{path} is no workbook: {error}", SAVE_ANEW) from None
    if size > LARGEST or (size > LARGEST // 20 and size > THICKEST * path.stat().st_size):
        raise PipelineError(f"{path} unpacks to {size:,} bytes; no sheet for review is that large.", "Nothing was read.")


def csv_table(path: Path) -> Table:
    """A CSV, whichever of comma, semicolon and tab parts its cells, in UTF-8."""
    try:
        with store.opened(path) as file:
            head = file.readline()
    except UnicodeDecodeError:
        raise PipelineError(f"{path} is not UTF-8.", SAVE_ANEW) from None
    mark = max(",;\t", key=head.count)
    found = list(headed(str(path), csv_lines(path, mark)))
    return found[0] if found else Table(str(path), (), ())


def csv_lines(path: Path, mark: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV with the line each begins on."""
    csv.field_size_limit(1 << 30)
    try:
        with store.opened(path, newline="") as file:
            reader = csv.reader(file, delimiter=mark)
            line = 1
            for row in reader:
                yield line, [plain(cell) for cell in row]
                line = reader.line_num + 1
    except (UnicodeDecodeError, csv.Error) as error:
        raise PipelineError(f"{path} cannot be read as CSV: {error}", SAVE_ANEW) from None


def headed(place: str, rows: Iterator[tuple[int, list[str]]]) -> Iterator[Table]:
    """The table whose names stand in the first of some rows; none where there are no rows."""
    _, names = next(rows, (0, []))
    if names:
        yield Table(place, tuple(name.strip() for name in names), rows)
