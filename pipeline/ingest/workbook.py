"""Rows of a workbook's first sheet that has any, as a table gives them."""

from __future__ import annotations

import warnings
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from pipeline.archive import Archive
from pipeline.errors import PipelineError
from pipeline.forms.decode import NotText

ENDINGS = {".xlsx", ".xlsm"}
BAD = (ValueError, KeyError, TypeError, SyntaxError, OSError, AttributeError, zipfile.BadZipFile, zlib.error)


def as_text(value: Any) -> str:
    """A cell as text: 1.0 as 1, a day as 2017-09-19, nothing as the empty text."""
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value)


def sheet_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Numbered rows of the first sheet that has any."""
    import openpyxl

    Archive(path).close()  # refuses what would fill the memory
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and the like that other programs write
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # other programs write them wrong
            line = 0
            for line, row in enumerate(sheet.iter_rows(values_only=True), 1):
                yield line, [as_text(value) for value in row]
            if line:
                return
    finally:
        book.close()


def rows(path: Path, encoding: str, place: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Rows that are not empty, by the names in the first; NotText where the workbook cannot be read."""
    header: list[str] = []
    try:
        for line, cells in sheet_rows(path):
            if header and any(cells):
                yield line, {name: cell for name, cell in zip(header, cells, strict=False) if name}
            header = header or [cell.strip() for cell in cells]
    except PipelineError as error:
        raise NotText(error.message) from None
    except BAD as error:
        raise NotText(f"a damaged workbook ({error}); open it and save it anew") from None
