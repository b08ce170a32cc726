"""When to stop labelling: how much more labels would narrow what the labels are for."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Half width of an interval now and with more labels drawn as those before."""

    now: float
    then: float

    @property
    def by(self) -> float:
        """The share by which it narrows."""
        return 1 - self.then / self.now if self.now else 0.0


def label_variance(residuals: Floats, weights: Floats, strata: Ints) -> float:
    """The part of a corrected share's variance that comes from labelling only some passages.

    `residuals`: hand code less machine probability of each label; `weights`:
    1/probability; `strata`: number of the stratum it was drawn from. Variance of
    a weighted mean over strata (Sarndal, Swensson and Wretman 1992, section 5.7),
    which is that of design-based supervised learning (Egami, Hinck, Stewart and
    Wei 2023) with the machine's codes as given.
    """
    total = 0.0
    for stratum in np.unique(strata):
        inside = strata == stratum
        n = int(inside.sum())
        spread = residuals[inside] - (residuals[inside].mean() if n > 1 else 0.0)
        total += float((weights[inside] ** 2 * spread**2).sum()) * (n / (n - 1) if n > 1 else 1.0)
    return total / float(weights.sum()) ** 2


def narrowing(from_labels: float, rest: float, labels: int, more: int, quantile: float = 1.96) -> Narrowing:
    """An interval whose variance is `from_labels` + `rest`: labels shrink the first part in proportion, documents make the second."""
    shrunk = from_labels * labels / (labels + more)
    return Narrowing(quantile * sqrt(from_labels + rest), quantile * sqrt(shrunk + rest))


def in_words(by: float, more: int) -> str:
    """What the figure advises."""
    if by < 0.03:
        return f"{more} more labels would hardly narrow it ({by:.0%}): what is unsure lies in the documents, so stop here or add texts."
    if by < 0.08:
        return f"{more} more labels would narrow it a little ({by:.0%})."
    return f"{more} more labels would narrow it by {by:.0%}: go on."
