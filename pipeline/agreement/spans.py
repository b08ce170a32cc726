"""Agreement on spans: whether coders mark the same places, apart from whether they give them the same codes.

Two marks are about the same place when they overlap; how much is their IoU
(shared characters by characters of either). Positions are characters of the document.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from pipeline.agreement import coefficients, intervals
from pipeline.agreement.coefficients import MISSING, Floats, Table
from pipeline.agreement.figures import Figure, with_intervals

Place = tuple[int, int]
Marks = Mapping[Place, frozenset[str]]  # what one coder marked in one passage: place -> codes
CLOSE = 0.5  # IoU from which two marks count as the same place in the stricter figure


def iou(one: Place, other: Place) -> float:
    """Shared characters of two places by characters of either."""
    shared = min(one[1], other[1]) - max(one[0], other[0])
    return max(shared, 0) / (one[1] - one[0] + other[1] - other[0] - max(shared, 0))


def jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    """Shared codes by codes of either."""
    return len(one & other) / len(one | other)


@dataclass(frozen=True, slots=True)
class Match:
    """Two coders' marks of one place: its overlap, and the codes each gave it."""

    overlap: float
    first: frozenset[str]
    second: frozenset[str]


def matches(first: Marks, second: Marks) -> list[Match]:
    """The one-to-one pairing of overlapping marks with the greatest summed overlap; codes only break ties."""
    ones, others = sorted(first), sorted(second)
    if not ones or not others:
        return []
    overlap = np.array([[iou(a, b) for b in others] for a in ones])
    same = np.array([[jaccard(first[a], second[b]) for b in others] for a in ones])
    pairs = zip(*linear_sum_assignment(overlap + 1e-6 * same * (overlap > 0), maximize=True), strict=True)
    return [Match(float(overlap[i, j]), first[ones[i]], second[others[j]]) for i, j in pairs if overlap[i, j] > 0]


def match_sums(first: Marks, second: Marks) -> Floats:
    """What a passage adds to the figures of SPAN_FIGURES: marks, matched marks, closely matched ones, shared codes."""
    found = matches(first, second)
    close = sum(match.overlap >= CLOSE for match in found)
    shared = sum(jaccard(match.first, match.second) for match in found)
    return np.array([len(first) + len(second), 2 * len(found), 2 * close, 2 * shared], dtype=float)


SPAN_FIGURES: Mapping[str, Callable[[Floats], Floats]] = {
    "position_f1": lambda s: coefficients.ratio(s[..., 1], s[..., 0]),
    "close_position_f1": lambda s: coefficients.ratio(s[..., 2], s[..., 0]),
    "category_agreement": lambda s: coefficients.ratio(s[..., 3], s[..., 1]),
}


def span_figures(pairs: Sequence[tuple[Marks, Marks]], documents: Sequence[str], level: float = 0.95, seed: int = 0) -> dict[str, Figure]:
    """Agreement on position (F1 of marks that overlap at all, and by CLOSE), and on the codes of marks that overlap (mean Jaccard).

    `pairs`: two coders' marks of a passage, one entry for every pair of coders;
    with more coders the figures pool their pairs. `documents`: of each entry.
    """
    sums = np.array([match_sums(*pair) for pair in pairs]).reshape(-1, 4)
    return with_intervals(SPAN_FIGURES, intervals.by_document(sums, documents), level, seed)


def character_table(length: int, marked: Sequence[Iterable[Place] | None]) -> tuple[Table, Floats]:
    """Which coders marked which characters of a passage, as runs of equal characters: runs x coders, and characters a run.

    `marked`: each coder's places, None where a coder said nothing of it.
    """
    places = [None if one is None else list(one) for one in marked]
    ends = {0, length, *(edge for one in places for place in one or () for edge in place)}
    edges = sorted(edge for edge in ends if 0 <= edge <= length)
    rows = [[MISSING if one is None else int(any(s <= at < e for s, e in one)) for one in places] for at in edges[:-1]]
    return np.array(rows, dtype=np.int8).reshape(-1, len(places)), np.diff(edges).astype(float)
