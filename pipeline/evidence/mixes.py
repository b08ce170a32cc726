"""What each narrative expects: a mix of codes, and from it the weight of one statement, in decibans.

A statement is a code that holds on a passage; a frame counts as one only where
none of its sub-codes holds, so that nothing is counted twice. A narrative's
mix is that of policy discourse at large, each code multiplied by the
narrative's factor; the rival "none" is discourse at large itself. Decibans are
10 log10 of a likelihood ratio (Good 1950; Fairfield and Charman 2017).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.codebook import Codebook

Floats = NDArray[np.float64]
NONE = "none"
DECIBANS = 10 / np.log(10)


def factor_table(book: Codebook) -> Floats:
    """Narratives x codes: how many times as often as at large each is expected (1 where the narrative is silent)."""
    factors = book.evidence.factors
    return np.array([[factors[n.expects[c]] if c in n.expects else 1.0 for c in book.ids] for n in book.narratives])


def reference_mix(book: Codebook) -> Floats:
    """The mix of statements in policy discourse at large; adds up to 1."""
    reference = np.array([book.evidence.reference[code] for code in book.ids])
    mix: Floats = reference / reference.sum()
    return mix


def decibans_of(factors: Floats, reference: Floats) -> Floats:
    """Weight of one statement of each code, ... x (narratives + none) x codes, in decibans against "none".

    log(f / Z) with Z = sum of reference times f: an expected code speaks for the
    narrative, and so does any code when the narrative expects little of the rest.
    """
    scale = (factors * reference[..., None, :]).sum(axis=-1, keepdims=True)
    ratios = DECIBANS * (np.log(factors) - np.log(scale))
    return np.concatenate([ratios, np.zeros_like(ratios[..., :1, :])], axis=-2)


def expected_mixes(book: Codebook) -> tuple[list[str], Floats]:
    """Names of the narratives with "none" last, and the mix of codes (rows sum to 1) each expects."""
    mixes = np.vstack([factor_table(book) * reference_mix(book), reference_mix(book)])
    return names_of(book), mixes / mixes.sum(axis=1, keepdims=True)


def names_of(book: Codebook) -> list[str]:
    """Ids of the narratives, "none" last."""
    return [*(narrative.id for narrative in book.narratives), NONE]


@dataclass(frozen=True)
class Model:
    """How statements become weight of evidence.

    `names`: narratives, "none" last. `factors`: narratives x codes, in decibans.
    `reference`: the mix at large. `concentration`, `correlation`: how far statements of a document,
    and documents of a discourse, repeat each other (see `weigh`).
    """

    names: tuple[str, ...]
    factors: Floats
    reference: Floats
    concentration: float
    correlation: float

    @classmethod
    def of(cls, book: Codebook) -> Model:
        """The codebook's model."""
        factors = DECIBANS * np.log(np.vstack([factor_table(book), np.ones(len(book.ids))]))
        return cls(tuple(names_of(book)), factors, reference_mix(book), book.evidence.concentration, book.evidence.document_correlation)

    @property
    def mixes(self) -> Floats:
        """The mix each narrative expects (rows add up to 1)."""
        mixes = self.reference * np.exp(self.factors / DECIBANS)
        shares: Floats = mixes / mixes.sum(axis=1, keepdims=True)
        return shares

    @property
    def ratios(self) -> Floats:
        """Weight of one statement of each code, narratives x codes, in decibans against "none"."""
        ratios: Floats = DECIBANS * np.log(self.mixes / self.reference)
        return ratios


def farther(factors: Floats, spread: float) -> Floats:
    """Factors as far from 1 as the codebook allows (`spread` times), nearer where `spread` < 1 but never beyond 1."""
    moved = np.where(factors > 1, factors * spread, np.where(factors < 1, factors / spread, 1.0))
    result: Floats = np.where(factors > 1, np.maximum(moved, 1), np.where(factors < 1, np.minimum(moved, 1), 1.0))
    return result


def ends(book: Codebook) -> tuple[Floats, Floats]:
    """Decibans a statement with all factors as weak, and as strong, as the codebook allows."""
    table, reference, spread = factor_table(book), reference_mix(book), book.evidence.spread
    return decibans_of(farther(table, 1 / spread), reference), decibans_of(farther(table, spread), reference)
