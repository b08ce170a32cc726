"""Shares of passages with intervals that respect documents."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student_t

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Share:
    """A share of passages, its interval, and how much it rests on.

    `low`, `high` are None where a single document allows no interval.
    """

    share: float
    low: float | None
    high: float | None
    passages: int
    documents: int


def cluster_variance(hits: Floats, sizes: Floats) -> float:
    """Variance of the ratio sum(hits)/sum(sizes), documents drawn as wholes.

    `hits`, `sizes`: passages with the code, and all passages, of each of m >= 2
    documents. Linearised ratio estimator, Cochran (1977), Sampling Techniques,
    3rd ed., section 6.4, without finite-population correction.
    """
    m = len(sizes)
    residuals = hits - hits.sum() / sizes.sum() * sizes
    return float(m / (m - 1) * (residuals**2).sum() / sizes.sum() ** 2)


def clustered_share(hits: Floats, sizes: Floats, level: float = 0.95) -> Share:
    """The share of passages with a code, with a Wilson interval at the effective sample size.

    The effective size is p(1-p)/variance times (z/t)^2 for m-1 degrees of freedom
    (Korn and Graubard 1998, Survey Methodology 24, with Wilson's in place of the
    exact interval); at a share of 0 or 1 it is the number of documents.
    """
    kept = sizes > 0
    hits, sizes = hits[kept], sizes[kept]
    m, n = len(sizes), float(sizes.sum())
    share = float(hits.sum() / n) if n else 0.0
    if m < 2:
        return Share(share, None, None, int(n), m)
    variance = cluster_variance(hits, sizes)
    quantile = float(student_t.ppf((1 + level) / 2, m - 1))
    spread = share * (1 - share)
    effective = float(m) if spread == 0 else min(spread / variance, n) if variance > 0 else n
    centre = (share + quantile**2 / (2 * effective)) / (1 + quantile**2 / effective)
    half = quantile / (1 + quantile**2 / effective) * np.sqrt(share * (1 - share) / effective + quantile**2 / (4 * effective**2))
    return Share(share, max(0.0, float(centre - half)), min(1.0, float(centre + half)), int(n), m)
