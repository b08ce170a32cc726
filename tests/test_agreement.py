"""Krippendorff's alpha against published examples, the `krippendorff` package, and common sense."""

import krippendorff
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.agreement import alpha_interval, krippendorff_alpha, value_counts

UNITS = st.lists(st.lists(st.sampled_from([True, False, None]), min_size=3, max_size=3), min_size=1, max_size=30)


def spelled(text):
    """One coder's values, `.` for none."""
    return [None if value == "." else value for value in text.split()]


def counts_of(*coders):
    """Units by value from the values of each coder."""
    names = sorted({value for coder in coders for value in coder if value is not None})
    return np.array([[sum(value == name for value in unit) for name in names] for unit in zip(*coders, strict=True)], dtype=float)


PUBLISHED = {
    # Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, example A: two observers, binary
    "binary": (["0 1 0 0 0 0 0 0 1 0", "1 1 1 0 0 1 0 0 0 0"], 0.095),
    # the same, example B: two observers, five nominal values
    "nominal": (["a a b b d c c c e d d a", "b a b b b c c c e d d d"], 0.692),
    # the same, example C: four observers, gaps
    "gaps": (
        ["1 2 3 3 2 1 4 1 2 . . .", "1 2 3 3 2 2 4 1 2 5 . 3", ". 3 3 3 2 3 4 2 2 5 1 .", "1 2 3 3 2 4 4 1 2 5 1 ."],
        0.743,
    ),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_krippendorff_alpha__published(name):
    coders, alpha = PUBLISHED[name]
    assert krippendorff_alpha(counts_of(*map(spelled, coders))) == pytest.approx(alpha, abs=0.0005)


@given(UNITS)
def test_krippendorff_alpha__agrees_with_the_package(units):
    ours = krippendorff_alpha(value_counts(units))
    table = np.array([[np.nan if value is None else float(value) for value in unit] for unit in units]).T
    paired = [[v for v in unit if v is not None] for unit in units if sum(v is not None for v in unit) >= 2]
    if len({value for unit in paired for value in unit}) < 2:
        assert np.isnan(ours)
    else:
        assert ours == pytest.approx(krippendorff.alpha(reliability_data=table, level_of_measurement="nominal"))


@given(UNITS, st.randoms())
def test_krippendorff_alpha__order_of_units_and_coders_is_nothing(units, random):
    mixed = [random.sample(unit, 3) for unit in random.sample(units, len(units))]
    assert krippendorff_alpha(value_counts(units)) == pytest.approx(krippendorff_alpha(value_counts(mixed)), nan_ok=True)


@pytest.mark.parametrize(
    ("units", "wanted"),
    [
        ([[True, True], [False, False]] * 3, 1.0),
        ([[True, False], [False, True]] * 30, pytest.approx(-1, abs=0.02)),
        ([[False, False]] * 5, float("nan")),
        ([[True, None]] * 5, float("nan")),
        ([], float("nan")),
    ],
)
def test_krippendorff_alpha__ends_of_the_scale(units, wanted):
    assert krippendorff_alpha(value_counts(units)) == pytest.approx(wanted, nan_ok=True)


def coded(documents, passages, error, seed):
    """Two coders' codes of passages in documents; each is wrong with some chance."""
    rng = np.random.default_rng(seed)
    truth = rng.random(documents * passages) < 0.4
    units = [[bool(t ^ (rng.random() < error)) for _ in range(2)] for t in truth]
    return value_counts(units), [f"d{i // passages}" for i in range(len(units))]


def test_alpha_interval__same_seed_same_interval():
    counts, groups = coded(20, 5, 0.1, 1)
    assert alpha_interval(counts, groups, seed=7) == alpha_interval(counts, groups, seed=7)
    assert alpha_interval(counts, groups, seed=7) != alpha_interval(counts, groups, seed=8)


def test_alpha_interval__holds_alpha_and_narrows_with_documents():
    few, many = coded(10, 5, 0.1, 2), coded(160, 5, 0.1, 2)
    low, high = alpha_interval(*few)
    assert low < krippendorff_alpha(few[0]) < high
    narrow = alpha_interval(*many)
    assert narrow[1] - narrow[0] < (high - low) / 2


def test_alpha_interval__wider_at_a_higher_level():
    counts, groups = coded(30, 4, 0.1, 3)
    inner, outer = alpha_interval(counts, groups, 0.8), alpha_interval(counts, groups, 0.99)
    assert outer[0] < inner[0] < inner[1] < outer[1]


def test_alpha_interval__resamples_documents_not_passages():
    """Ten copies of a passage in one document teach nothing that one does not."""
    counts, _ = coded(30, 1, 0.15, 4)
    once = alpha_interval(counts, [f"d{i}" for i in range(30)])
    copies = alpha_interval(np.repeat(counts, 10, axis=0), [f"d{i // 10}" for i in range(300)])
    assert copies[1] - copies[0] == pytest.approx(once[1] - once[0], rel=0.15)


@pytest.mark.parametrize("units", [[[False, False]] * 4, [[True, None]] * 4])
def test_alpha_interval__nothing_to_agree_upon(units):
    assert np.isnan(alpha_interval(value_counts(units), list("abcd"))).all()


def test_alpha_interval__covers_the_truth_about_as_often_as_it_says():
    counts, _ = coded(4000, 5, 0.1, 0)
    truth = krippendorff_alpha(counts)
    intervals = [alpha_interval(*coded(60, 5, 0.1, seed), draws=400) for seed in range(1, 121)]
    assert np.mean([low <= truth <= high for low, high in intervals]) > 0.88
