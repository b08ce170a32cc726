"""Agreement between coders, corrected for chance, with intervals that respect documents."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.float64]


def value_counts(codes: Sequence[Sequence[bool | None]]) -> Counts:
    """Units by value (absent, present): how many coders gave which, from one sequence of codes a unit."""
    rows = [(sum(v is False for v in unit), sum(v is True for v in unit)) for unit in codes]
    return np.array(rows, dtype=float).reshape(-1, 2)


def krippendorff_alpha(counts: Counts) -> float:
    """Krippendorff's alpha for nominal data.

    `counts`: units x values, how many coders gave a unit that value; any
    number of coders, gaps allowed (units with fewer than two are ignored).
    Returns nan where there is no variation to agree upon. Krippendorff (2019),
    Content Analysis, 4th ed., chapter 12: alpha = 1 - D_observed / D_expected.
    """
    pairable = counts[counts.sum(axis=1) >= 2]
    per_unit = pairable.sum(axis=1)
    total = per_unit.sum()
    by_value = pairable.sum(axis=0)
    expected = total**2 - (by_value**2).sum()
    if total < 2 or expected == 0:
        return float("nan")
    observed = ((per_unit**2 - (pairable**2).sum(axis=1)) / (per_unit - 1)).sum()
    return float(1 - (total - 1) * observed / expected)


def alpha_interval(counts: Counts, groups: Sequence[str], level: float = 0.95, draws: int = 2000, seed: int = 0) -> tuple[float, float]:
    """Percentile bootstrap interval of alpha, resampling whole documents.

    `groups`: the document of each unit. Draws without variation count as full
    agreement on absence and are left out; nan where none is left.
    """
    names, index = np.unique(np.asarray(groups), return_inverse=True)
    sums = [counts[index == i] for i in range(len(names))]
    parts = np.array([alpha_parts(block) for block in sums]).reshape(-1, 4)
    rng = np.random.default_rng(seed)
    weights = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), size=draws)
    observed, total, absent, present = (weights @ parts).T
    expected = total**2 - absent**2 - present**2
    with np.errstate(divide="ignore", invalid="ignore"):
        alphas = 1 - (total - 1) * observed / expected
    alphas = alphas[np.isfinite(alphas)]
    if not len(alphas):
        return float("nan"), float("nan")
    low, high = np.quantile(alphas, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def alpha_parts(counts: Counts) -> tuple[float, float, float, float]:
    """What a document adds to alpha: observed disagreement, values, absences, presences."""
    pairable = counts[counts.sum(axis=1) >= 2]
    per_unit = pairable.sum(axis=1)
    observed = ((per_unit**2 - (pairable**2).sum(axis=1)) / (per_unit - 1)).sum() if len(pairable) else 0.0
    absent, present = pairable.sum(axis=0) if len(pairable) else (0.0, 0.0)
    return float(observed), float(per_unit.sum()), float(absent), float(present)
