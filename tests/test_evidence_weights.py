"""From statements to the weight of evidence: exact parts, discounts, intervals, posterior."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from said import at_large, leaning, statements

from pipeline.evidence.mixes import NONE, Model
from pipeline.evidence.weights import Weights, baselines, effective_statements, kish, posterior, pushes, range_of, weigh

NARRATIVES = ("balance_of_threat", "bandwagoning_for_profit", "bandwagoning_by_capitulation", "economic_interdependence", "identity")


def weight(found, name):
    return float(found.decibans[found.names.index(name)])


@pytest.fixture(scope="module")
def model(book):
    return Model.of(book)


@pytest.mark.parametrize(("count", "rho", "wanted"), [(1, 0.1, 1), (77, 0.1, 77 / 8.6), (50, 0, 50), (50, 1, 1)])
def test_kish__design_effect(count, rho, wanted):
    assert kish(np.array(float(count)), rho) == pytest.approx(wanted)


@given(st.integers(1, 400), st.integers(1, 400), st.floats(0.5, 50), st.floats(0.01, 1))
def test_effective_statements__never_more_than_there_are_nor_without_bound(documents, each, concentration, correlation):
    found = effective_statements(np.full(documents, float(each)), concentration, correlation)
    assert 0 < found <= documents * each + 1e-6
    assert found <= min(documents, 1 / correlation) * (1 + concentration) + 1e-6


def test_effective_statements__by_hand():
    """Two documents of 1 and 9 statements, concentration 8: worth 1 and 81/17; two documents at .1 are worth 2/1.1."""
    assert effective_statements(np.array([1.0, 9.0, 0.0]), 8, 0.1) == pytest.approx((1 + 81 / 17) / 2 * 2 / 1.1)


def test_weigh__a_hundred_passages_at_one_deciban_are_not_ten_thousand_million_to_one(book, model):
    """One document of a hundred statements counts for under nine; a hundred documents of one for under ten."""
    said = leaning(book, "balance_of_threat")
    one = weigh(statements(book, said, documents=1, length=200), model)
    many = weigh(statements(book, said, documents=100, length=2), model)
    assert one.effective < 9 and many.effective < 10
    each = weight(one, "balance_of_threat") / one.effective
    assert weight(many, "balance_of_threat") == pytest.approx(each * many.effective)


@pytest.mark.parametrize("narrative", NARRATIVES)
def test_weigh__a_discourse_as_a_narrative_expects_it_speaks_for_it(book, model, narrative):
    found = weigh(statements(book, leaning(book, narrative)), model)
    assert found.order()[0] == narrative and weight(found, narrative) > 0
    weaker = weigh(statements(book, leaning(book, narrative, 0.3)), model)
    assert weight(weaker, narrative) < weight(found, narrative)


def test_weigh__discourse_at_large_speaks_for_none(book, model):
    found = weigh(statements(book, at_large(book)), model)
    assert found.order()[0] == NONE and max(found.decibans[:-1]) < -1


SHARES = st.lists(st.floats(0, 0.2), min_size=22, max_size=22).filter(lambda shares: sum(shares) > 0.01)


@given(SHARES)
def test_pushes__add_up_with_the_baseline_to_the_weight(book, shares):
    model, said = Model.of(book), statements(book, dict(zip(book.ids, shares, strict=True)))
    whole = pushes(said, model).sum(axis=1) + baselines(said, model)
    assert whole == pytest.approx(weigh(said, model, number=2).decibans, abs=1e-6)


@given(SHARES, st.sampled_from([("balance_of_threat", "threat.common_enemy", 1), ("identity", "identity.religion", 1),
                                ("economic_interdependence", "profit.interdependence", 1),
                                ("balance_of_threat", "threat.unimportant", -1)]))  # fmt: skip
def test_pushes__more_of_what_is_expected_pushes_up(book, shares, case):
    narrative, code, sign = case
    model, column = Model.of(book), book.ids.index(code)
    before = statements(book, dict(zip(book.ids, shares, strict=True)))
    more = dict(zip(book.ids, shares, strict=True))
    more[code] += 0.1
    row = model.names.index(narrative)
    one, other = (pushes(said, model)[row, column] / said.effective(model) for said in (before, statements(book, more)))
    assert sign * (other - one) > 0


def test_pushes__a_code_a_narrative_is_silent_about_pushes_nowhere(book, model):
    pushed = pushes(statements(book, leaning(book, "identity")), model)
    for row, narrative in enumerate(book.narratives):
        for column, code in enumerate(book.ids):
            assert (pushed[row, column] == 0) == (code not in narrative.expects)


def test_weigh__nothing_said(book, model):
    found = weigh(statements(book, {}), model)
    assert found.documents == 0 and not found.decibans.any() and not len(found.draws)


def test_weigh__draws_centre_on_the_weight_and_widen_with_the_error(book, model):
    narrow, wide = (weigh(statements(book, leaning(book, "identity"), error=e), model, number=4000) for e in (0.005, 0.02))
    for found in (narrow, wide):
        assert found.draws.mean(axis=0) == pytest.approx(found.decibans, abs=0.1 * found.draws.std(axis=0).max() + 1e-9)
    assert wide.draws.std(axis=0)[:-1] == pytest.approx(4 * narrow.draws.std(axis=0)[:-1], rel=1e-6)


def test_weigh__interval_by_hand(book, model):
    """Of two codes, one with an error e: the weight moves by n (ratio - mean ratio) / total, linearised."""
    said = statements(book, {"threat": 0.3, "profit": 0.1})
    column = book.ids.index("threat")
    covariance = np.zeros((22, 22))
    covariance[column, column] = 0.01**2
    found = weigh(dataclasses.replace(said, covariance=covariance), model, number=20_000)
    mean = model.ratios @ said.mix()
    by_hand = np.abs(found.effective * (model.ratios[:, column] - mean) / 0.4 * 0.01)
    assert found.draws.std(axis=0) == pytest.approx(by_hand, rel=0.03, abs=1e-9)


def test_range__holds_the_weight(book, model):
    said = statements(book, leaning(book, "balance_of_threat"))
    low, high = range_of(said, book, model)
    weights = weigh(said, model).decibans
    assert (low <= weights).all() and (weights <= high).all() and (low < high)[:-1].all()


def test_posterior__bayes_rule():
    found = Weights(("a", "b", NONE), np.array([10.0, -10.0, 0.0]), np.zeros((0, 3)), 9, 5.0)
    chances = posterior(found, {"a": 1, "b": 2, NONE: 1})
    assert chances == pytest.approx({"a": 10 / 11.2, "b": 0.2 / 11.2, NONE: 1 / 11.2})
    far = posterior(dataclasses.replace(found, decibans=np.array([90_000.0, -90_000.0, 0.0])), {"a": 1, "b": 1, NONE: 1})
    assert far == {"a": 1.0, "b": 0.0, NONE: 0.0}
