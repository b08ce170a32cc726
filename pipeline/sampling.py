"""Which passages to label next: a stratified random sample whose every inclusion probability is known.

Pure functions on arrays. A round is drawn from the passages that nobody has
labelled: strata by how unsure and rare the predicted codes are, a simple random
sample within each, so a passage of stratum h is drawn with probability n_h/N_h.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
STRATA = 5
FEWEST = 2  # passages of a stratum: one gives no variance


@dataclass(frozen=True, slots=True)
class Sample:
    """A round: `chosen` (indices in drawing order), and for each of them its stratum, probability, and whether all coders get it."""

    chosen: Ints
    stratum: Ints
    probability: Floats
    shared: NDArray[np.bool_]


def unsureness(ps: Floats) -> Floats:
    """How much more than usual each of n passages would teach about c codes, from probabilities (n, c).

    The sum over codes of how far p(1-p), what the machine leaves open, exceeds the
    code's own variance P(1-P), in units of that, so that rare codes count as much
    as common ones; a passage that is usual in every code scores next to nothing.
    """
    if not ps.shape[1]:
        return np.ones(len(ps))
    mean = ps.mean(axis=0)
    usual = np.clip(mean * (1 - mean), 1e-6, None)
    excess: Floats = np.clip(ps * (1 - ps) / usual - 1, 0, None).sum(axis=1)
    return np.asarray(excess + 1e-9)


def equal_sum_strata(scores: Floats, count: int = STRATA) -> Ints:
    """Stratum of each passage, 0 (surest) to at most count-1, each with about the same sum of scores; equal scores stay together.

    Equal aggregate size, Särndal, Swensson and Wretman (1992), Model Assisted Survey
    Sampling, section 12.5: equal numbers from such strata come close to drawing in proportion to the score.
    """
    ordered = np.sort(scores)
    cumulated = np.cumsum(ordered) / ordered.sum()
    cuts = ordered[np.searchsorted(cumulated, np.arange(1, count) / count).clip(max=len(ordered) - 1)]
    _, strata = np.unique(np.searchsorted(cuts, scores, side="left"), return_inverse=True)
    return strata.astype(np.int64)


def allocation(sizes: Ints, wanted: int, random: float) -> Ints:
    """How many to draw from each stratum of `sizes` passages: a share `random` in proportion to size, the rest equally.

    No stratum gets less than two (or all it has) and none more than it has; sums to `wanted` where that can be.
    """
    target = wanted * (random * sizes / sizes.sum() + (1 - random) / len(sizes))
    low = np.minimum(sizes, FEWEST)
    number: Ints = np.clip(np.floor(target).astype(np.int64), low, sizes)
    while number.sum() < min(wanted, sizes.sum()):
        number[np.argmax(np.where(number < sizes, target - number, -np.inf))] += 1
    while number.sum() > wanted and (number > low).any():
        number[np.argmin(np.where(number > low, target - number, np.inf))] -= 1
    return number


def draw(scores: Floats, wanted: int, random: float, double: float, seed: int) -> Sample:
    """A round of `wanted` passages out of len(scores), in random order, a share `double` of each stratum shared by all coders."""
    rng = np.random.default_rng(seed)
    strata = equal_sum_strata(scores, 1 if random == 1 else STRATA)
    sizes = np.bincount(strata)
    numbers = allocation(sizes, wanted, random)
    chosen, shared = [], []
    for stratum, number in enumerate(numbers):
        chosen.append(rng.choice(np.flatnonzero(strata == stratum), number, replace=False))
        shared.append(np.arange(number) < rounded(double * number, rng))
    order = rng.permutation(int(numbers.sum()))
    picked = np.concatenate(chosen)[order]
    return Sample(picked, strata[picked], (numbers / sizes)[strata[picked]], np.concatenate(shared)[order])


def rounded(value: float, rng: np.random.Generator) -> int:
    """A whole number that is `value` on average."""
    return int(value) + int(rng.random() < value - int(value))
