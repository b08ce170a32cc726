"""Common words and word pairs: chosen without labels, held or not, weighed by what labels say of them."""

import math

import numpy as np
import pytest
from scipy.sparse import csr_matrix, diags

from pipeline import phrases
from pipeline.classifier import PHRASE_WEIGHT, fitted, regression

TEXTS = ["The free world stands firm.", "A free world needs bread.", "Bread is dear.", "Rain fell."]


def test_choose__what_recurs_but_is_not_everywhere():
    assert phrases.choose([*TEXTS, "free world again", "hail", "snow"]) == ("bread",)  # `free` stands in three of seven passages
    assert phrases.choose(["one", "two", "three"]) == ()


def test_choose__pairs_count_too_and_only_the_commonest_are_kept(monkeypatch):
    many = [*TEXTS, *(f"filler{n} word{n}" for n in range(10))]
    assert phrases.choose(many) == ("bread", "free", "free world", "world")
    monkeypatch.setattr(phrases, "MOST", 1)
    assert phrases.choose(many) == ("bread",)


def test_held__each_phrase_once():
    held = phrases.held(["Free world, FREE WORLD!", "worlds"], ("bread", "free", "free world"))
    assert held.toarray().tolist() == [[0, 1, 1], [0, 0, 0]]
    assert phrases.held(["text"], ()).shape == (1, 0)


def test_log_count_ratios__by_hand():
    """Three positives hold the first phrase twice; one negative holds the second once: (2+1)/4 over (0+1)/3, (1)/4 over (1+1)/3."""
    held = csr_matrix(np.array([[1, 0], [1, 0], [0, 0], [0, 1]], dtype=np.float32))
    truth = np.array([True, True, True, False])
    assert phrases.log_count_ratios(held, truth) == pytest.approx([math.log((3 / 4) / (1 / 3)), math.log((1 / 4) / (2 / 3))])


def test_fitted__coefficients_are_those_of_the_features_as_they_are():
    rng = np.random.default_rng(0)
    x = csr_matrix(np.hstack([rng.normal(size=(60, 3)), rng.integers(0, 2, size=(60, 4))]))
    truth = np.asarray(x[:, [3]].toarray()[:, 0] + rng.normal(scale=0.5, size=60) > 0.5)
    scale = np.ones(7)
    scale[3:] = PHRASE_WEIGHT * phrases.log_count_ratios(x[:, 3:], truth)
    scaled = csr_matrix(x @ diags(scale))
    wanted = regression().fit(scaled, truth).decision_function(scaled)
    assert fitted(x, truth, slice(3, 7)).decision_function(x) == pytest.approx(wanted, abs=1e-4)
