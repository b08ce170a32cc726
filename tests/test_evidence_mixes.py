"""What narratives expect, and what one statement weighs."""

import numpy as np
import pytest

from pipeline.evidence.mixes import DECIBANS, NONE, Model, ends, expected_mixes, factor_table


def test_expected_mixes__are_shares_that_lean_as_stated(book):
    names, mixes = expected_mixes(book)
    assert names[-1] == NONE and mixes.sum(axis=1) == pytest.approx(1) and (mixes > 0).all()
    for narrative, mix in zip(book.narratives, mixes, strict=False):
        lifts = dict(zip(book.ids, mix / mixes[-1], strict=True))
        silent = [lifts[code] for code in book.ids if code not in narrative.expects]
        levels = [
            [lifts[c] for c, level in narrative.expects.items() if level == wanted] for wanted in ("strong", "some", "little", "against")
        ]
        assert min(levels[0]) > max(levels[1]) > max(silent) > max(levels[2] + levels[3])


def test_model__ratios_are_log_ratios_of_the_mixes(book):
    model, (_, mixes) = Model.of(book), expected_mixes(book)
    assert model.mixes == pytest.approx(mixes)
    assert model.ratios == pytest.approx(10 * np.log10(mixes / mixes[-1]))
    assert model.ratios[-1] == pytest.approx(0, abs=1e-12)


def test_decibans__ten_to_one_is_ten():
    assert np.log(10) * DECIBANS == pytest.approx(10)


def test_ends__weak_lies_between_nothing_and_strong(book):
    weak, strong = ends(book)
    table = np.log(factor_table(book))
    spread = [np.ptp(one[:-1], axis=1) for one in (weak, Model.of(book).ratios, strong)]
    assert (spread[0] < spread[1]).all() and (spread[1] < spread[2]).all() and (table != 0).any()


def test_reference__counts_no_frame_twice(book):
    """It is of statements: frames, which nearly every sub-code brings with it, are far from a third of all codes."""
    reference = book.evidence.reference
    assert sum(reference.values()) == pytest.approx(1, abs=0.01)
    assert reference["profit"] < reference["profit.economic_gain"]
