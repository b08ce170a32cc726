"""From codes to narratives: how much more likely each theory makes what was said.

A narrative is a mix of codes it leads one to expect: the mix of policy
discourse at large, each code multiplied by the narrative's factor. A
document's counts of codes are Dirichlet-multinomial around that mix, so that a
document may dwell on one theme without deciding the case, and evidence is
summed over documents, not passages. Documents of one discourse repeat each
other; D of them count as D / (1 + (D-1) rho). Weight of evidence is in decibans,
10 log10 of a likelihood ratio (Good 1950; Fairfield and Charman 2017). The
rival "none" is discourse at large itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from pipeline.codebook import Codebook, Evidence

Floats = NDArray[np.float64]
NONE = "none"
DECIBANS = 10 / np.log(10)


def expected_mixes(book: Codebook) -> tuple[list[str], Floats]:
    """Names of the narratives with "none" last, and the mix of codes (rows sum to 1) each expects."""
    evidence = book.evidence
    base = np.array([evidence.reference[code] for code in book.ids])
    rows = [base * [evidence.factors[n.expects[c]] if c in n.expects else 1.0 for c in book.ids] for n in book.narratives]
    mixes = np.array([*rows, base])
    return [*(n.id for n in book.narratives), NONE], mixes / mixes.sum(axis=1, keepdims=True)


def log_likelihoods(counts: Floats, mixes: Floats, concentration: float) -> Floats:
    """Dirichlet-multinomial log-likelihood of each document under each narrative.

    `counts`: documents x codes. `mixes`: narratives x codes. The multinomial
    coefficient, the same for all narratives, is left out. Minka (2000),
    Estimating a Dirichlet distribution, equation 53.
    """
    alpha = concentration * mixes
    totals = counts.sum(axis=1, keepdims=True)
    inner = gammaln(counts[:, None, :] + alpha[None]) - gammaln(alpha)[None]
    result: Floats = inner.sum(axis=2) + gammaln(concentration) - gammaln(totals + concentration)
    return result


def effective_documents(documents: int, correlation: float) -> float:
    """How many independent documents so many correlated ones are worth (Kish 1965, design effect)."""
    return documents / (1 + (documents - 1) * correlation) if documents else 0.0


@dataclass(frozen=True, slots=True)
class Weights:
    """Weight of evidence for each narrative (with "none" last) over one set of passages, in decibans against "none".

    `draws`: the same over bootstrap samples of documents (rows).
    """

    names: Sequence[str]
    decibans: Floats
    draws: Floats
    documents: int
    effective: float

    def margin(self, one: str, other: str, level: float) -> tuple[float, float, float]:
        """By how much one narrative leads another, with its interval."""
        a, b = self.names.index(one), self.names.index(other)
        gaps = self.draws[:, a] - self.draws[:, b]
        low, high = np.quantile(gaps, [(1 - level) / 2, (1 + level) / 2]) if len(gaps) else (-np.inf, np.inf)
        return float(self.decibans[a] - self.decibans[b]), float(low), float(high)

    def interval(self, name: str, level: float) -> tuple[float, float]:
        """The interval of one narrative's weight."""
        return self.margin(name, NONE, level)[1:]


def weigh(counts: Floats, book: Codebook, draws: int = 2000, seed: int = 0) -> Weights:
    """The weight of evidence of documents' code counts (documents x codes) for each narrative."""
    names, mixes = expected_mixes(book)
    counts = counts[counts.sum(axis=1) > 0]
    documents = len(counts)
    effective = effective_documents(documents, book.evidence.document_correlation)
    if not documents:
        return Weights(names, np.zeros(len(names)), np.zeros((0, len(names))), 0, 0.0)
    likelihoods = log_likelihoods(counts, mixes, book.evidence.concentration)
    against_none = (likelihoods - likelihoods[:, -1:]) * DECIBANS
    rng = np.random.default_rng(seed)
    resampled = rng.multinomial(documents, np.full(documents, 1 / documents), size=draws) / documents
    return Weights(names, against_none.mean(axis=0) * effective, resampled @ against_none * effective, documents, effective)


def posterior(weights: Weights, priors: Mapping[str, float]) -> dict[str, float]:
    """Probability of each narrative from the stated priors (any positive scale)."""
    logs = np.array([np.log(priors[name]) for name in weights.names]) + weights.decibans / DECIBANS
    shares = np.exp(logs - logs.max())
    return dict(zip(weights.names, (shares / shares.sum()).tolist(), strict=True))


def pushes(counts: Floats, book: Codebook) -> dict[str, dict[str, float]]:
    """For each narrative, how many decibans each code adds or takes, roughly.

    The marginal weight of a code: its share of all codes times the log ratio
    of what the narrative and discourse at large expect of it, over the
    effective documents and their mean count, damped as the model damps it.
    """
    names, mixes = expected_mixes(book)
    counts = counts[counts.sum(axis=1) > 0]
    if not len(counts):
        return {name: dict.fromkeys(book.ids, 0.0) for name in names[:-1]}
    effective = effective_documents(len(counts), book.evidence.document_correlation)
    alpha = book.evidence.concentration * mixes
    inner = gammaln(counts[:, None, :] + alpha[None]) - gammaln(alpha)[None]
    mean = (inner - inner[:, -1:, :]).mean(axis=0) * DECIBANS * effective
    return {name: dict(zip(book.ids, mean[i].tolist(), strict=True)) for i, name in enumerate(names[:-1])}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the evidence allows one to say: `grade` is supported, leaning or undecided."""

    grade: str
    narrative: str
    runner_up: str
    margin: float
    low: float
    high: float
    reason: str


def decide(weights: Weights, evidence: Evidence, bar: float, level: float, from_labels: bool, least: int = 5) -> Verdict:
    """The verdict of a weight of evidence.

    Supported: the leader is ahead of the runner-up ("none" is one) by at least
    `bar` decibans, the interval of the lead excludes zero, and labels stand
    behind the codes. Leaning: ahead, and either the bar or the interval is met.
    """
    order = sorted(weights.names, key=lambda n: -weights.decibans[weights.names.index(n)])
    leader, second = order[0], order[1]
    margin, low, high = weights.margin(leader, second, level)
    if weights.documents < least:
        reason = f"only {weights.documents} documents carry any code; at least {least} are needed"
        return Verdict("undecided", leader, second, margin, low, high, reason)
    if leader == NONE:
        return Verdict("undecided", leader, second, margin, low, high, "no narrative fits better than policy discourse at large")
    clear, sure = margin >= bar, low > 0
    if clear and sure and from_labels:
        return Verdict("supported", leader, second, margin, low, high, "the lead reaches the bar and its interval excludes zero")
    if clear and sure:
        reason = "the lead reaches the bar, but no hand labels stand behind the codes"
        return Verdict("leaning", leader, second, margin, low, high, reason)
    if clear or sure:
        what = "the interval of the lead includes zero" if clear else f"the lead is under {bar:g} decibans"
        return Verdict("leaning", leader, second, margin, low, high, what)
    return Verdict("undecided", leader, second, margin, low, high, "the lead is small and its interval includes zero")
