"""Agreement on spans: position apart from category, tolerant of overlap."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.agreement import spans
from pipeline.agreement.coefficients import MISSING
from pipeline.agreement.figures import figures

PLACES = st.tuples(st.integers(0, 40), st.integers(1, 12)).map(lambda p: (p[0], p[0] + p[1]))
MARKS = st.dictionaries(PLACES, st.frozensets(st.sampled_from("abc"), min_size=1), max_size=6)


def marks(text):
    """`0-5 a, 8-9 a b` as marks."""
    made = {}
    for part in filter(None, text.split(", ")):
        place, *codes = part.split()
        made[tuple(map(int, place.split("-")))] = frozenset(codes)
    return made


CASES = [
    # first, second, position F1, close position F1, category agreement of overlapping marks
    ("0-10 a", "0-10 a", 1, 1, 1),
    ("0-10 a", "0-10 b", 1, 1, 0),  # same place, other code: position is not blamed for it
    ("0-10 a", "20-30 a", 0, 0, None),  # no place in common: nothing is known of the codes, not full agreement
    ("0-10 a", "5-15 a", 1, 0, 1),  # a third shared: the same place, loosely
    ("0-10 a", "3-11 a", 1, 1, 1),
    ("0-10 a", "10-20 a", 0, 0, None),  # touching is not overlapping
    ("0-10 a b", "0-10 a", 1, 1, 0.5),
    ("0-30 a", "0-10 a, 20-30 a", 2 / 3, 0, 1),  # one long mark matches one of two short ones
    ("0-10 a, 5-15 b", "0-10 b, 5-15 a", 1, 1, 0),  # the better place wins over the same code
    ("0-10 a", "", 0, 0, None),
    ("", "", None, None, None),
]


@pytest.mark.parametrize(("first", "second", "position", "close", "category"), CASES)
def test_span_figures__position_apart_from_category(first, second, position, close, category):
    found = spans.span_figures([(marks(first), marks(second))], ["d"])
    for name, wanted in (("position_f1", position), ("close_position_f1", close), ("category_agreement", category)):
        assert found[name].value == pytest.approx(float("nan") if wanted is None else wanted, nan_ok=True), name


@pytest.mark.parametrize("pairs", [[], [({}, {})]], ids=["no passages", "no marks"])
def test_span_figures__nothing_in_common_is_undefined_not_one(pairs):
    found = spans.span_figures(pairs, ["d"] * len(pairs))
    assert all(np.isnan([one.value, one.low, one.high]).all() for one in found.values())


@given(MARKS, MARKS)
def test_span_figures__who_comes_first_is_nothing(first, second):
    there, back = (spans.span_figures([pair], ["d"]) for pair in ((first, second), (second, first)))
    for name in spans.SPAN_FIGURES:
        assert there[name].value == pytest.approx(back[name].value, nan_ok=True)


@given(MARKS)
def test_span_figures__oneself_one_agrees_with_fully(own):
    found = spans.span_figures([(own, own)], ["d"])
    assert [one.value for one in found.values()] == pytest.approx([1 if own else float("nan")] * 3, nan_ok=True)


@given(MARKS, MARKS, st.integers(1, 50))
def test_span_figures__moving_everything_is_nothing(first, second, by):
    moved = [{(start + by, end + by): codes for (start, end), codes in one.items()} for one in (first, second)]
    here, there = spans.span_figures([(first, second)], ["d"]), spans.span_figures([tuple(moved)], ["d"])
    assert [one.value for one in here.values()] == pytest.approx([one.value for one in there.values()], nan_ok=True)


@given(MARKS, MARKS)
def test_matches__each_mark_once_and_only_where_they_overlap(first, second):
    found = spans.matches(first, second)
    assert len(found) <= min(len(first), len(second)) and all(match.overlap > 0 for match in found)
    close = spans.span_figures([(first, second)], ["d"])
    assert np.isnan(close["position_f1"].value) or close["close_position_f1"].value <= close["position_f1"].value <= 1


def test_span_figures__intervals_by_document():
    rng = np.random.default_rng(1)
    pairs = [(marks("0-10 a"), marks("0-10 a" if rng.random() < 0.7 else "20-30 b")) for _ in range(60)]
    found = spans.span_figures(pairs, [f"d{i // 3}" for i in range(60)])["position_f1"]
    assert 0 < found.low < found.value < found.high < 1


@given(st.lists(st.one_of(st.none(), st.lists(PLACES, max_size=4)), min_size=2, max_size=4))
def test_character_table__as_if_each_character_were_a_unit(marked):
    length = 30
    table, characters = spans.character_table(length, marked)
    assert characters.sum() == length
    each = [[MISSING if one is None else int(any(s <= at < e for s, e in one)) for one in marked] for at in range(length)]
    assert np.repeat(table, characters.astype(int), axis=0).tolist() == each


def test_character_table__cohen_s_kappa_of_half_overlapping_marks():
    """Two coders mark 200 of 1,000 characters each, half of them the same: 0.375."""
    table, characters = spans.character_table(1000, [[(0, 200)], [(100, 300)]])
    assert figures(table, ["d"] * len(table), weights=characters)["kappa"].value == pytest.approx(0.375)
