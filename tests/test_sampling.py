"""Sampling: every passage is drawn as often as its stated probability says, and never loses its chance."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import sampling


def skewed(n=240, codes=4, seed=5):
    rng = np.random.default_rng(seed)
    return rng.beta(0.3, 3, (n, codes))


@pytest.mark.parametrize("random", [0.2, 0.5, 1.0])
def test_draw__realised_frequencies_equal_stated_probabilities(random):
    scores = sampling.unsureness(skewed())
    times, repetitions = np.zeros(len(scores)), 3000
    stated = np.full(len(scores), np.nan)
    for seed in range(repetitions):
        sample = sampling.draw(scores, 40, random, 0.25, seed)
        times[sample.chosen] += 1
        stated[sample.chosen] = sample.probability
    assert not np.isnan(stated).any()
    z = (times / repetitions - stated) / np.sqrt(stated * (1 - stated) / repetitions)
    assert np.abs(z).max() < 4.5 and abs(z.mean()) < 0.25


def test_draw__weighted_mean_is_unbiased_though_the_sample_is_enriched():
    ps = skewed(600, 3)
    truth = (np.random.default_rng(1).random(600) < ps[:, 0]).astype(float)
    scores = sampling.unsureness(ps)
    plain, weighted = [], []
    for seed in range(1500):
        sample = sampling.draw(scores, 60, 0.4, 0.2, seed)
        plain.append(truth[sample.chosen].mean())
        weighted.append((truth[sample.chosen] / sample.probability).sum() / len(truth))
    assert abs(np.mean(weighted) - truth.mean()) < 4 * np.std(weighted) / np.sqrt(1500)
    assert np.mean(plain) > 1.2 * truth.mean()


def test_draw__the_same_seed_gives_the_same_round_and_another_gives_another():
    scores = sampling.unsureness(skewed())
    first, again, other = (sampling.draw(scores, 40, 0.5, 0.2, seed) for seed in (3, 3, 4))
    assert (first.chosen == again.chosen).all() and (first.shared == again.shared).all()
    assert (first.chosen != other.chosen).any()


def test_draw__all_random_is_a_simple_random_sample():
    sample = sampling.draw(sampling.unsureness(skewed()), 60, 1.0, 0.0, 1)
    assert set(sample.probability) == {0.25} and not sample.shared.any()


def test_draw__shared_passages_are_the_stated_share_of_every_stratum():
    scores = sampling.unsureness(skewed(2000))
    shared = [sampling.draw(scores, 200, 0.5, 0.2, seed).shared.mean() for seed in range(60)]
    assert abs(np.mean(shared) - 0.2) < 0.01


def test_unsureness__rare_doubt_counts_more_than_common_doubt_and_certainty_not_at_all():
    ps = np.tile([0.02, 0.4], (200, 1))
    ps[0] = [0.3, 0.4]
    ps[1] = [0.02, 0.5]
    scores = sampling.unsureness(ps)
    assert scores[0] > scores[1] > scores[2]


@given(st.lists(st.integers(1, 500), min_size=1, max_size=6), st.integers(10, 400), st.floats(0.05, 1))
def test_allocation__fits_the_strata_and_leaves_none_out(sizes, wanted, random):
    sizes = np.array(sizes)
    number = sampling.allocation(sizes, wanted, random)
    assert (number <= sizes).all() and (number >= np.minimum(sizes, sampling.FEWEST)).all()
    assert number.sum() == min(max(wanted, np.minimum(sizes, sampling.FEWEST).sum()), sizes.sum())


@given(st.lists(st.floats(1e-9, 1e3), min_size=1, max_size=200))
def test_equal_sum_strata__equal_scores_stay_together_and_strata_have_no_gaps(scores):
    scores = np.array(scores)
    strata = sampling.equal_sum_strata(scores)
    assert set(strata) == set(range(strata.max() + 1))
    order = np.argsort(scores)
    assert (np.diff(strata[order]) >= 0).all()
    assert all(len(set(strata[scores == score])) == 1 for score in scores)
