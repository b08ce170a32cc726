"""From weights to the verdict, rule by rule."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from said import leaning, statements

from pipeline.evidence.decide import RULE, Bars, Doubts, decide, doubts, outcomes, without_codes
from pipeline.evidence.mixes import NONE, Model
from pipeline.evidence.weights import Weights, weigh

BARS = Bars(5.0, 0.95, 0.8)


def weights_with(lead, spread, documents=20, leader="fear"):
    """Weights in which one narrative leads the rest by so much, give or take."""
    names = ("fear", "greed", NONE)
    decibans = np.array([lead if name == leader else 0.0 for name in names])
    if leader == NONE:
        decibans -= decibans.max()
    draws = np.tile(decibans, (400, 1))
    draws[:, names.index(leader)] += np.linspace(-spread, spread, 400)
    return Weights(names, decibans, draws, documents, 5.0)


SURE = Doubts(1.0, True)
VERDICTS = [
    # lead, spread, documents, leader, doubts -> grade
    (12.0, 3.0, 20, "fear", SURE, "supported"),
    (5.0, 3.0, 20, "fear", SURE, "supported"),  # the bar itself suffices
    (12.0, 3.0, 20, "fear", Doubts(1.0, False), "leaning"),  # rules alone never support
    (1e6, 0.0, 10_000, "fear", Doubts(1.0, False), "leaning"),
    (12.0, 30.0, 20, "fear", SURE, "leaning"),  # interval holds zero
    (3.0, 1.0, 20, "fear", SURE, "leaning"),  # under the bar
    (12.0, 3.0, 20, "fear", Doubts(0.79, True), "leaning"),  # does not survive sensitivity
    (12.0, 3.0, 20, "fear", Doubts(0.8, True), "supported"),
    (12.0, 3.0, 20, "fear", Doubts(0.66, True), "undecided"),  # a third of the draws do not show it
    (12.0, 3.0, 20, "fear", Doubts(0.67, True), "leaning"),
    (12.0, 3.0, 20, "fear", Doubts(1.0, True, ("x",), ("x",)), "refused"),  # a decisive code under the bar
    (3.0, 1.0, 20, "fear", Doubts(1.0, True, ("x",), ("x",)), "refused"),
    (12.0, 3.0, 20, "fear", Doubts(1.0, True, ("x",), (), ("x",)), "leaning"),  # reliability unmeasured
    (3.0, 10.0, 20, "fear", SURE, "undecided"),
    (3.0, 10.0, 20, "fear", Doubts(1.0, True, ("x",), ("x",)), "undecided"),  # nothing is claimed that could be refused
    (0.0, 1.0, 20, "fear", SURE, "undecided"),
    (12.0, 3.0, 4, "fear", SURE, "undecided"),  # too few documents
    (12.0, 3.0, 20, NONE, SURE, "undecided"),  # discourse at large fits best
]


@pytest.mark.parametrize(("lead", "spread", "documents", "leader", "doubt", "grade"), VERDICTS)
def test_decide__grades(lead, spread, documents, leader, doubt, grade):
    verdict = decide(weights_with(lead, spread, documents, leader), BARS, doubt)
    assert verdict.grade == grade and verdict.reason
    assert verdict.narrative == leader or lead == 0


@given(st.floats(0, 1e3), st.floats(0, 50), st.integers(0, 50), st.floats(0, 1), st.floats(0.1, 30))
def test_decide__rules_alone_never_support_and_support_keeps_its_promise(lead, spread, documents, stands, bar):
    found, bars = weights_with(lead, spread, documents), Bars(bar, 0.9, 0.8)
    assert decide(found, bars, Doubts(stands, False)).grade != "supported"
    verdict = decide(found, bars, Doubts(stands, True))
    if verdict.grade == "supported":
        assert verdict.margin >= bar and verdict.low > 0 and verdict.stands >= 0.8


def test_outcomes__who_leads_by_the_bar():
    rows = np.array([[9.0, 1, 0], [4, 1, 0], [1, 9, 0], [-3, -9, 0], [7, 7, 0]])
    assert outcomes(rows, 5.0).tolist() == [0, -1, 1, -1, -1]
    assert outcomes(rows, 0.0).tolist() == [0, 0, 1, -1, -1]


def test_without_codes__is_a_codebook_that_never_had_it(book):
    """Dropping a code and then weighing is weighing with mixes rescaled: worked out from the definition."""
    model, said = Model.of(book), statements(book, leaning(book, "identity"))
    column = book.ids.index("identity.religion")
    kept = [i for i in range(len(book.ids)) if i != column]
    mixes = model.mixes[:, kept] / model.mixes[:, kept].sum(axis=1, keepdims=True)
    mix = said.mix()[kept]
    by_hand = 10 * np.log10(mixes / mixes[-1]) @ mix * said.effective(model)
    assert without_codes(said, model, [[column]])[0] == pytest.approx(by_hand)


def doubt_of(book, shares, reaches):
    model, said = Model.of(book), statements(book, shares, error=0.002)
    return doubts(said, weigh(said, model), model, BARS, book.ids, reaches, True, 1.0)


def one_code(book, code):
    """Discourse at large with much more of one code."""
    reference = dict(book.evidence.reference)
    reference[code] += 0.8
    return {name: share * 0.5 / sum(reference.values()) for name, share in reference.items()}


def test_doubts__a_code_that_carries_the_claim_is_decisive_and_must_be_reliable(book):
    shares = one_code(book, "threat.common_enemy")
    good = dict.fromkeys(book.ids, True)
    assert doubt_of(book, shares, good) == Doubts(1.0, True, doubt_of(book, shares, good).decisive)
    assert "threat.common_enemy" in doubt_of(book, shares, good).decisive
    assert doubt_of(book, shares, good | {"threat.common_enemy": False}).unreliable == ("threat.common_enemy",)
    assert doubt_of(book, shares, good | {"threat.common_enemy": None}).unmeasured == ("threat.common_enemy",)


def test_doubts__an_unreliable_code_on_which_nothing_rests_does_no_harm(book):
    shares = one_code(book, "threat.common_enemy")
    assert doubt_of(book, shares, dict.fromkeys(book.ids, True) | {"profit.military_gain": False}).unreliable == ()


def test_doubts__codes_that_are_unreliable_together(book):
    """No one code is decisive, but without all that are unreliable nothing is left."""
    found = doubt_of(book, leaning(book, "identity", 2.0), {code: not code.startswith("identity") for code in book.ids})
    assert found.unreliable


def test_rule__states_the_numbers_it_decides_by():
    assert "fewer than 5 documents" in RULE and "two thirds of the sensitivity\ndraws" in RULE
