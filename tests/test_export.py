"""Exports read back with other programs equal the codings, and no cell is a formula."""

import json
import re

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest
from coded import document, hit, write_study

from pipeline import export
from pipeline.export import tables
from pipeline.spreadsheet import CUT, FORMULA, UNWRITABLE, plain

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
    """Only what no spreadsheet can hold is lost: control characters; a formula sign gets an apostrophe that `plain` takes off."""
    study, _ = exported
    wanted = TEXTS[name].translate(UNWRITABLE)
    table = pd.read_csv(folder(study) / "codings.csv", encoding="utf-8-sig", keep_default_na=False, lineterminator="\n")
    from_csv = table.set_index("document_id").loc[name, "text"]
    cell = next(row["text"] for row in sheet_rows(study) if row["document_id"].value == name)
    assert plain(from_csv) == wanted
    assert plain(str(cell.value)).replace("\r\n", "\n") == wanted.replace("\r\n", "\n")


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
    assert cell.value == TEXTS["j_long"][: 32_767 - len(CUT)] + CUT


def test_write_xlsx__says_what_its_cells_could_not_hold(exported, tmp_path):
    study, _ = exported
    done = export.export_to(study, "xlsx", tmp_path / "coded.xlsx")
    assert [loss.split(" text(s) ")[0] for loss in done.losses] == [
        "1",
        "10",
    ]  # cells: one text is cut, two have controls
    summary = openpyxl.load_workbook(tmp_path / "coded.xlsx")["summary"]
    assert [row[2].value for row in summary.iter_rows() if row[0].value == "not held here"] == list(done.losses)


def test_write_xlsx__what_reviewers_need_is_there(exported, book):
    study, _ = exported
    workbook = openpyxl.load_workbook(folder(study) / "codings.xlsx")
    assert workbook.sheetnames == ["summary", "passages", "documents", "codebook", "columns"]
    passages = workbook["passages"]
    assert passages.freeze_panes == "B2" and passages.auto_filter.ref == passages.dimensions
    head = [cell.value for cell in passages[1]]
    checked = {head[int(rule.sqref.ranges.copy().pop().min_col) - 1]: rule.formula1 for rule in passages.data_validations.dataValidation}
    assert checked == {**dict.fromkeys(book.ids, '"0,1"'), "verdict": '"as coded,corrected"'}
    figures = {row[0].value: row[1].value for row in workbook["summary"].iter_rows()}
    assert figures["passages"] == len(TEXTS) and figures["threat"] == len(TEXTS) and figures["profit"] == 0


def test_write_xlsx__links_lead_to_the_source(module_project, tmp_path):
    study = module_project.study(name="linked")
    said = [
        (document("web", "They plot against us.", source="https://example.org/speech?id=1"), ("threat",), [], ()),
        (document("script", "They plot against us.", source="javascript:alert(1)"), ("threat",), [], ()),
    ]
    write_study(study, said)
    export.export_to(study, "xlsx", tmp_path / "linked.xlsx")
    workbook = openpyxl.load_workbook(tmp_path / "linked.xlsx")
    rows = {row[1].value: row[1].hyperlink for row in workbook["passages"].iter_rows(min_row=2)}
    assert rows["web"].target == "https://example.org/speech?id=1"
    assert rows["script"].target is None and rows["script"].location == "documents!A2"
    assert workbook["documents"]["A2"].value == "script" and workbook["documents"]["H2"].hyperlink is None


def test_run__hits_say_whether_they_count(exported):
    study, _ = exported
    assert {str(row["hits"].value) for row in sheet_rows(study)} == {"'They plot' (threat.test, negated)"}


def test_run__same_input_same_bytes(exported):
    study, _ = exported
    first = {path.name: path.read_bytes() for path in folder(study).iterdir()}
    export.run(study)
    assert {path.name: path.read_bytes() for path in folder(study).iterdir()} == first
    forms = {f"codings.{suffix}" for suffix in ("csv", "xlsx", "jsonl", "parquet")}
    assert set(first) == forms | {f"{name}.dictionary.csv" for name in forms}


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "parquet"])
def test_write_dictionary__describes_every_column(exported, suffix):
    study, _ = exported
    path = folder(study) / f"codings.{suffix}"
    described = pd.read_csv(path.with_name(f"{path.name}.dictionary.csv"), keep_default_na=False)
    if suffix == "csv":
        names = list(pd.read_csv(path, encoding="utf-8-sig", nrows=0).columns)
    elif suffix == "xlsx":
        names = [cell.value for cell in openpyxl.load_workbook(path)["passages"][1]]
    else:
        names = pq.read_schema(path).names
    assert sorted({name.split("[")[0] for name in described["column"]}) == sorted(names)
    assert all(described["meaning"]) and all(described["type"])


def test_write_dictionary__describes_every_field_of_jsonl(exported):
    study, _ = exported
    path = folder(study) / "codings.jsonl"
    described = pd.read_csv(path.with_name(f"{path.name}.dictionary.csv"))["column"]
    fields = set(json.loads(path.read_text(encoding="utf-8").split("\n")[0]))
    assert {re.split(r"[.\[]", name)[0] for name in described} == fields


def test_write_parquet__is_typed_and_whole(exported, book):
    """pandas reads it through pyarrow: booleans, floats, and rule hits as lists of records."""
    study, _ = exported
    table = pd.read_parquet(folder(study) / "codings.parquet").set_index("document_id")
    assert table["text"].to_dict() == TEXTS
    assert table["threat"].dtype == bool and table["p:threat"].dtype == float and table["threat"].all()
    assert table.loc["a_plain", "spans"][0]["rule"] == "threat.test" and list(table.loc["a_plain", "roles"]) == ["self", "partner"]
    assert b"danger" in pq.read_schema(folder(study) / "codings.parquet").field("threat").metadata[b"meaning"]


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


def test_readme__names_every_format():
    from conftest import ROOT

    table = (ROOT / "README.md").read_text(encoding="utf-8").split("| `--format` |")[1].split("\n\n")[0]
    named = {name for line in table.splitlines()[2:] for name in re.findall(r"`([\w-]+)`", line.split("|")[1])}
    assert named == set(export.BY_NAME)


@pytest.mark.parametrize("form", export.FORMATS, ids=lambda form: form.name)
def test_formats__every_writer_is_there(form):
    from importlib import import_module

    module, function = form.writer.split(":")
    assert callable(getattr(import_module(f".{module}", "pipeline.export"), function))
