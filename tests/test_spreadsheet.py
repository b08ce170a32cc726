"""Cells out and back: never a formula, never longer than a cell, and undone exactly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.spreadsheet import CUT, FORMULA, LONGEST_CELL, UNWRITABLE, Losses, fitted, plain, safe


@given(st.text(alphabet=st.one_of(st.sampled_from("'=+-@\t\r a"), st.characters()), max_size=12))
def test_safe__never_a_formula_and_undone_exactly(text):
    made = safe(text)
    assert not made.startswith(FORMULA)
    assert plain(made) == text.translate(UNWRITABLE)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "'=1", "''-x", "\x00=1"])
def test_safe__arms_no_formula(text):
    assert safe(text).startswith("'")


def test_safe__leaves_numbers_alone():
    assert safe(-1.5) == -1.5


def test_safe__lone_surrogates_can_be_written():
    safe("They plot \ud800 here").encode()


@pytest.mark.parametrize("text", ["a" * 40_000, "\U0001f6e1" * 20_000, "a" + "\U0001f6e1" * 20_000])
def test_fitted__counts_as_excel_counts(text):
    """Excel counts UTF-16 units, and no character is cut in half."""
    made = fitted(text)
    assert LONGEST_CELL - 2 < len(made.encode("utf-16-le")) // 2 <= LONGEST_CELL
    assert made.endswith(CUT) and text.startswith(made.removesuffix(CUT))


def test_fitted__leaves_what_fits():
    assert fitted("a" * LONGEST_CELL) == "a" * LONGEST_CELL


def test_losses__counts_each_cell_once():
    losses = Losses()
    for text in ("plain", "bell\x07", "=" + "x" * 40_000, "\x00" * 3):
        losses.cell(text)
    assert losses.counts == {"controls": 2, "cut": 1}
    assert len(list(losses.sentences())) == 2
