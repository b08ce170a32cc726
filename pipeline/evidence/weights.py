"""The weight of evidence of a discourse for each narrative, with what is not independent discounted.

The weight is that of a multinomial likelihood, n times the sum over codes of
share times log ratio, with n the number of statements that so many repeated
ones are worth (the quasi-likelihood of Rao and Scott 1981, JASA 76, 221-230).
It is linear in the shares, so each code's part is exact, and shares corrected
for the classifier's errors go straight in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.codebook import Codebook
from pipeline.evidence.mixes import DECIBANS, NONE, Model, ends
from pipeline.shares import Shares

Floats = NDArray[np.float64]
DRAWS = 2000


def kish(count: Floats, correlation: float) -> Floats:
    """How many independent ones so many equally correlated ones are worth (Kish 1965, design effect)."""
    result: Floats = count / (1 + np.maximum(count - 1, 0) * correlation)
    return result


@dataclass(frozen=True)
class Statements:
    """What a discourse says: `share` of passages with each statement (codes), and `covariance` of these shares.

    `counts`: statements by document, `by_document`: what each document adds to
    the shares (documents x codes, sums to share times passages), `sizes`: its passages.
    """

    share: Floats
    covariance: Floats
    counts: Floats
    by_document: Floats
    sizes: Floats

    @classmethod
    def of(cls, found: Shares, columns: Sequence[int]) -> Statements:
        """From corrected shares; a document's statements are its machine codes, scaled to what the corrected shares come to."""
        best, stretch = found.best, found.stretch
        share, error = best.value[columns], best.error[:, columns]
        counts = stretch.present[:, columns].sum(axis=1)
        scale = max(share.sum(), 0) * stretch.sizes.sum() / max(counts.sum(), 1.0)
        covariance = best.covariance[np.ix_(columns, columns)]
        by_document = error * stretch.sizes.sum() + stretch.sizes[:, None] * share
        return cls(share, covariance, counts * scale, by_document, stretch.sizes)

    @property
    def documents(self) -> int:
        """Documents with statements."""
        return int((self.counts > 0).sum())

    def mix(self) -> Floats:
        """The mix of statements; even where nothing is said."""
        return mixed(self.share)

    def effective(self, model: Model) -> float:
        """How many independent statements they are worth."""
        return effective_statements(self.counts, model.concentration, model.correlation)

    def draws(self, seed: int, number: int = DRAWS) -> Floats:
        """Mixes drawn around this one, as other documents and other labels would give (draws x codes).

        Linearised, so that they centre on the mix; a rare code's may fall a little under 0.
        """
        values, vectors = np.linalg.eigh(self.covariance)
        normal = np.random.default_rng(seed).standard_normal((number, len(self.share)))
        moved = normal * np.sqrt(np.maximum(values, 0)) @ vectors.T
        mix = self.mix()
        total = max(float(np.maximum(self.share, 0).sum()), 1e-12)
        drawn: Floats = mix + (moved - moved.sum(axis=1, keepdims=True) * mix) / total
        return drawn


def mixed(shares: Floats) -> Floats:
    """Shares of passages as a mix of statements that adds up to 1; none is less than nothing."""
    kept = np.maximum(shares, 0)
    total = kept.sum(axis=-1, keepdims=True)
    mix: Floats = np.where(total > 0, kept / np.maximum(total, 1e-12), 1 / shares.shape[-1])
    return mix


def effective_statements(counts: Floats, concentration: float, correlation: float) -> float:
    """Independent statements that documents' statements are worth.

    In a document whose mix follows its discourse's with Dirichlet `concentration`
    k two statements correlate by 1/(1+k), so that n of them are worth
    n(1+k)/(n+k); documents correlate by `correlation`.
    """
    said = counts[counts > 0]
    if not len(said):
        return 0.0
    return float(kish(np.array(float(len(said))), correlation) * kish(said, 1 / (1 + concentration)).mean())


@dataclass(frozen=True)
class Weights:
    """Weight of evidence for each narrative ("none" last), in decibans against "none".

    `draws`: the same for other documents and labels (rows). `effective`: statements it rests on.
    """

    names: tuple[str, ...]
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

    def order(self) -> list[str]:
        """Narratives, the strongest first; as listed where they are even."""
        return [self.names[i] for i in np.argsort(-self.decibans, kind="stable")]


def weigh(said: Statements, model: Model, seed: int = 0, number: int = DRAWS) -> Weights:
    """The weight of what a discourse says for each narrative."""
    effective = said.effective(model)
    if not effective:
        return Weights(model.names, np.zeros(len(model.names)), np.zeros((0, len(model.names))), 0, 0.0)
    draws = said.draws(seed, number) @ model.ratios.T * effective
    return Weights(model.names, model.ratios @ said.mix() * effective, draws, said.documents, effective)


def pushes(said: Statements, model: Model) -> Floats:
    """How many decibans each code adds or takes (narratives x codes) by standing above or below its share at large.

    An expected code pushes up where it is commoner than at large and down where
    it is rarer; one that the narrative is silent about pushes nowhere. With
    `baselines` the rows add up to the weights.
    """
    result: Floats = said.effective(model) * model.factors * (said.mix() - model.reference)
    return result


def baselines(said: Statements, model: Model) -> Floats:
    """What each narrative loses where no code departs from its share at large: the divergence of its mix, over all statements."""
    result: Floats = said.effective(model) * (model.ratios @ model.reference)
    return result


def range_of(said: Statements, book: Codebook, model: Model) -> tuple[Floats, Floats]:
    """The lowest and highest weights with all ratios as weak, as stated, and as strong as the codebook allows."""
    found = np.array([ratios @ said.mix() * said.effective(model) for ratios in (*ends(book), model.ratios)])
    return found.min(axis=0), found.max(axis=0)


def posterior(weights: Weights, priors: Mapping[str, float]) -> dict[str, float]:
    """Probability of each narrative from the stated priors (any positive scale)."""
    logs = np.array([np.log(priors[name]) for name in weights.names]) + weights.decibans / DECIBANS
    shares = np.exp(logs - logs.max())
    return dict(zip(weights.names, (shares / shares.sum()).tolist(), strict=True))
