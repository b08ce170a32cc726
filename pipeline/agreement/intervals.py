"""Bootstrap intervals that resample whole documents, since passages of one document are alike."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from pipeline.agreement.coefficients import Floats

DRAWS = 2000


@lru_cache(maxsize=64)
def resampled(documents: int, seed: int = 0, draws: int = DRAWS) -> Floats:
    """How often each document is drawn: draws x documents."""
    return np.random.default_rng(seed).multinomial(documents, np.full(documents, 1 / documents), size=draws).astype(float)


def by_document(sums: Floats, documents: Sequence[str]) -> Floats:
    """Sums of units (first axis) added up by their document, in the order of names."""
    names, index = np.unique(np.asarray(documents, dtype=str), return_inverse=True)
    added = np.zeros((len(names), *sums.shape[1:]))
    np.add.at(added, index, sums)
    return added


def drawn(added: Floats, seed: int = 0, draws: int = DRAWS) -> Floats:
    """Sums of each bootstrap draw, from sums by document."""
    return np.tensordot(resampled(len(added), seed, draws), added, axes=1)


def interval(values: Floats, level: float = 0.95) -> tuple[float, float]:
    """Percentile interval of bootstrapped values; draws without a value are left out, nan where none has one."""
    finite = values[np.isfinite(values)]
    if not len(finite):
        return float("nan"), float("nan")
    low, high = np.quantile(finite, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
