"""Two discourses side by side: two studies, or one before and after a date."""

import csv

import pytest
from coded import document, write_study

from pipeline import compare
from pipeline.compare import within

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
