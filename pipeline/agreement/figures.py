"""All coefficients of some coders on one code, each with its interval."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pipeline.agreement import coefficients, intervals
from pipeline.agreement.coefficients import Floats, Sums, Table

OF_ALL: Mapping[str, Callable[[Sums], Floats]] = {
    "alpha": coefficients.krippendorff_alpha, "ac1": coefficients.gwet_ac1, "positive_agreement": coefficients.specific_agreement,
    "raw_agreement": coefficients.raw_agreement, "prevalence": coefficients.prevalence,
}  # fmt: skip
NAMES = ("alpha", "ac1", "kappa", "positive_agreement", "raw_agreement", "prevalence")
FEW = 5  # documents without which a bootstrap of documents says nothing


@dataclass(frozen=True, slots=True)
class Figure:
    """A coefficient and its interval; nan where undefined, and for the interval where fewer than FEW documents have a say."""

    value: float
    low: float
    high: float


def figures(table: Table, documents: Sequence[str], level: float = 0.95, seed: int = 0, weights: Floats | None = None) -> dict[str, Figure]:
    """Every coefficient (NAMES) of a binary table, with its interval by document.

    `documents`: of each unit. `weights`: how many units a row stands for (one each if not given).
    """
    many = np.ones(len(table)) if weights is None else weights
    counts = intervals.by_document(coefficients.unit_sums(coefficients.value_counts(table)) * many[:, None], documents)
    pairs = intervals.by_document(coefficients.pair_tables(table) * many[:, None, None, None], documents)
    of_counts = {name: (lambda flat, f=function: f(Sums.split(flat))) for name, function in OF_ALL.items()}
    made = with_intervals(of_counts, counts, level, seed) | with_intervals({"kappa": coefficients.light_kappa}, pairs, level, seed)
    return {name: made[name] for name in NAMES}


def with_intervals(of: Mapping[str, Callable[[Floats], Floats]], added: Floats, level: float, seed: int) -> dict[str, Figure]:
    """Coefficients of sums by document, each with its interval over the same draws."""
    values = {name: float(coefficient(added.sum(axis=0))) for name, coefficient in of.items()}
    if len(added) < FEW:
        return {name: Figure(value, float("nan"), float("nan")) for name, value in values.items()}
    draws = intervals.drawn(added, seed)
    return {name: Figure(values[name], *intervals.interval(coefficient(draws), level)) for name, coefficient in of.items()}


def finite(value: float) -> float | None:
    """A figure for JSON: four decimals, null where undefined."""
    return round(float(value), 4) if np.isfinite(value) else None


def row_of(found: Mapping[str, Figure]) -> dict[str, Any]:
    """Figures for JSON: each by its name, and all intervals."""
    values: dict[str, Any] = {name: finite(one.value) for name, one in found.items()}
    return {**values, "intervals": {name: [finite(one.low), finite(one.high)] for name, one in found.items()}}


def standing(alpha: Figure, bar: float, holding: int) -> str:
    """Where alpha stands to a study's bar, by its interval: above, below, open (the bar lies within) or unknown.

    `holding`: documents in which anyone gave the code; with fewer than FEW the
    interval is no guide (one passage agreed upon gives 1 to 1).
    """
    if holding < FEW or not np.isfinite(alpha.low):
        return "unknown"
    return "above" if alpha.low >= bar else "below" if alpha.high < bar else "open"
