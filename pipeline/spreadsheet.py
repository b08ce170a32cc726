"""Cells of spreadsheets, out and back: no text becomes a formula, and what a cell cannot hold is counted."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline import store

LONGEST_CELL = 32_767  # UTF-16 units, Excel's limit
MOST_ROWS = 1_048_576  # of an Excel sheet, header included
MOST_LINKS = 65_530  # of an Excel sheet
CUT = " […]"
FORMULA = ("=", "+", "-", "@", "\t", "\r")
ARMED = re.compile("'*[=+\\-@\t\r]")
CONTROLS: dict[int, str | None] = {code: None for code in range(32) if code not in (9, 10, 13)}
UNSAYABLE: dict[int, str | None] = dict.fromkeys([*range(0xD800, 0xE000), 0xFFFE, 0xFFFF], "\ufffd")  # what XML or UTF-8 cannot hold
UNWRITABLE = CONTROLS | UNSAYABLE


def safe(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula: a leading apostrophe (OWASP, "CSV Injection").

    Apostrophes that stand before such a sign already get one more, so that `plain` undoes it exactly.
    """
    if not isinstance(value, str):
        return value
    value = value.translate(UNWRITABLE)
    return f"'{value}" if ARMED.match(value) else value


def plain(value: str) -> str:
    """A cell's text without the apostrophe that `safe` put before it."""
    return value[1:] if value.startswith("'") and ARMED.match(value) else value


def fitted(text: str, longest: int = LONGEST_CELL) -> str:
    """A text cut, with a mark, to what a cell holds in UTF-16 units."""
    if len(text) * 2 <= longest or len(text.encode("utf-16-le")) // 2 <= longest:
        return text
    room = (longest - len(CUT)) * 2
    return text.encode("utf-16-le")[:room].decode("utf-16-le", "ignore") + CUT


class Losses:
    """Counts what cells could not hold, and says it in sentences."""

    def __init__(self, longest: int | None = LONGEST_CELL) -> None:
        self.longest = longest
        self.counts: Counter[str] = Counter()

    def cell(self, text: str) -> str:
        """A text as a safe cell; what was left out of it is counted."""
        written = safe(text)
        self.counts["controls"] += text.translate(UNWRITABLE) != text
        cell = fitted(written, self.longest) if self.longest else written
        self.counts["cut"] += cell != written
        return cell

    def sentences(self) -> Iterator[str]:
        """What the reader should know."""
        if self.counts["cut"]:
            what = f"longer than a spreadsheet cell ({LONGEST_CELL:,} characters) and end in “{CUT.strip()}”"
            yield f"{self.counts['cut']:,} text(s) are {what}; csv, jsonl and parquet hold them whole."
        if self.counts["controls"]:
            yield f"{self.counts['controls']:,} text(s) have control characters that no spreadsheet can hold; jsonl and parquet hold them."
        if self.counts["links"]:
            yield f"{self.counts['links']:,} row(s) have no hyperlink: a sheet holds {MOST_LINKS:,}."
        if self.counts["sheets"]:
            yield f"The rows go on in {self.counts['sheets']} more sheet(s): a sheet holds {MOST_ROWS:,}."


@contextmanager
def csv_file(path: Path) -> Iterator[Any]:
    """A CSV writer onto a file that appears only whole: UTF-8 with a BOM, so that Excel reads its letters right.

    All texts are quoted: Python leaves a lone carriage return bare, which ends a row for every reader.
    """
    with store.atomic(path, "wb") as raw:
        file = io.TextIOWrapper(raw, encoding="utf-8-sig", newline="", write_through=True)
        yield csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
        file.detach()
