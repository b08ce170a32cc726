"""The rule by which evidence becomes a verdict; it is registered with the study, so that changing it later shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.evidence.mixes import DECIBANS, NONE, Model
from pipeline.evidence.weights import Statements, Weights

Floats = NDArray[np.float64]
FEWEST_DOCUMENTS = 5
MAJORITY = 2 / 3  # of sensitivity draws; a lead that a third of them do not show is none

RULE = """\
supported: one narrative leads every rival, 'none of these' among them, by at least the margin; the interval of the lead over the
runner-up excludes zero; the lead stands in at least the stated share of sensitivity draws; hand labels of the corpus correct the
codes; and it stands without all codes whose reliability is unmeasured.
leaning: it leads, the margin is reached or the interval excludes zero, and the lead stands in at least two thirds of the sensitivity
draws.
refused: it would be supported or leaning, but not without the codes whose coders agree less than the reliability bar.
undecided: anything else, or fewer than 5 documents with codes."""


@dataclass(frozen=True, slots=True)
class Bars:
    """What a study asks of a verdict: decibans of lead, level of intervals, share of sensitivity draws."""

    margin: float
    interval: float
    stands: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the evidence allows one to say.

    `grade`: supported, leaning, undecided or refused. `stands`: share of
    sensitivity draws in which it stands. `decisive`: codes without any one of
    which it would not stand; `unreliable`: codes under the reliability bar
    without which it would not.
    """

    grade: str
    narrative: str
    runner_up: str
    margin: float
    low: float
    high: float
    reason: str
    stands: float = 1.0
    decisive: tuple[str, ...] = ()
    unreliable: tuple[str, ...] = ()


def outcomes(weights: Floats, bar: float) -> NDArray[np.int64]:
    """For each row of weights (draws x narratives, "none" last) the narrative that leads by `bar`, -1 where none does."""
    order = np.sort(weights, axis=1)
    leader = weights.argmax(axis=1)
    ahead = (order[:, -1] - order[:, -2] >= bar) & (leader < weights.shape[1] - 1) & (order[:, -1] > order[:, -2])
    return np.where(ahead, leader, -1)


def claim(weights: Weights, bars: Bars) -> tuple[int, float]:
    """What is claimed before doubts: the narrative's number and the lead it claims, (-1, bar) where nothing is."""
    leader, second = weights.order()[:2]
    margin, low, _ = weights.margin(leader, second, bars.interval)
    if leader == NONE or weights.documents < FEWEST_DOCUMENTS or not (margin >= bars.margin or low > 0):
        return -1, bars.margin
    return weights.names.index(leader), bars.margin if margin >= bars.margin else 0.0


def without_codes(said: Statements, model: Model, dropped: Sequence[Sequence[int]]) -> Floats:
    """Weights (rows x narratives) had the codebook not had some codes: the rest of the mixes is rescaled and counts for less."""
    found = np.zeros((len(dropped), len(model.names)))
    for row, codes in enumerate(dropped):
        kept = np.ones(len(said.share), dtype=bool)
        kept[list(codes)] = False
        if kept.any():
            left = DECIBANS * np.log(model.mixes[:, kept].sum(axis=1) / model.reference[kept].sum())
            mix = said.mix()[kept]
            found[row] = (model.ratios[:, kept] @ mix - left * mix.sum()) * said.effective(model)
    return found


def decisive_codes(said: Statements, weights: Weights, model: Model, bars: Bars) -> list[int]:
    """Codes without any one of which the claim would not stand; none where nothing is claimed."""
    claimed, bar = claim(weights, bars)
    if claimed < 0:
        return []
    found = outcomes(without_codes(said, model, [[i] for i in range(len(said.share))]), bar)
    return np.flatnonzero(found != claimed).tolist()


def needed(said: Statements, weights: Weights, model: Model, bars: Bars, codes: Sequence[int]) -> bool:
    """Whether the claim rests on these codes: without all of them it would not stand."""
    claimed, bar = claim(weights, bars)
    return bool(codes) and claimed >= 0 and bool(outcomes(without_codes(said, model, [codes]), bar)[0] != claimed)


@dataclass(frozen=True, slots=True)
class Doubts:
    """What speaks against taking a claim at its word.

    `stands`: share of sensitivity draws; `labelled`: hand labels of the corpus
    correct the codes; `decisive`; `unreliable`, `unmeasured`: codes on which it rests
    and whose coders agree too little, or were never compared.
    """

    stands: float
    labelled: bool
    decisive: tuple[str, ...] = ()
    unreliable: tuple[str, ...] = ()
    unmeasured: tuple[str, ...] = ()


def doubts(
    said: Statements, weights: Weights, model: Model, bars: Bars, ids: Sequence[str], reaches: Mapping[str, bool | None], labelled: bool,
    stands: float,
) -> Doubts:  # fmt: skip
    """The doubts about a claim; `reaches`: for each code whether its coders agree enough, None where unmeasured."""
    under = [i for i, code in enumerate(ids) if reaches.get(code) is False]
    unknown = [i for i, code in enumerate(ids) if reaches.get(code) is None]
    decisive = decisive_codes(said, weights, model, bars)
    rests = [needed(said, weights, model, bars, codes) for codes in (under, unknown)]
    named = [
        tuple(ids[i] for i in ([i for i in codes if i in decisive] or codes)) if yes else ()
        for codes, yes in zip((under, unknown), rests, strict=True)
    ]
    return Doubts(stands, labelled, tuple(ids[i] for i in decisive), named[0], named[1])


def decide(weights: Weights, bars: Bars, doubt: Doubts) -> Verdict:
    """The verdict of a weight of evidence, by RULE."""
    leader, second = weights.order()[:2]
    margin, low, high = weights.margin(leader, second, bars.interval)
    grade, reason = graded(weights, bars, doubt, margin, low)
    return Verdict(grade, leader, second, margin, low, high, reason, doubt.stands, doubt.decisive, doubt.unreliable)


def graded(weights: Weights, bars: Bars, doubt: Doubts, margin: float, low: float) -> tuple[str, str]:
    """Grade and reason."""
    if weights.documents < FEWEST_DOCUMENTS:
        return "undecided", f"only {weights.documents} documents carry any code; at least {FEWEST_DOCUMENTS} are needed"
    if weights.order()[0] == NONE:
        return "undecided", "no narrative fits better than policy discourse at large"
    clear, sure = margin >= bars.margin, low > 0
    if not (clear or sure):
        return "undecided", "the lead is small and its interval includes zero"
    if doubt.stands < MAJORITY:
        return "undecided", f"the lead stands in only {doubt.stands:.0%} of sensitivity draws"
    if doubt.unreliable:
        return "refused", f"it rests on codes whose coders agree too little: {', '.join(doubt.unreliable)}"
    reservations = [
        (not clear, f"the lead is under {bars.margin:g} decibans"),
        (not sure, "the interval of the lead includes zero"),
        (not doubt.labelled, "no hand labels of this corpus correct the codes"),
        (doubt.stands < bars.stands, f"the lead stands in only {doubt.stands:.0%} of sensitivity draws"),
        (bool(doubt.unmeasured), f"it rests on codes whose reliability is unmeasured: {', '.join(doubt.unmeasured)}"),
    ]
    said = [words for holds, words in reservations if holds]
    if said:
        return "leaning", "; ".join(said)
    return "supported", "the lead reaches the bar, its interval excludes zero, and it stands in the sensitivity analysis"
