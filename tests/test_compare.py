"""Two discourses side by side: two studies, or one before and after a date."""

import csv
import shutil

import pytest
import yaml
from coded import document, write_study
from conftest import ROOT, STUDY

from pipeline import compare, store
from pipeline.compare import within
from pipeline.config import load_study

THREAT = ("threat", "threat.common_enemy")
TRADE = ("profit", "profit.economic_gain")


def speeches(first, second, turn=15, count=30):
    """One passage a year since 1950; what is said changes at a document."""
    return [(document(f"d{i:02}", f"Text {i}.", date=str(1950 + i)), first if i < turn else second, (), ("partner",)) for i in range(count)]


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        ("1962", None, "1100"), (None, "1962", "0011"), ("1962-05", None, "1101"), (None, "1962-05", "0010"), ("1963", "1961", "0111"),
        ("1962-02-01", None, "1100"), (None, None, "1111"),
    ],
)  # fmt: skip
def test_within__dates_known_to_the_year_or_the_day(before, after, wanted):
    dates = ["1950", "1961-12-31", "1962", "1962-03-04"]
    assert "".join(str(int(yes)) for yes in within(dates, before, after)) == wanted


def test_within__no_date_is_neither_before_nor_after():
    """Every dated document is on exactly one side of a date; an undated one on none."""
    dates = ["1950", "", "1962", "1962-05-02", "1970-01-01"]
    for date in ("1949", "1962", "1962-05", "1962-05-02", "1980"):
        early, late = within(dates, date, None), within(dates, None, date)
        assert not (early & late).any() and (early | late).tolist() == [True, False, True, True, True]


@pytest.fixture(scope="module")
def turned(module_project):
    study = module_project.study()
    write_study(study, speeches(THREAT, TRADE))
    return module_project, study


def test_compare__before_and_after_a_date(turned):
    project, _ = turned
    out = project.folder / "rows.csv"
    done = project.call("compare", project.study_file, "--before", "1965", "--out", out)
    assert done.exit_code == 0, done.output
    assert "before 1965 | from 1965 on" in done.output
    with out.open(encoding="utf-8", newline="") as file:
        rows = {(row["scope"], row["name"]): row for row in csv.DictReader(file)}
    threat = rows["all", "threat"]
    assert (float(threat["first"]), float(threat["second"]), threat["differs"]) == (1.0, 0.0, "True")
    lean = rows["all", "economic_interdependence"]
    assert float(lean["second"]) > 0 > float(lean["first"]) and float(lean["low"]) > 0
    assert float(rows["all", "balance_of_threat"]["high"]) < 0


def test_compare__leaves_out_what_is_between_two_dates(turned):
    _, study = turned
    first, second = compare.sides([study], "1960", "1970")
    assert (first.documents.sum(), second.documents.sum()) == (10, 10)


def test_compare__a_study_with_itself_differs_in_nothing(turned):
    _, study = turned
    rows = compare.compared(compare.sides([study, study], None, None))
    assert not [row for row in rows if row["differs"]]
    assert all(row["difference"] == 0 for row in rows)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ([], 2, "compared with nothing"),
        (["--before", "soon"], 2, "soon is no date"),
        (["--before", "1900"], 1, "no dated documents before 1900"),
        (["nowhere"], 1, "There is no study file"),
    ],
)
def test_compare__bad_calls(turned, arguments, code, words):
    project, _ = turned
    done = project.call("compare", project.study_file, *arguments)
    assert done.exit_code == code and words in done.output + done.stderr


def other_study(project, **changes):
    """A second study beside the trial."""
    path = project.folder / "corpus" / "other" / "study.yaml"
    store.write_text(path, yaml.safe_dump({**STUDY, "name": "other", **changes}, sort_keys=False))
    return load_study(str(path))


def test_compare__two_studies(turned):
    """One that turns from threat to trade against one that speaks of trade alone; within dates both are of a mind."""
    project, study = turned
    other = other_study(project)
    write_study(other, speeches(TRADE, TRADE))
    done = project.call("compare", project.study_file, other.file)
    assert done.exit_code == 0 and "trial | other | difference" in done.output
    rows = {(row["scope"], row["name"]): row for row in compare.compared(compare.sides([study, other], None, None))}
    assert (rows["all", "threat"]["first"], rows["all", "threat"]["second"], rows["all", "threat"]["differs"]) == (0.5, 0.0, True)
    late = {(row["scope"], row["name"]): row for row in compare.compared(compare.sides([study, other], None, "1970"))}
    assert late["all", "threat"]["difference"] == 0 and not late["all", "threat"]["differs"]


def test_compare__studies_of_different_codebooks_are_refused(turned):
    project, _ = turned
    shutil.copytree(ROOT / "codebook" / "alliance", project.folder / "corpus" / "other" / "mine", dirs_exist_ok=True)
    path = project.folder / "corpus" / "other" / "mine" / "narratives.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("strong: 2.5", "strong: 3.5"), encoding="utf-8")
    other = other_study(project, codebook="mine")
    write_study(other, speeches(TRADE, TRADE))
    done = project.call("compare", project.study_file, other.file)
    assert done.exit_code == 1 and "different codebooks" in done.output + done.stderr
