"""From counts of codes to the weight of evidence, the posterior and the verdict."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import gammaln
from scipy.stats import dirichlet_multinomial

from pipeline.evidence import (
    DECIBANS,
    NONE,
    Weights,
    decide,
    effective_documents,
    expected_mixes,
    log_likelihoods,
    posterior,
    pushes,
    weigh,
)

CODES = 22
DOCUMENT = st.lists(st.integers(0, 9), min_size=CODES, max_size=CODES)
COUNTS = st.lists(DOCUMENT, min_size=1, max_size=6).map(lambda rows: np.array(rows, float))


@given(COUNTS, st.floats(0.5, 200))
def test_log_likelihoods__agree_with_scipy(book, counts, concentration):
    _, mixes = expected_mixes(book)
    ours = log_likelihoods(counts, mixes, concentration)
    for row, document in zip(ours, counts, strict=True):
        n = document.sum()
        coefficient = gammaln(n + 1) - gammaln(document + 1).sum()
        theirs = [dirichlet_multinomial.logpmf(document.astype(int), concentration * mix, int(n)) for mix in mixes]
        assert row + coefficient == pytest.approx(theirs)


def test_expected_mixes__are_shares_that_lean_as_stated(book):
    names, mixes = expected_mixes(book)
    assert names[-1] == NONE and mixes.sum(axis=1) == pytest.approx(1) and (mixes > 0).all()
    base = mixes[-1]
    for narrative, mix in zip(book.narratives, mixes, strict=False):
        lifts = dict(zip(book.ids, mix / base, strict=True))
        strong = [lifts[code] for code, level in narrative.expects.items() if level == "strong"]
        against = [lifts[code] for code, level in narrative.expects.items() if level == "against"]
        assert min(strong) > max([*against, 0]) and min(strong) > 1 > max([*against, 0])


@pytest.mark.parametrize(("documents", "rho", "wanted"), [(0, 0.1, 0), (1, 0.1, 1), (77, 0.1, 77 / 8.6), (50, 0, 50), (50, 1, 1)])
def test_effective_documents__design_effect(documents, rho, wanted):
    assert effective_documents(documents, rho) == pytest.approx(wanted)


@given(st.integers(1, 500), st.floats(0.01, 1))
def test_effective_documents__more_never_count_less_and_never_without_bound(documents, rho):
    assert effective_documents(documents, rho) <= effective_documents(documents + 1, rho) + 1e-9
    assert effective_documents(documents, rho) <= min(documents, 1 / rho) + 1e-9


def weight(weights, name):
    return weights.decibans[list(weights.names).index(name)]


def row_of(book, **counts):
    return [counts.get(code.replace(".", "_"), 0) for code in book.ids]


@given(COUNTS, st.data())
def test_weigh__more_of_a_strongly_expected_code_never_hurts(book, counts, data):
    """One more passage on the common enemy never speaks against balance of threat."""
    narrative, code = data.draw(
        st.sampled_from([("balance_of_threat", "threat.common_enemy"), ("bandwagoning_for_profit", "profit.status_gain"),
                         ("identity", "identity.religion"), ("economic_interdependence", "profit.interdependence")])
    )  # fmt: skip
    counts = counts + 1
    more = counts.copy()
    more[data.draw(st.integers(0, len(counts) - 1)), book.ids.index(code)] += data.draw(st.integers(1, 5))
    assert weight(weigh(more, book, draws=2), narrative) >= weight(weigh(counts, book, draws=2), narrative)


@given(COUNTS)
def test_weigh__more_of_what_it_speaks_against_never_helps(book, counts):
    counts = counts + 1
    more = counts.copy()
    more[0, book.ids.index("threat.unimportant")] += 3
    assert weight(weigh(more, book, draws=2), "balance_of_threat") <= weight(weigh(counts, book, draws=2), "balance_of_threat")


def test_weigh__passages_of_one_document_weigh_less_than_as_many_documents(book):
    spread = np.array([row_of(book, threat=1, threat_common_enemy=1)] * 10, float)
    heaped = spread.sum(axis=0, keepdims=True)
    assert 0 < weight(weigh(heaped, book), "balance_of_threat") < weight(weigh(spread, book), "balance_of_threat")


def test_weigh__is_the_mean_document_times_the_effective_number(book):
    counts = np.array([row_of(book, threat=4, profit=1), row_of(book, identity=3), row_of(book, threat_common_enemy=2)], float)
    _, mixes = expected_mixes(book)
    logs = log_likelihoods(counts, mixes, book.evidence.concentration)
    by_hand = 10 * np.log10(np.exp(logs[:, 0] - logs[:, -1])).mean() * 3 / (1 + 2 * book.evidence.document_correlation)
    found = weigh(counts, book)
    assert found.decibans[0] == pytest.approx(by_hand) and found.decibans[-1] == 0


def test_weigh__documents_without_codes_and_seeds(book):
    counts = np.array([row_of(book, threat=4), row_of(book, identity=3)], float)
    empty = np.zeros((3, CODES))
    one, other = weigh(counts, book, seed=5), weigh(np.vstack([counts, empty]), book, seed=5)
    assert (one.decibans == other.decibans).all() and (one.draws == other.draws).all()
    nothing = weigh(empty, book)
    assert nothing.documents == 0 and not nothing.decibans.any()


def test_weigh__draws_centre_on_the_weight(book):
    rng = np.random.default_rng(3)
    found = weigh(rng.poisson(1, (60, CODES)).astype(float), book)
    assert found.draws.mean(axis=0) == pytest.approx(found.decibans, abs=0.5)
    low, high = found.interval("identity", 0.95)
    assert low < weight(found, "identity") < high


@given(COUNTS)
def test_pushes__add_up_to_the_weight(book, counts):
    found = weigh(counts, book, draws=2)
    for name, parts in pushes(counts, book).items():
        assert sum(parts.values()) == pytest.approx(weight(found, name), abs=1e-6)


def test_posterior__bayes_rule(book):
    found = Weights(["a", "b", NONE], np.array([10.0, -10.0, 0.0]), np.zeros((0, 3)), 9, 5.0)
    chances = posterior(found, {"a": 1, "b": 2, NONE: 1})
    assert chances == pytest.approx({"a": 10 / 11.2, "b": 0.2 / 11.2, NONE: 1 / 11.2})
    far = posterior(dataclasses.replace(found, decibans=np.array([90_000.0, -90_000.0, 0.0])), {"a": 1, "b": 1, NONE: 1})
    assert far == {"a": 1.0, "b": 0.0, NONE: 0.0}


def weights_with(lead, spread, documents=20, leader="fear"):
    """Weights in which one narrative leads the rest by so much, give or take."""
    names = ["fear", "greed", NONE]
    decibans = np.array([lead if name == leader else 0.0 for name in names])
    if leader == NONE:
        decibans -= decibans.max()
    draws = np.tile(decibans, (400, 1))
    draws[:, names.index(leader)] += np.linspace(-spread, spread, 400)
    return Weights(names, decibans, draws, documents, 5.0)


VERDICTS = [
    # lead, spread, labels, documents, leader -> grade
    (12.0, 3.0, True, 20, "fear", "supported"),
    (5.0, 3.0, True, 20, "fear", "supported"),  # the bar itself suffices
    (12.0, 3.0, False, 20, "fear", "leaning"),  # rules alone never support
    (1e6, 0.0, False, 10_000, "fear", "leaning"),
    (12.0, 30.0, True, 20, "fear", "leaning"),  # interval holds zero
    (3.0, 1.0, True, 20, "fear", "leaning"),  # under the bar
    (3.0, 1.0, False, 20, "fear", "leaning"),
    (3.0, 10.0, True, 20, "fear", "undecided"),
    (0.0, 1.0, True, 20, "fear", "undecided"),
    (12.0, 3.0, True, 4, "fear", "undecided"),  # too few documents
    (12.0, 3.0, True, 20, NONE, "undecided"),  # discourse at large fits best
]


@pytest.mark.parametrize(("lead", "spread", "labels", "documents", "leader", "grade"), VERDICTS)
def test_decide__grades(book, lead, spread, labels, documents, leader, grade):
    verdict = decide(weights_with(lead, spread, documents, leader), book.evidence, 5.0, 0.95, labels)
    assert verdict.grade == grade and verdict.reason
    assert verdict.narrative == leader or lead == 0


@given(COUNTS, st.floats(0.1, 30), st.floats(0.6, 0.99))
def test_decide__rules_alone_never_support(book, counts, bar, level):
    assert decide(weigh(np.repeat(counts, 4, axis=0), book, draws=50), book.evidence, bar, level, from_labels=False).grade != "supported"


@given(COUNTS, st.floats(0.1, 30))
def test_decide__leader_leads_and_figures_are_sound(book, counts, bar):
    found = weigh(counts, book, draws=50)
    verdict = decide(found, book.evidence, bar, 0.95, from_labels=True)
    assert weight(found, verdict.narrative) == found.decibans.max()
    assert verdict.margin >= 0 and verdict.low <= verdict.high
    assert verdict.margin == pytest.approx(weight(found, verdict.narrative) - weight(found, verdict.runner_up))
    if verdict.grade == "supported":
        assert verdict.margin >= bar and verdict.low > 0


def test_decide__nothing_coded_is_undecided(book):
    assert decide(weigh(np.zeros((8, CODES)), book), book.evidence, 5.0, 0.95, True).grade == "undecided"


def test_decibans__ten_to_one_is_ten():
    assert np.log(10) * DECIBANS == pytest.approx(10)
