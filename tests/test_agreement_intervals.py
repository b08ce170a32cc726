"""Bootstrap intervals of agreement: by document, the same each time, and covering the truth."""

import numpy as np
import pytest

from pipeline.agreement.figures import NAMES, Figure, figures, finite, standing

EMPTY = np.zeros((0, 2), dtype=np.int8)


def coded(documents, passages, error, seed, coders=2):
    """Coders' codes of passages in documents; each is wrong with some chance."""
    rng = np.random.default_rng(seed)
    truth = rng.random((documents * passages, 1)) < 0.4
    table = (truth ^ (rng.random((len(truth), coders)) < error)).astype(np.int8)
    return table, [f"d{i // passages}" for i in range(len(table))]


def test_figures__same_seed_same_interval():
    table, documents = coded(20, 5, 0.1, 1)
    assert figures(table, documents, seed=7) == figures(table, documents, seed=7)
    assert figures(table, documents, seed=7) != figures(table, documents, seed=8)


@pytest.mark.parametrize("coders", [2, 4])
def test_figures__each_interval_holds_its_value_and_narrows_with_documents(coders):
    few, many = figures(*coded(10, 5, 0.1, 2, coders)), figures(*coded(160, 5, 0.1, 2, coders))
    for name in NAMES:
        assert few[name].low < few[name].value < few[name].high, name
        assert many[name].high - many[name].low < (few[name].high - few[name].low) / 2, name


def test_figures__wider_at_a_higher_level():
    table, documents = coded(30, 4, 0.1, 3)
    inner, outer = figures(table, documents, 0.8), figures(table, documents, 0.99)
    assert all(outer[name].low < inner[name].low < inner[name].high < outer[name].high for name in NAMES)


def test_figures__resamples_documents_not_passages():
    """Ten copies of a passage in one document teach nothing that one does not."""
    table, _ = coded(30, 1, 0.15, 4)
    once = figures(table, [f"d{i}" for i in range(30)])["alpha"]
    copies = figures(np.repeat(table, 10, axis=0), [f"d{i // 10}" for i in range(300)])["alpha"]
    assert copies.high - copies.low == pytest.approx(once.high - once.low, rel=0.15)


def test_figures__the_order_of_passages_is_nothing():
    table, documents = coded(12, 4, 0.1, 5)
    order = np.random.default_rng(0).permutation(len(table))
    mixed = figures(table[order], [documents[i] for i in order])
    assert all(vars_of(mixed[name]) == pytest.approx(vars_of(figures(table, documents)[name])) for name in NAMES)


def vars_of(one):
    return one.value, one.low, one.high


def test_figures__weights_stand_for_repeated_units():
    table, documents = coded(8, 3, 0.2, 6)
    many = np.arange(1.0, len(table) + 1)
    repeated = figures(np.repeat(table, many.astype(int), axis=0), np.repeat(documents, many.astype(int)).tolist())
    weighted = figures(table, documents, weights=many)
    assert all(vars_of(weighted[name]) == pytest.approx(vars_of(repeated[name])) for name in NAMES)


@pytest.mark.parametrize("table", [EMPTY, np.array([[0, -1], [-1, 1]] * 3, dtype=np.int8)], ids=["nothing", "no passage in common"])
def test_figures__nothing_in_common_is_undefined_with_undefined_intervals(table):
    found = figures(table, [f"d{i}" for i in range(len(table))])
    assert all(np.isnan(vars_of(one)).all() for one in found.values())


@pytest.mark.parametrize(("documents", "wanted"), [(1, False), (4, False), (5, True)])
def test_figures__few_documents_give_values_but_no_intervals(documents, wanted):
    table = np.array([[0, 0], [1, 1], [1, 0], [0, 0], [1, 1]] * 4, dtype=np.int8)
    found = figures(table, [f"d{i % documents}" for i in range(20)])
    assert all(np.isfinite(one.value) and np.isfinite([one.low, one.high]).all() == wanted for one in found.values())


def test_figures__intervals_cover_the_truth_about_as_often_as_they_say():
    truth = figures(*coded(4000, 5, 0.1, 0))
    found = [figures(*coded(60, 5, 0.1, seed)) for seed in range(1, 121)]
    for name in NAMES:
        assert np.mean([one[name].low <= truth[name].value <= one[name].high for one in found]) > 0.88, name


@pytest.mark.parametrize(
    ("low", "high", "holding", "wanted"),
    [
        (0.7, 0.9, 5, "above"), (0.667, 0.9, 5, "above"), (0.5, 0.9, 5, "open"), (0.5, 0.66, 5, "below"),
        (1.0, 1.0, 4, "unknown"), (float("nan"), float("nan"), 9, "unknown"),
    ],
)  # fmt: skip
def test_standing__by_the_interval_and_only_with_enough_documents(low, high, holding, wanted):
    assert standing(Figure(0.8, low, high), 0.667, holding) == wanted


def test_finite__null_where_undefined():
    assert (finite(float("nan")), finite(0.123456)) == (None, 0.1235)
