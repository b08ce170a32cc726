"""Shares of passages with intervals that respect documents."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
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


def wilson(share: ArrayLike, effective: ArrayLike, freedom: ArrayLike, level: float) -> tuple[Floats, Floats]:
    """Wilson's score interval (1927, JASA 22, 209-212) at an effective sample size, with Student's t for the normal quantile.

    Korn and Graubard (1998, Survey Methodology 24) do so with the exact interval.
    """
    p, n = np.clip(np.asarray(share, dtype=float), 0, 1), np.asarray(effective, dtype=float)
    quantile = student_t.ppf((1 + level) / 2, freedom)
    centre = (n * p + quantile**2 / 2) / (n + quantile**2)  # the usual form times n, so that no information gives 0 to 1
    half = quantile / (n + quantile**2) * np.sqrt(n * p * (1 - p) + quantile**2 / 4)
    return np.maximum(0.0, centre - half), np.minimum(1.0, centre + half)


def freedom(error: Floats, documents: int) -> Floats:
    """Degrees of freedom of a variance summed over documents, 2 V^2 / var(V), at most one less than documents.

    `error`: documents x codes. Few documents that carry most of the error, as
    where a code is rare, leave the variance itself unsure (Satterthwaite 1946,
    Biometrics 2, 110-114, with the fourth moment as measured).
    """
    second, fourth = (error**2).sum(axis=0), (error**4).sum(axis=0)
    spread = fourth - second**2 / max(documents, 1)
    found = np.divide(2 * second**2, spread, out=np.full_like(second, np.inf), where=spread > 0)
    result: Floats = np.clip(found, 1, max(documents - 1, 1))
    return result


def clustered_share(hits: Floats, sizes: Floats, level: float = 0.95) -> Share:
    """The share of passages with a code, with a Wilson interval at the effective sample size p(1-p)/variance.

    At a share of 0 or 1 the effective size is the number of documents.
    """
    kept = sizes > 0
    hits, sizes = hits[kept], sizes[kept]
    m, n = len(sizes), float(sizes.sum())
    share = float(hits.sum() / n) if n else 0.0
    if m < 2:
        return Share(share, None, None, int(n), m)
    variance = cluster_variance(hits, sizes)
    spread = share * (1 - share)
    effective = float(m) if spread == 0 else min(spread / variance, n) if variance > 0 else n
    low, high = wilson(share, effective, m - 1, level)
    return Share(share, float(low), float(high), int(n), m)
