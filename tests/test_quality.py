"""Figures of a classifier's quality, against scikit-learn and by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score, precision_score, recall_score

from pipeline.quality import average_precision, bootstrap, expected_calibration_error, precision_recall_f1

PAIRS = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=40)


@given(PAIRS, st.randoms())
def test_precision_recall_f1__agrees_with_scikit_learn(pairs, random):
    truth, said = (np.array(side) for side in zip(*pairs, strict=True))
    weights = np.array([random.uniform(0.5, 3) for _ in pairs])
    ours = precision_recall_f1(truth, said, weights)
    theirs = [score(truth, said, sample_weight=weights, zero_division=np.nan) for score in (precision_score, recall_score, f1_score)]
    assert ours == pytest.approx(theirs, nan_ok=True)


def test_expected_calibration_error__by_hand():
    truth = np.array([True, False, False, True, True])
    p = np.array([0.15, 0.15, 0.95, 0.95, 1.0])
    assert expected_calibration_error(truth, p) == pytest.approx(0.4 * abs(0.15 - 0.5) + 0.6 * abs(2.9 / 3 - 2 / 3))


@pytest.mark.parametrize(
    ("truth", "p", "wanted"),
    [([True, False], [1.0, 0.0], 0.0), ([False, False], [1.0, 1.0], 1.0), ([True] * 3 + [False] * 7, [0.3] * 10, 0.0)],
)
def test_expected_calibration_error__ends(truth, p, wanted):
    assert expected_calibration_error(np.array(truth), np.array(p)) == pytest.approx(wanted)


def test_average_precision__nan_without_positives():
    assert np.isnan(average_precision(np.array([False, False]), np.array([0.1, 0.2])))
    assert average_precision(np.array([False, True]), np.array([0.1, 0.2])) == 1


def test_bootstrap__draws_whole_documents():
    """Rows of a document come together or not at all."""
    groups = ["a", "a", "b", "b", "b", "c"]
    sizes = {0: 2, 2: 3, 5: 1}

    def whole(rows):
        counts = np.bincount(rows, minlength=6)
        assert all(len(set(counts[start : start + n])) == 1 for start, n in sizes.items())
        return float(len(rows))

    low, high = bootstrap(whole, groups, draws=200, seed=1)
    assert 3 <= low < high <= 9


def test_bootstrap__same_seed_same_interval_and_nan_where_undefined():
    values = np.random.default_rng(0).random(50)
    mean = lambda rows: float(values[rows].mean())  # noqa: E731
    names = [f"d{i // 2}" for i in range(50)]
    assert bootstrap(mean, names, seed=3) == bootstrap(mean, names, seed=3)
    low, high = bootstrap(mean, names, seed=3)
    assert low < values.mean() < high
    assert np.isnan(bootstrap(lambda rows: float("nan"), names, draws=5)).all()
