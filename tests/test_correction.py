"""Corrected shares: against values worked out another way, over all possible draws, and in the limits."""

import dataclasses
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.correction import Design, Estimator, Group, anticipated, clustered, round_estimate


def design(document, truth, machine, weight, scheme=None, stratum=None, documents=None):
    """Labels of one code, in the order given."""
    n = len(document)
    scheme = np.zeros(n, dtype=int) if scheme is None else np.array(scheme)
    stratum = scheme if stratum is None else np.array(stratum)
    columns = (np.array(values, dtype=float)[:, None] for values in (truth, machine))
    total = max(document) + 1 if documents is None else documents
    return Design(np.arange(n), np.array(document), total, scheme, stratum, np.array(weight, dtype=float), *columns)


def group(document, machine, inside, documents):
    sizes = np.bincount(document, minlength=documents).astype(float)
    return Group(sizes, np.bincount(document, machine, minlength=documents)[:, None], np.asarray(inside, dtype=bool))


WHOLE_DOCUMENT = np.array([0, 0, 0, 1, 1, 2, 2, 2])
WHOLE_F = np.array([0.9, 0.2, 0.6, 0.1, 0.4, 0.8, 0.3, 0.5])
ROWS = np.array([0, 3, 4, 6])
TRUTH = np.array([1.0, 0, 1, 0])
WEIGHT = np.array([2.0, 2, 3, 1])


@pytest.fixture
def small():
    """Four labels of eight passages in three documents, unequally drawn."""
    made = design(WHOLE_DOCUMENT[ROWS], TRUTH, WHOLE_F[ROWS], WEIGHT, documents=3)
    return Estimator(made, group(WHOLE_DOCUMENT, WHOLE_F, np.ones(4), 3))


@pytest.mark.parametrize("tuning", [0.0, 0.4, 1.0])
def test_estimator__is_machine_mean_plus_weighted_error(small, tuning):
    by_hand = tuning * WHOLE_F.mean() + (WEIGHT * (TRUTH - tuning * WHOLE_F[ROWS])).sum() / WEIGHT.sum()
    assert small.at(np.array([tuning])).value[0] == pytest.approx(by_hand)


def test_estimator__lambda_0_is_the_weighted_mean_of_labels(small):
    found = small.labels_only()
    assert found.value[0] == pytest.approx(5 / 8)
    # linearised by hand: weighted residuals over 8, summed by document, times m/(m-1), and the smoothing of half a label
    residual = WEIGHT * (TRUTH - 5 / 8) / 8
    by_document = np.array([residual[0], residual[1] + residual[2], residual[3]])
    smoothing = 0.5 * (WEIGHT**2).sum() / 4 / 64
    assert found.variance[0] == pytest.approx(1.5 * (by_document**2).sum() + smoothing)


def test_tuned__is_the_weighted_slope(small):
    slope, _ = np.polyfit(WHOLE_F[ROWS], TRUTH, 1, w=np.sqrt(WEIGHT))
    assert small.tuned()[0] == pytest.approx(np.clip(slope, 0, 2))


def test_estimator__a_machine_that_is_always_right_leaves_only_the_choice_of_documents():
    document, truth = np.repeat([0, 1, 2, 3], 5), np.tile([1.0, 0, 0, 1, 0], 4)
    truth[:5] = 1
    rows = np.array([0, 6, 8, 11, 13, 17])
    made = design(document[rows], truth[rows], truth[rows], np.full(6, 20 / 6), documents=4)
    found = Estimator(made, group(document, truth, np.ones(6), 4)).at(np.ones(1))
    assert found.value[0] == pytest.approx(truth.mean())
    residual = np.bincount(document, truth) - 5 * truth.mean()
    assert found.variance[0] - found.hidden[0] == pytest.approx(4 / 3 * (residual**2).sum() / 400)


def draws_in_two_rounds(truth):
    """All ways to draw two of six at random, then one of each of two strata of what is left."""
    for first in combinations(range(6), 2):
        left = [i for i in range(6) if i not in first]
        low, high = [i for i in left if i < 3], [i for i in left if i >= 3]
        for one in low or [None]:
            for other in high or [None]:
                chosen = [i for i in (one, other) if i is not None]
                weights = [3.0, 3.0, *(float(len(low if i < 3 else high)) for i in chosen)]
                chance = 1 / (15 * max(len(low), 1) * max(len(high), 1))
                yield [*first, *chosen], weights, [0, 0, *([1] * len(chosen))], [0, 0, *(1 if i < 3 else 2 for i in chosen)], chance


@given(st.lists(st.booleans(), min_size=6, max_size=6), st.lists(st.floats(0, 1), min_size=6, max_size=6), st.sampled_from([0.0, 0.7, 1.0]))
def test_rounds__each_is_unbiased_over_all_draws(truth, machine, tuning):
    """Des Raj: given the earlier rounds every round's estimate is right on average, whatever the machine says."""
    truth, machine, document = np.array(truth, float), np.array(machine), np.zeros(6, dtype=int)
    means = np.zeros(2)
    for rows, weights, scheme, stratum, chance in draws_in_two_rounds(truth):
        made = design(document[rows], truth[rows], machine[rows], weights, scheme, stratum, documents=1)
        whole = group(document, machine, np.ones(len(rows)), 1)
        for number in (0, 1):
            parts = [round_estimate(made, whole, number, hand) for hand in (True, False)]
            means[number] += chance * (parts[0].value + tuning * parts[1].value)[0]
    assert means == pytest.approx(truth.mean(), abs=1e-9)


def test_anticipated__does_not_look_at_the_labels(small):
    other = dataclasses.replace(small.design, truth=1 - small.design.truth)
    assert anticipated(small.design, small.group, 0)[0] == anticipated(other, small.group, 0)[0]


def test_estimator__an_unsettled_code_counts_as_not_labelled():
    truth = TRUTH.copy()
    truth[3] = np.nan
    with_gap = design(WHOLE_DOCUMENT[ROWS], truth, WHOLE_F[ROWS], WEIGHT, documents=3)
    without = design(WHOLE_DOCUMENT[ROWS][:3], TRUTH[:3], WHOLE_F[ROWS][:3], WEIGHT[:3], documents=3)
    found = [Estimator(one, group(WHOLE_DOCUMENT, WHOLE_F, np.ones(len(one.row)), 3)).at(np.ones(1)) for one in (with_gap, without)]
    assert found[0].value == pytest.approx(found[1].value) and found[0].variance == pytest.approx(found[1].variance)


def test_clustered__is_the_sum_of_squares_by_document():
    error = np.array([[1.0, 2], [-1, 0], [0, -2]])
    assert clustered(error, 3).tolist() == [[3.0, 3.0], [3.0, 12.0]]


def test_estimator__variance_is_that_of_repeated_draws():
    """Stratified draws from one corpus of many documents: the mean squared error is what the variance says, give or take."""
    rng = np.random.default_rng(7)
    estimates, variances = [], []
    for _ in range(400):
        document = np.repeat(np.arange(60), 20)
        truth = (rng.random(1200) < rng.beta(3, 12, 60)[document]).astype(float)
        machine = np.clip(0.2 + 0.5 * truth + 0.2 * rng.standard_normal(1200), 0.01, 0.99)
        high = machine > 0.5
        rows = np.concatenate([rng.choice(np.flatnonzero(part), 75, replace=False) for part in (high, ~high)])
        weight = np.where(high[rows], high.sum() / 75, (~high).sum() / 75)
        made = design(document[rows], truth[rows], machine[rows], weight, stratum=high[rows].astype(int), documents=60)
        found = Estimator(made, group(document, machine, np.ones(150), 60))
        one = found.at(found.tuned())
        estimates.append(one.value[0])
        variances.append(one.variance[0])
    assert abs(np.mean(estimates) - 0.2) < 0.005
    assert 0.8 < np.var(estimates) / np.mean(variances) < 1.2
