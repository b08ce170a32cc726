"""How well machine codes match hand codes: F1 and its parts, ranking, calibration."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def precision_recall_f1(truth: Bools, present: Bools, weights: Floats | None = None) -> tuple[float, float, float]:
    """Precision, recall and F1 of decisions; nan where undefined."""
    w = np.ones(len(truth)) if weights is None else weights
    both, said, true = (w @ (truth & present), w @ present, w @ truth)
    precision = both / said if said else float("nan")
    recall = both / true if true else float("nan")
    f1 = 2 * both / (said + true) if said + true else float("nan")
    return float(precision), float(recall), float(f1)


def expected_calibration_error(truth: Bools, p: Floats, bins: int = 10) -> float:
    """Mean gap between probability and frequency over equal-width bins, weighted by their size.

    Naeini, Cooper, Hauskrecht (2015), AAAI.
    """
    if not len(p):
        return float("nan")
    which = np.minimum((p * bins).astype(int), bins - 1)
    gaps = [abs(p[which == b].mean() - truth[which == b].mean()) * (which == b).mean() for b in set(which.tolist())]
    return float(sum(gaps))


def average_precision(truth: Bools, p: Floats) -> float:
    """Area under the precision-recall curve; nan without positives."""
    return float(average_precision_score(truth, p)) if truth.any() else float("nan")


def bootstrap(
    statistic: Callable[[NDArray[np.int64]], float], groups: Sequence[str], level: float = 0.95, draws: int = 1000, seed: int = 0
) -> tuple[float, float]:
    """Percentile interval of a statistic of row numbers, resampling whole documents."""
    _, index = np.unique(np.asarray(groups), return_inverse=True)
    members = [np.flatnonzero(index == i) for i in range(index.max() + 1 if len(index) else 0)]
    rng = np.random.default_rng(seed)
    values = []
    for _ in range(draws):
        chosen = rng.integers(0, len(members), len(members))
        values.append(statistic(np.concatenate([members[i] for i in chosen])))
    finite = [v for v in values if np.isfinite(v)]
    if not finite:
        return float("nan"), float("nan")
    low, high = np.quantile(finite, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
