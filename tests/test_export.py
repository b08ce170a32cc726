"""Exports read back with other programs equal the codings, and no cell is a formula."""

import json

import openpyxl
import pandas as pd
import pytest
from coded import document, hit, write_study
from hypothesis import given
from hypothesis import strategies as st

from pipeline import codebook, export
from pipeline.export import tables
from pipeline.export.tables import FORMULA, LONGEST_CELL, UNWRITABLE, safe

TEXTS = {
    "a_plain": "They plot against us. We trade with them.",
    "b_formula": '=HYPERLINK("http://example.invalid","They plot")',
    "c_plus": "+1 They plot",
    "d_minus": "-They plot",
    "e_at": "@SUM(A1) They plot",
    "f_tab": "\tThey plot",
    "g_controls": "They plot \x00\x01\x07\x0b\x1f here\r\nand there\u2028 too",
    "h_letters": "They plot — «خطر», 危险, 𐍈 and \U0001f6e1; \"quoted\", 'so', a,b;c\nnew line",
    "i_escape": "They plot _x0041_ and _x000D_",
    "j_long": "They plot " + "very long words " * 4000,
    "k_nonchar": "They plot \ufffe \uffff here",
    "l_error": "They plot #REF! #N/A",
    "m_number": "They plot 007",
}


@pytest.fixture(scope="module")
def exported(module_project):
    """A study with awkward texts, exported in all forms."""
    study = module_project.study()
    said = [
        (document(name, text, title=text[:20], speaker=text[:30]), ("threat",), [hit(text, "They plot", negated=True)], ("self", "partner"))
        for name, text in TEXTS.items()
    ]
    book = write_study(study, said)
    export.run(study)
    return study, book


def folder(study):
    return study.outputs / "export"


def codings(study):
    return [json.loads(line) for line in (study.outputs / "codings.jsonl").read_text(encoding="utf-8").split("\n") if line]


def sheet_rows(study):
    sheet = openpyxl.load_workbook(folder(study) / "codings.xlsx")["passages"]
    names, *rows = [list(row) for row in sheet.iter_rows()]
    return [{name.value: cell for name, cell in zip(names, row, strict=True)} for row in rows]


def assert_same_codes(rows, study, book):
    """Each row carries its coding's decisions and probabilities."""
    stored = codings(study)
    assert [row["id"] for row in rows] == [coding["id"] for coding in stored]
    for row, coding in zip(rows, stored, strict=True):
        assert [bool(row[code]) for code in book.ids] == [coding["codes"][code]["present"] for code in book.ids]
        assert [row[f"p:{code}"] for code in book.ids] == pytest.approx([coding["codes"][code]["p"] for code in book.ids])
        assert row["roles"] == " ".join(coding["roles"])


def test_run__csv_reads_back(exported):
    study, book = exported
    table = pd.read_csv(folder(study) / "codings.csv", encoding="utf-8-sig", keep_default_na=False, lineterminator="\n")
    assert_same_codes(table.to_dict("records"), study, book)
    assert (folder(study) / "codings.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_run__xlsx_reads_back(exported):
    study, book = exported
    rows = [{name: cell.value for name, cell in row.items()} for row in sheet_rows(study)]
    assert_same_codes(rows, study, book)
    definitions = openpyxl.load_workbook(folder(study) / "codings.xlsx")["codebook"]
    assert [row[0].value for row in definitions.iter_rows(min_row=2)] == list(book.ids)


def test_run__jsonl_reads_back_whole(exported):
    """The machine form loses nothing: every text letter for letter, every hit in its place."""
    study, _ = exported
    rows = [json.loads(line) for line in (folder(study) / "codings.jsonl").read_text(encoding="utf-8").split("\n") if line]
    assert {row["document_id"]: row["text"] for row in rows} == TEXTS
    for row, coding in zip(rows, codings(study), strict=True):
        assert {key: row[key] for key in coding} == coding
        assert [row["text"][span["start"] : span["end"]] for span in row["spans"]] == ["They plot"]


@pytest.mark.parametrize("name", [name for name in TEXTS if name != "j_long"])
def test_run__texts_survive_in_tables(exported, name):
    """Only what no spreadsheet can hold is lost: control characters; a formula sign gets an apostrophe."""
    study, _ = exported
    wanted = TEXTS[name].translate(UNWRITABLE)
    wanted = f"'{wanted}" if wanted.startswith(FORMULA) else wanted
    table = pd.read_csv(folder(study) / "codings.csv", encoding="utf-8-sig", keep_default_na=False, lineterminator="\n")
    from_csv = table.set_index("document_id").loc[name, "text"]
    cell = next(row["text"] for row in sheet_rows(study) if row["document_id"].value == name)
    assert from_csv == wanted
    assert str(cell.value).replace("\r\n", "\n") == wanted.replace("\r\n", "\n")


def test_run__no_cell_is_a_formula_or_an_error(exported):
    study, _ = exported
    kinds = {cell.data_type for row in sheet_rows(study) for cell in row.values() if isinstance(cell.value, str)}
    assert kinds == {"s"}
    table = pd.read_csv(folder(study) / "codings.csv", encoding="utf-8-sig", keep_default_na=False, dtype=str)
    assert not [value for column in table for value in table[column] if value.startswith(FORMULA) and column != "hits"]


def test_run__long_text_is_whole_in_csv_and_cut_at_excels_limit(exported):
    study, _ = exported
    table = pd.read_csv(folder(study) / "codings.csv", encoding="utf-8-sig", keep_default_na=False).set_index("document_id")
    assert table.loc["j_long", "text"] == TEXTS["j_long"]
    cell = next(row["text"] for row in sheet_rows(study) if row["document_id"].value == "j_long")
    assert cell.value == TEXTS["j_long"][:LONGEST_CELL] and len(cell.value) <= 32_767


def test_run__hits_say_whether_they_count(exported):
    study, _ = exported
    assert {str(row["hits"].value) for row in sheet_rows(study)} == {"'They plot' (threat.test, negated)"}


def test_run__same_input_same_bytes(exported):
    study, _ = exported
    first = {path.name: path.read_bytes() for path in folder(study).iterdir()}
    export.run(study)
    assert {path.name: path.read_bytes() for path in folder(study).iterdir()} == first
    assert set(first) == {"codings.csv", "codings.xlsx", "codings.jsonl"}


def test_export_to__leaves_the_old_file_where_writing_fails(exported, tmp_path, monkeypatch):
    study, _ = exported
    path = tmp_path / "kept.csv"
    path.write_text("old")

    def broken(study):
        yield from ()
        raise OSError("disk full")

    monkeypatch.setattr(tables, "coded_passages", broken)
    with pytest.raises(OSError):
        export.export_to(study, "csv", path)
    assert path.read_text() == "old" and [p.name for p in tmp_path.glob(".kept*")] == []


@given(st.text(max_size=30))
def test_safe__never_a_formula_and_nothing_else_changed(text):
    made = safe(text)
    assert not made.startswith(FORMULA)
    assert made.removeprefix("'") == text.translate(UNWRITABLE).removeprefix("'")


def test_columns__a_decision_and_a_probability_for_every_code(book):
    names = tables.columns(book)
    assert len(names) == len(set(names)) and set(codebook.Codebook.ids.fget(book)) <= set(names)


def test_safe__lone_surrogates_can_be_written():
    safe("They plot \ud800 here").encode()
