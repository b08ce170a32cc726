"""Sheets for people: what is drawn and with which probability, what they show, and that a blind sheet shows nothing."""

import json

import openpyxl
import pandas as pd
import pytest
from coded import document, hit, write_study

from pipeline import export
from pipeline.errors import PipelineError, UsageError
from pipeline.export.draw import Draw, draw
from pipeline.export.form import Choices

HOSTILE = '=HYPERLINK("http://example.invalid","They plot")'


@pytest.fixture(scope="module")
def study(module_project):
    """Twelve passages: six coded threat, of which three by a live rule hit; one text is hostile."""
    made = module_project.study()
    said = []
    for number in range(12):
        text = HOSTILE if number == 0 else f"They plot against us, for the {number}th time."
        hits = [hit(text, "They plot", negated=number > 2)] if number < 6 else []
        said.append((document(f"d{number:02}", text), ("threat",) if number < 6 else (), hits, ()))
    write_study(made, said)
    return made


def written(study, path, form="review", **choices):
    done = export.export_to(study, form, path, Choices(**choices))
    sheet = openpyxl.load_workbook(path)[form]
    head, *rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    return done, [dict(zip(head, row, strict=True)) for row in rows]


def drawn(row):
    """Scheme, stratum and probability of a row's ticket."""
    return json.loads(row["key"])[6:9]


@pytest.mark.parametrize(
    ("choices", "count", "how"),
    [
        ({}, 12, ["random-review-20261122", "all", 1.0]),
        ({"draw": "random", "size": 3}, 3, ["random-review-20261122", "all", 0.25]),
        ({"draw": "random", "size": 99}, 12, ["random-review-20261122", "all", 1.0]),
        ({"draw": "code=threat"}, 6, ["review-20261122", "threat", 1.0]),
        ({"draw": "code=threat", "size": 3, "seed": 7}, 3, ["review-7", "threat", 0.5]),
        ({"draw": "disagree"}, 3, ["review-20261122", "disagree", 1.0]),
        ({"draw": "uncertain", "size": 2}, 2, ["review-uncertain", "all", None]),
    ],
)
def test_write__draws_with_known_probability(study, tmp_path, choices, count, how):
    done, rows = written(study, tmp_path / "sheet.xlsx", **choices)
    assert len(rows) == done.counts["passages"] == count
    assert {tuple(drawn(row)) for row in rows} == {tuple(how)}
    assert [row["id"] for row in rows] == sorted(row["id"] for row in rows)


def test_draw__each_passage_is_as_likely_as_every_other(book):
    rows = [{"id": f"d#{n}", "codes": {"threat": {"p": 0.1, "present": False}}, "spans": []} for n in range(10)]
    times = dict.fromkeys([row["id"] for row in rows], 0)
    for seed in range(1000):
        for name in draw(rows, Draw("random"), 3, seed, book)[0]:
            times[name] += 1
    assert all(240 < count < 360 for count in times.values())  # 300 expected, four standard errors are 58


def test_draw__same_seed_same_passages_in_any_order(book):
    rows = [{"id": f"d#{n}", "codes": {}, "spans": []} for n in range(50)]
    first = draw(rows, Draw("random"), 5, 1, book)
    assert draw(rows[::-1], Draw("random"), 5, 1, book) == first
    assert draw(rows, Draw("random"), 5, 2, book) != first


def test_draw__uncertain_are_those_nearest_one_half(book):
    rows = [{"id": f"d#{n}", "codes": {"threat": {"p": n / 10, "present": n > 5}}, "spans": []} for n in range(11)]
    assert draw(rows, Draw("uncertain"), 3, 1, book)[0] == {"d#4", "d#5", "d#6"}


@pytest.mark.parametrize("said", ["code=nonsense", "code", "some", "random=3", ""])
def test_parse__refuses_what_it_does_not_know(book, said):
    with pytest.raises(UsageError, match="draw"):
        Draw.parse(said, book)


def test_write__nothing_drawn_is_an_error(study, tmp_path):
    with pytest.raises(PipelineError, match="No passage"):
        export.export_to(study, "review", tmp_path / "none.xlsx", Choices(draw="code=profit"))


def test_write__reviewer_sees_the_machine_and_has_lists_to_choose_from(study, tmp_path, book):
    _, rows = written(study, tmp_path / "sheet.xlsx")
    assert rows[1]["coded"] == "threat 0.90" and "They plot" in rows[1]["hits"]
    sheet = openpyxl.load_workbook(tmp_path / "sheet.xlsx")["review"]
    head = [cell.value for cell in sheet[1]]
    offered = {head[rule.sqref.ranges.copy().pop().min_col - 1]: rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert offered == {**dict.fromkeys(book.ids, '"yes,no,yes?,no?"'), "the rest": '"as coded,no"'}
    assert sheet.freeze_panes == "B2" and sheet.auto_filter.ref == sheet.dimensions


@pytest.mark.parametrize("suffix", ["xlsx", "csv"])
def test_write_labelling__is_blind(study, tmp_path, suffix):
    path = tmp_path / f"blind.{suffix}"
    export.export_to(study, "labelling", path, Choices(draw="all"))
    rows = pd.read_excel(path, sheet_name="labelling", dtype=str) if suffix == "xlsx" else pd.read_csv(path, dtype=str)
    assert not {"coded", "hits"} & set(rows.columns)
    assert "threat" in rows.columns and rows["threat"].isna().all()
    assert not any("threat" in key for key in rows["key"]), "the key names a code the machine gave"


def test_write__csv_holds_the_same_and_no_formula(study, tmp_path):
    _, rows = written(study, tmp_path / "sheet.xlsx")
    export.export_to(study, "review", tmp_path / "sheet.csv")
    table = pd.read_csv(tmp_path / "sheet.csv", encoding="utf-8-sig", keep_default_na=False, dtype=str)
    assert table.to_dict("records") == [{name: value or "" for name, value in row.items()} for row in rows]
    assert table.loc[0, "text"] == f"'{HOSTILE}"


def test_write__same_draw_same_bytes(study, tmp_path):
    for name in ("a.xlsx", "b.xlsx"):
        export.export_to(study, "review", tmp_path / name, Choices(draw="random", size=4))
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_export__refuses_a_draw_of_what_holds_everything(module_project, study):
    done = module_project.call("export", "--study", study.file, "--format", "csv", "--draw", "random")
    assert done.exit_code == 2 and "takes no --draw" in done.stderr
