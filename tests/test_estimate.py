"""Shares with intervals that respect documents."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t as student_t

from pipeline.estimate import cluster_variance, clustered_share

DOCUMENTS = st.lists(st.integers(1, 30).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=2, max_size=12)


def arrays(documents):
    return tuple(np.array(column, dtype=float) for column in zip(*documents, strict=True))


def test_cluster_variance__against_the_sandwich_of_single_passages():
    """The linearised ratio is the cluster-robust variance of a mean over passages, worked out passage by passage."""
    documents = [(2, 10), (5, 20), (0, 4), (7, 9)]
    passages = [(d, float(i < hits)) for d, (hits, size) in enumerate(documents) for i in range(size)]
    share = sum(y for _, y in passages) / len(passages)
    scores = [sum(y - share for d, y in passages if d == one) for one in range(4)]
    by_hand = 4 / 3 * sum(score**2 for score in scores) / len(passages) ** 2
    assert cluster_variance(*arrays(documents)) == pytest.approx(by_hand)


def test_clustered_share__interval_worked_out_independently():
    """Wilson's bounds are where the score test of the share at the effective size just holds."""
    hits, sizes = arrays([(2, 10), (5, 20), (1, 14), (7, 19), (3, 12)])
    found = clustered_share(hits, sizes)
    share = hits.sum() / sizes.sum()
    effective = min(share * (1 - share) / cluster_variance(hits, sizes), sizes.sum())
    for bound in (found.low, found.high):
        assert abs(share - bound) / np.sqrt(bound * (1 - bound) / effective) == pytest.approx(student_t.ppf(0.975, 4))
    assert (found.share, found.passages, found.documents) == (share, 75, 5)


@given(DOCUMENTS)
def test_clustered_share__bounds_hold_the_share(documents):
    found = clustered_share(*arrays(documents))
    assert 0 <= found.low <= found.share + 1e-12 and found.share - 1e-12 <= found.high <= 1
    assert found.high > found.low


@given(DOCUMENTS)
def test_clustered_share__of_the_opposite_is_its_mirror(documents):
    hits, sizes = arrays(documents)
    one, other = clustered_share(hits, sizes), clustered_share(sizes - hits, sizes)
    assert (one.share, one.low, one.high) == pytest.approx((1 - other.share, 1 - other.high, 1 - other.low))


@given(DOCUMENTS)
def test_clustered_share__an_empty_document_says_nothing(documents):
    assert clustered_share(*arrays(documents)) == clustered_share(*arrays([*documents, (0, 0)]))


@pytest.mark.parametrize(("documents", "wanted"), [([(3, 10)], 0.3), ([(0, 0), (3, 10)], 0.3), ([(0, 0)], 0.0)])
def test_clustered_share__one_document_allows_no_interval(documents, wanted):
    found = clustered_share(*arrays(documents))
    assert (found.share, found.low, found.high) == (wanted, None, None)


def test_clustered_share__never_found_is_not_surely_absent():
    few, many = (clustered_share(np.zeros(n), np.full(n, 50.0)) for n in (5, 80))
    assert few.low == many.low == 0 and 0 < many.high < few.high < 1


def test_clustered_share__wider_where_documents_differ():
    alike = clustered_share(np.full(20, 5.0), np.full(20, 10.0))
    apart = clustered_share(np.array([0.0, 10.0] * 10), np.full(20, 10.0))
    assert apart.high - apart.low > 1.5 * (alike.high - alike.low)


@pytest.mark.parametrize(("mean", "spread"), [(0.3, 4.0), (0.05, 6.0)])
def test_clustered_share__covers(mean, spread):
    """Documents with shares of their own, of unequal length: the interval holds the truth about 95 times in 100."""
    rng = np.random.default_rng(20261122)
    held = 0
    for _ in range(1000):
        sizes = rng.integers(5, 60, 40).astype(float)
        shares = rng.beta(mean * spread, (1 - mean) * spread, 40)
        found = clustered_share(rng.binomial(sizes.astype(int), shares).astype(float), sizes)
        held += found.low <= mean <= found.high
    assert 0.92 <= held / 1000 <= 0.98
