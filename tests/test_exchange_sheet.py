"""Filled-in sheets come back: good rows as labels, every other row told by its number, nothing else changed."""

import csv
import json
import zipfile

import openpyxl
import pytest
from coded import document, write_study
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from pipeline import codebook, exchange, export, labels, store
from pipeline.errors import PipelineError, UsageError
from pipeline.exchange.answers import decide
from pipeline.exchange.layout import VERDICT
from pipeline.exchange.proposal import Ask
from pipeline.export.form import Choices
from pipeline.spreadsheet import UNWRITABLE, safe

TEXTS = [
    "They plot against us, and we shall not yield.",
    '=HYPERLINK("http://example.invalid","They plot")',
    "-They plot; «خطر» 危险 \U0001f6e1 'quoted', a,b;c\nnew line",
    "They plot <script>alert(1)</script> with \x07 bells",
    "They plot " + "very long words " * 3000,
    "We trade with them.",
]


SAID = [(document(f"d{n}", text), ("threat", "threat.common_enemy") if n < 3 else (), [], ()) for n, text in enumerate(TEXTS)]


@pytest.fixture(scope="module")
def study(module_project):
    made = module_project.study()
    write_study(made, SAID)
    return made


@pytest.fixture(scope="module")
def alliance(study):
    return codebook.load(study.codebook_folder)


def sheet(study, path, form="review", **choices):
    """An exported sheet, ready to be filled in: (workbook, sheet, column numbers)."""
    export.export_to(study, form, path, Choices(**choices))
    workbook = openpyxl.load_workbook(path)
    table = workbook["passages" if form == "xlsx" else form]
    return workbook, table, {cell.value: cell.column for cell in table[1]}


def filled(study, path, cells, form="review"):
    """A sheet with some cells written: {(row, column name): value}; what reading it proposes."""
    workbook, table, columns = sheet(study, path, form, **({} if form == "xlsx" else {"draw": "all"}))
    for (row, name), value in cells.items():
        table.cell(row, columns[name]).value = value
    workbook.save(path)
    return exchange.read(path, study, Ask("rita"))


def said(proposal):
    return {label.passage_id: set(label.codes) for label in proposal.labels}


def test_read__confirmed_and_corrected_rows(study, tmp_path):
    done = filled(study, tmp_path / "s.xlsx", {
        (2, "the rest"): "as coded", (2, "comment"): "fine",
        (3, "the rest"): "as coded", (3, "threat.common_enemy"): "no",
        (4, "threat"): "yes?", (4, "the rest"): "no",
        (7, "profit.economic_gain"): "yes", (7, "the rest"): "no",
    })  # fmt: skip
    assert said(done) == {
        "d0#00001": {"threat", "threat.common_enemy"}, "d1#00001": {"threat"}, "d2#00001": {"threat"},
        "d5#00001": {"profit", "profit.economic_gain"},
    }  # fmt: skip
    assert not done.losses and done.notes == ("2 row(s) without a verdict were left alone.",)
    first, _, third, _ = done.labels
    assert first.memo == "fine" and first.assisted and third.unsure == ("threat",)


def test_read__label_names_its_passage_and_its_draw(study, tmp_path, alliance):
    workbook, table, columns = sheet(study, tmp_path / "s.xlsx", "labelling", draw="random", size=2)
    table.cell(2, columns["the rest"]).value = "no"
    workbook.save(tmp_path / "s.xlsx")
    (label,) = exchange.read(tmp_path / "s.xlsx", study, Ask("rita")).labels
    number = int(label.document_id[1])
    assert label.text_sha256 == store.sha256_text(TEXTS[number]) and (label.start, label.end) == (0, len(TEXTS[number]))
    assert label.drawn == labels.Drawn(scheme="random-review-20261122", probability=round(2 / 6, 9))
    assert label.considered == alliance.ids and label.codes == () and not label.assisted
    assert label.codebook_version == alliance.version and label.coder == "rita"


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({(3, "id"): "d0#00001", (3, "the rest"): "no"}, "[review]:3: the id 'd0#00001' does not fit its key"),
        ({(3, "key"): None, (3, "the rest"): "no"}, "[review]:3: its key is missing or damaged"),
        ({(3, "key"): "[" * 90_000, (3, "the rest"): "no"}, "key is missing or damaged"),
        ({(3, "threat"): "yes"}, "[review]:3: half-filled: no verdict on threat.aggressive_intentions"),
        ({(3, "comment"): "odd"}, "[review]:3: a comment but no verdict"),
        ({(3, "threat"): "perhaps", (3, "the rest"): "no"}, "[review]:3: threat: 'perhaps' is no answer"),
        ({(3, "the rest"): "yes"}, "[review]:3: `the rest` is 'yes'"),
        ({(3, "threat"): "no", (3, "threat.proximity"): "yes", (3, "the rest"): "no"}, "[review]:3: threat.proximity holds but threat"),
    ],
)
def test_read__bad_row_is_told_and_good_rows_kept(study, tmp_path, cells, told):
    done = filled(study, tmp_path / "s.xlsx", {**cells, (2, "the rest"): "no", (5, "the rest"): "no"})
    assert said(done) == {"d0#00001": set(), "d3#00001": set()}
    assert len(done.losses) == 1 and told in str(done.losses[0])


def test_read__rows_in_any_order(study, tmp_path):
    workbook, table, columns = sheet(study, tmp_path / "s.xlsx")
    rows = [[cell.value for cell in row] for row in table.iter_rows(min_row=2)]
    for line, row in enumerate(reversed(rows), 2):
        for column, value in enumerate(row, 1):
            table.cell(line, column).value = value
        table.cell(line, columns["the rest"]).value = "as coded"
    workbook.save(tmp_path / "s.xlsx")
    done = exchange.read(tmp_path / "s.xlsx", study, Ask("rita"))
    assert len(done.labels) == 6 and not done.losses
    assert said(done)["d0#00001"] == {"threat", "threat.common_enemy"} and said(done)["d5#00001"] == set()


def test_read__missing_column_of_a_code_counts_as_not_considered(study, tmp_path):
    workbook, table, columns = sheet(study, tmp_path / "s.xlsx")
    table.cell(2, columns["the rest"]).value = "no"
    table.delete_cols(columns["threat.proximity"])
    workbook.save(tmp_path / "s.xlsx")
    done = exchange.read(tmp_path / "s.xlsx", study, Ask("rita"))
    assert "threat.proximity" not in done.labels[0].considered and "no column for threat.proximity" in str(done.losses[0])


def test_read__unknown_column_is_told(study, tmp_path):
    workbook, table, columns = sheet(study, tmp_path / "s.xlsx")
    table.cell(1, len(columns) + 1).value = "threat.newly"
    table.cell(2, columns["the rest"]).value = "no"
    workbook.save(tmp_path / "s.xlsx")
    done = exchange.read(tmp_path / "s.xlsx", study, Ask("rita"))
    assert len(done.labels) == 1 and "threat.newly" in str(done.losses[0])


@pytest.mark.parametrize(("second", "count", "told"), [("no", 1, "say the same and count once"), ("as coded", 0, "none of them is taken")])
def test_read__doubled_rows(study, tmp_path, second, count, told):
    workbook, table, columns = sheet(study, tmp_path / "s.xlsx")
    table.append([cell.value for cell in table[2]])
    table.cell(2, columns["the rest"]).value = "no"
    table.cell(8, columns["the rest"]).value = second
    workbook.save(tmp_path / "s.xlsx")
    done = exchange.read(tmp_path / "s.xlsx", study, Ask("rita"))
    assert len(done.labels) == count and told in str(done.losses[0]) and "rows 2, 8" in str(done.losses[0])


@pytest.mark.parametrize("missing", ["id", "key"])
def test_read__foreign_sheet(study, tmp_path, missing):
    workbook, table, columns = sheet(study, tmp_path / "s.xlsx")
    table.delete_cols(columns[missing])
    workbook.save(tmp_path / "s.xlsx")
    with pytest.raises(PipelineError, match="is no sheet for review"):
        exchange.read(tmp_path / "s.xlsx", study, Ask("rita"))


def test_read__sheet_of_another_study(study, tmp_path, module_project):
    workbook, table, columns = sheet(study, tmp_path / "s.xlsx")
    table.cell(2, columns["the rest"]).value = "no"
    workbook.save(tmp_path / "s.xlsx")
    other = study.model_copy(update={"name": "other"})
    other._file = study.file
    (module_project.folder / "outputs" / "other").symlink_to(study.outputs.absolute())
    done = exchange.read(tmp_path / "s.xlsx", other, Ask("rita"))
    assert not done.labels and "belongs to the study 'trial', not to 'other'" in str(done.losses[0])


def test_read__text_that_changed_since_is_told(study, tmp_path):
    workbook, table, columns = sheet(study, tmp_path / "s.xlsx")
    table.cell(2, columns["the rest"]).value = "no"
    workbook.save(tmp_path / "s.xlsx")
    before = (study.outputs / "passages.jsonl").read_bytes(), (study.outputs / ".ledger" / "passages.json").read_bytes()
    try:
        changed = [(document(f"d{n}", "Another text altogether."), (), [], ()) for n in range(6)]
        write_study(study, changed)
        done = exchange.read(tmp_path / "s.xlsx", study, Ask("rita"))
    finally:
        write_study(
            study, [(document(f"d{n}", text), ("threat", "threat.common_enemy") if n < 3 else (), [], ()) for n, text in enumerate(TEXTS)]
        )
    assert (study.outputs / "passages.jsonl").read_bytes() == before[0]
    assert len(done.labels) == 1 and "text has changed" in str(done.losses[0]) and done.losses[0].severity == "warning"


@pytest.mark.parametrize(
    ("cells", "codes", "told"),
    [
        ({(2, VERDICT): "as coded"}, {"threat", "threat.common_enemy"}, ""),
        ({(2, VERDICT): "corrected", (2, "threat.common_enemy"): 0}, {"threat"}, ""),
        ({(2, VERDICT): "corrected", (2, "profit"): 1.0}, {"threat", "threat.common_enemy", "profit"}, ""),
        ({(2, "threat.common_enemy"): 0}, None, "half-filled: threat.common_enemy changed but no verdict"),
        ({(2, VERDICT): "as coded", (2, "threat"): 0}, None, "but threat changed"),
        ({(2, VERDICT): "corrected", (2, "threat"): 0}, None, "threat.common_enemy holds but threat"),
        ({(2, VERDICT): "corrected", (2, "threat"): None}, None, "half-filled: threat empty"),
        ({(2, VERDICT): "corrected", (2, "threat"): "2"}, None, "'2' is no answer"),
        ({(2, VERDICT): "wrong"}, None, "`verdict` is 'wrong'"),
    ],
)
def test_read__coded_workbook_corrected_in_place(study, tmp_path, cells, codes, told):
    done = filled(study, tmp_path / "coded.xlsx", cells, "xlsx")
    assert said(done) == ({} if codes is None else {"d0#00001": codes})
    assert [told in str(loss) for loss in done.losses] == ([True] if told else [])


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_read__csv_as_spreadsheets_save_it(study, tmp_path, mark, encoding):
    export.export_to(study, "review", tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[1]["the rest"] = "AS CODED"
    rows[2]["the rest"] = "x"
    with (tmp_path / "back.csv").open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, rows[0], delimiter=mark, lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(rows)
    done = exchange.read(tmp_path / "back.csv", study, Ask("rita"))
    assert said(done) == {"d1#00001": {"threat", "threat.common_enemy"}}
    assert "back.csv:4:" in str(done.losses[0]) and "`the rest`" in str(done.losses[0])


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 torn", b"\xff\xfe\x00", b"id,key\n"])
@pytest.mark.parametrize("suffix", ["xlsx", "csv"])
def test_read__broken_file_is_one_clear_error(study, tmp_path, content, suffix):
    path = tmp_path / f"broken.{suffix}"
    path.write_bytes(content)
    try:
        assert not exchange.read(path, study, Ask("rita")).labels
    except PipelineError as error:
        assert str(path) in str(error) and "Hint" in str(error)


def test_read__torn_workbook(study, tmp_path):
    """An archive that opens but whose sheet is no XML."""
    sheet(study, tmp_path / "s.xlsx")
    with zipfile.ZipFile(tmp_path / "s.xlsx") as old, zipfile.ZipFile(tmp_path / "t.xlsx", "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name)[:500] if "sheet2" in name else old.read(name))
    with pytest.raises(PipelineError, match=r"t\.xlsx"):
        exchange.read(tmp_path / "t.xlsx", study, Ask("rita"))


def test_read__bomb_is_refused(study, tmp_path):
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(3):
            archive.writestr(f"xl/worksheets/sheet{number}.xml", b"\0" * 40_000_000)
    with pytest.raises(PipelineError, match="unpacks to 120,000,000 bytes"):
        exchange.read(tmp_path / "bomb.xlsx", study, Ask("rita"))


ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/hostname">]>'


def test_read__entities_are_refused(study, tmp_path):
    sheet(study, tmp_path / "s.xlsx")
    with zipfile.ZipFile(tmp_path / "s.xlsx") as old, zipfile.ZipFile(tmp_path / "t.xlsx", "w") as new:
        for name in old.namelist():
            new.writestr(name, ENTITIES + old.read(name) if name.endswith("sheet2.xml") else old.read(name))
    with pytest.raises(PipelineError, match=r"t\.xlsx"):
        exchange.read(tmp_path / "t.xlsx", study, Ask("rita"))


def test_read__wants_a_coder(study, tmp_path):
    sheet(study, tmp_path / "s.xlsx")
    with pytest.raises(UsageError, match="whose verdicts"):
        exchange.read(tmp_path / "s.xlsx", study, Ask())


ANSWER = st.sampled_from(["yes", "no", "yes?", "no?"])


@given(data=st.data())
def test_decide__any_complete_row_is_decided_as_written(alliance, data):
    """Round trip of one row: what a reviewer says of each code is what the label says."""
    holding = set(data.draw(st.sets(st.sampled_from(alliance.ids))))
    holding |= {frame for code in holding if (frame := alliance.implied(code))}
    unsure = data.draw(st.sets(st.sampled_from(alliance.ids)))
    row = {code: ("yes" if code in holding else "no") + ("?" if code in unsure else "") for code in alliance.ids}
    decided = decide(row, data.draw(st.sets(st.sampled_from(alliance.ids))), alliance)
    assert (set(decided.holding), set(decided.unsure), decided.asked) == (holding, unsure, alliance.ids)


ROW = st.tuples(st.text(max_size=60), st.text(max_size=40), st.sets(st.sampled_from(["threat", "profit", "identity"])))


@settings(max_examples=4, phases=[Phase.generate])  # shrinking would write thousands of studies
@given(rows=st.lists(ROW, min_size=20, max_size=40))
def test_read__any_text_and_comment_survive_the_round_trip(rows, study, tmp_path_factory):
    """CSV out and in again with hostile texts and comments: each label is of its text and says what was written."""
    path = tmp_path_factory.mktemp("trip") / "s.csv"
    trip = study.model_copy(update={"name": "trip"})
    texts = [store.sound(f"{text} words") for text, _, _ in rows]
    comments = [store.sound(comment).translate(UNWRITABLE).strip() for _, comment, _ in rows]
    write_study(trip, [(document(f"d{n:02}", texts[n]), tuple(codes), [], ()) for n, (_, _, codes) in enumerate(rows)])
    export.export_to(trip, "review", path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        sent = list(csv.DictReader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, sent[0], quoting=csv.QUOTE_ALL)
        writer.writeheader()
        writer.writerows({**row, "the rest": "as coded", "comment": safe(comment)} for row, comment in zip(sent, comments, strict=True))
    back = exchange.read(path, trip, Ask("rita"))
    assert [label.text_sha256 for label in back.labels] == [store.sha256_text(text) for text in texts]
    assert [(set(label.codes), label.memo) for label in back.labels] == [
        (row[2], comment) for row, comment in zip(rows, comments, strict=True)
    ]


def test_import__asks_then_appends_and_is_the_same_the_second_time(study, module_project, tmp_path):
    workbook, table, columns = sheet(study, tmp_path / "s.xlsx")
    table.cell(2, columns["the rest"]).value = "as coded"
    table.cell(3, columns["threat"]).value = "yes"
    workbook.save(tmp_path / "s.xlsx")
    call = ("import", tmp_path / "s.xlsx", "--study", study.file, "--coder", "Rita")
    shown = module_project.call(*call)
    assert "s.xlsx [review]:3: half-filled" in shown.stdout
    assert "1 new, 0 changed, 0 the same" in shown.stdout and not (module_project.labels / "rita.jsonl").exists()
    module_project.call(*call, "--yes")
    (row,) = [json.loads(line) for line in (module_project.labels / "rita.jsonl").read_text().splitlines()]
    assert row["passage_id"] == "d0#00001" and row["drawn"]["probability"] == 1.0
    again = module_project.call(*call, "--yes")
    assert "0 new, 0 changed, 1 the same" in again.stdout
    assert len((module_project.labels / "rita.jsonl").read_text().splitlines()) == 1
