"""Coefficients of agreement, each a function of sums over units, so that a bootstrap only has to add documents up anew.

Sums may have any leading axes (one for each bootstrap draw); coefficients keep
them. A coefficient is nan where there is nothing to agree upon.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Table = NDArray[np.int8]  # units x coders: the value given, MISSING where a coder gave none
MISSING = -1


def ratio(above: Floats, below: Floats) -> Floats:
    """`above / below`, nan where `below` is zero."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(below == 0, np.nan, np.true_divide(above, below))


def value_counts(table: Table, values: int = 2) -> Floats:
    """Units by value: how many coders gave a unit that value."""
    return np.stack([(table == value).sum(axis=1) for value in range(values)], axis=1).astype(float)


def double_coded(table: Table) -> NDArray[np.intp]:
    """The units that two or more coded."""
    return np.flatnonzero((table != MISSING).sum(axis=1) >= 2)


@dataclass(frozen=True, slots=True)
class Sums:
    """What coefficients of any number of coders are made of.

    `units` with any code, `pairable` ones with two or more; `agreeing`: their
    summed shares of agreeing pairs. By value (last axis): `shares` of the codes
    of each unit, `given` codes in pairable units, and `matched`, the diagonal
    of Krippendorff's coincidence matrix.
    """

    units: Floats
    pairable: Floats
    agreeing: Floats
    shares: Floats
    given: Floats
    matched: Floats

    @classmethod
    def split(cls, flat: Floats) -> Sums:
        """The sums whose last axis is as `unit_sums` lays it out."""
        k = (flat.shape[-1] - 3) // 3
        return cls(flat[..., 0], flat[..., 1], flat[..., 2], *(flat[..., 3 + i * k : 3 + (i + 1) * k] for i in range(3)))


def unit_sums(counts: Floats) -> Floats:
    """What each unit (of units x values counts) adds to the sums: units x (3 + 3 values)."""
    coders = counts.sum(axis=1, keepdims=True)
    given = np.where(coders >= 2, counts, 0.0)
    matched = given * (given - 1) / np.maximum(coders - 1, 1)
    agreeing = matched.sum(axis=1, keepdims=True) / np.maximum(coders, 1)
    return np.hstack([coders >= 1, coders >= 2, agreeing, counts / np.maximum(coders, 1), given, matched])


def sums(counts: Floats) -> Sums:
    """The sums over all units."""
    return Sums.split(unit_sums(counts).sum(axis=0))


def krippendorff_alpha(s: Sums) -> Floats:
    """Krippendorff's alpha for nominal data, any number of coders, gaps allowed.

    Krippendorff (2019), Content Analysis, 4th ed., chapter 12: 1 - D_observed / D_expected.
    """
    total = s.given.sum(axis=-1)
    return 1 - ratio((total - 1) * (total - s.matched.sum(axis=-1)), total**2 - (s.given**2).sum(axis=-1))


def raw_agreement(s: Sums) -> Floats:
    """Mean share of agreeing pairs of coders over the units that two or more coded."""
    return ratio(s.agreeing, s.pairable)


def gwet_ac1(s: Sums) -> Floats:
    """Gwet's AC1, any number of coders; does not collapse where a code is rare.

    Gwet (2008), Br. J. Math. Stat. Psychol. 61: 29-48; gaps as in Gwet (2014),
    Handbook of Inter-Rater Reliability, 4th ed.: prevalence from all units.
    """
    share = ratio(s.shares, s.units[..., None])
    by_chance = (share * (1 - share)).sum(axis=-1) / (s.shares.shape[-1] - 1)
    return ratio(raw_agreement(s) - by_chance, 1 - by_chance)


def specific_agreement(s: Sums, value: int = 1) -> Floats:
    """Agreement on one value: how likely another coder gives it too where one coder gave it.

    For two coders p_pos = 2a / (2a + b + c) of Cicchetti and Feinstein (1990),
    J. Clin. Epidemiol. 43: 551-558; for more, over all pairs of coders of a unit.
    """
    return ratio(s.matched[..., value], s.given[..., value])


def prevalence(s: Sums, value: int = 1) -> Floats:
    """Share of a value among all codes given to units that two or more coded."""
    return ratio(s.given[..., value], s.given.sum(axis=-1))


def pair_tables(table: Table, values: int = 2) -> Floats:
    """What each unit adds to the contingency table of every pair of coders: units x pairs x values x values."""
    pairs = list(combinations(range(table.shape[1]), 2))
    made = np.zeros((len(table), len(pairs), values, values))
    for column, (first, second) in enumerate(pairs):
        both = np.flatnonzero((table[:, first] != MISSING) & (table[:, second] != MISSING))
        made[both, column, table[both, first], table[both, second]] = 1
    return made


def cohen_kappa(tables: Floats) -> Floats:
    """Cohen's kappa of contingency tables (last two axes). Cohen (1960), Educ. Psychol. Meas. 20: 37-46."""
    total = tables.sum(axis=(-2, -1))
    observed = ratio(np.trace(tables, axis1=-2, axis2=-1), total)
    by_chance = ratio((tables.sum(axis=-1) * tables.sum(axis=-2)).sum(axis=-1), total**2)
    return ratio(observed - by_chance, 1 - by_chance)


def light_kappa(tables: Floats) -> Floats:
    """Mean of Cohen's kappa over the pairs of coders (third axis from last) that have one; for two coders Cohen's own.

    Light (1971), Psychol. Bull. 76: 365-377.
    """
    kappas = cohen_kappa(tables)
    defined = np.isfinite(kappas)
    return ratio(np.where(defined, kappas, 0.0).sum(axis=-1), defined.sum(axis=-1))
