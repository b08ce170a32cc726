"""Workbooks at Excel's limits, read back with openpyxl."""

import openpyxl
import pytest

from pipeline import workbook
from pipeline.workbook import Book


def test_append__goes_on_in_a_further_sheet_and_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "MOST_ROWS", 4)
    book = Book()
    sheet = book.sheet("passages", ["id", "verdict"], [10, 10])
    sheet.choice("verdict", ["yes", "no"], "say")
    for number in range(8):
        sheet.append([f"p{number}", None])
    sheet.finish()
    book.save(tmp_path / "long.xlsx")
    read = openpyxl.load_workbook(tmp_path / "long.xlsx")
    assert read.sheetnames == ["passages", "passages 2", "passages 3"]
    assert [cell.value for part in read for cell in part["A"][1:]] == [f"p{number}" for number in range(8)]
    assert all(part.auto_filter.ref and len(part.data_validations.dataValidation) == 1 for part in read)
    assert "2 more sheet(s)" in " ".join(book.losses.sentences())


def test_link__stops_at_excels_limit_and_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "MOST_LINKS", 2)
    book = Book()
    sheet = book.sheet("passages", ["source"], [10])
    for _ in range(5):
        sheet.append([sheet.link("here", "https://example.org/")])
    sheet.finish()
    book.save(tmp_path / "links.xlsx")
    read = openpyxl.load_workbook(tmp_path / "links.xlsx")["passages"]
    assert [bool(row[0].hyperlink) for row in read.iter_rows(min_row=2)] == [True, True, False, False, False]
    assert next(book.losses.sentences()).startswith("3 row(s) have no hyperlink")


@pytest.mark.parametrize("address", ["javascript:alert(1)", "file:///x", 'https://example.org/"><script>', "mailto:a@example.org", ""])
def test_link__only_web_addresses(address):
    sheet = Book().sheet("passages", ["source"], [10])
    assert sheet.link("here", address).hyperlink is None


def test_header__marks_what_is_to_be_filled_in(tmp_path):
    book = Book()
    sheet = book.sheet("review", ["id", "verdict"], [10, 10])
    sheet.choice("verdict", ["yes"], "say")
    sheet.finish()
    book.save(tmp_path / "head.xlsx")
    first, second = openpyxl.load_workbook(tmp_path / "head.xlsx")["review"][1]
    assert first.fill.fgColor.rgb != second.fill.fgColor.rgb and first.font.b
