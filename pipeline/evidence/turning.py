"""Turning points: where in time a discourse begins to lean otherwise, tested against documents in any other order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FEWEST = 5  # documents on either side
PERMUTATIONS = 1999
CELLS = 20_000_000  # of one block of permutations


@dataclass(frozen=True, slots=True)
class Turn:
    """The likeliest turning point of one series.

    `first`: number of the document that begins the new stretch; `before`,
    `after`: mean lean on either side; `p`: share of orders of the documents in
    which some series turns as sharply somewhere; `looks`: points tried.
    """

    series: int
    first: int
    before: float
    after: float
    p: float
    looks: int


def contrasts(series: Floats, weights: Floats) -> Floats:
    """How far the means before and after each point part, in standard errors: ... x (documents - 1) x series.

    `series`: ... x documents x series; `weights`: ... x documents. The sup of
    two-sample statistics over all points (Worsley 1979, JASA 74, 365-367).
    """
    w = weights[..., None]
    total, both = w.sum(axis=-2, keepdims=True), (w * series).sum(axis=-2, keepdims=True)
    spread = np.sqrt((w * (series - both / total) ** 2).sum(axis=-2, keepdims=True) / total)
    left, sums = np.cumsum(w, axis=-2)[..., :-1, :], np.cumsum(w * series, axis=-2)[..., :-1, :]
    right = total - left
    gap = (both - sums) / right - sums / left
    result: Floats = np.abs(gap) / np.maximum(spread, 1e-12) * np.sqrt(left * right / total)
    return result


def turning_points(series: Floats, weights: Floats, seed: int, permutations: int = PERMUTATIONS) -> list[Turn]:
    """The sharpest turn of each series (documents in order of time x series), its p corrected for all points and all series.

    Permutation of documents, largest statistic over everything looked at
    (Westfall and Young 1993); none where documents are too few.
    """
    number = len(series)
    if number < 2 * FEWEST:
        return []
    inner = slice(FEWEST - 1, number - FEWEST)
    found = contrasts(series, weights)[inner]
    best = found.argmax(axis=0)
    largest = permuted(series, weights, inner, np.random.default_rng(seed), permutations)
    turns = []
    for s, at in enumerate(best):
        first = int(at) + FEWEST
        p = (1 + int((largest >= found[at, s] - 1e-12).sum())) / (1 + permutations)
        means = [float(np.average(series[part, s], weights=weights[part])) for part in (slice(first), slice(first, None))]
        turns.append(Turn(s, first, means[0], means[1], p, found.size))
    return turns


def permuted(series: Floats, weights: Floats, inner: slice, rng: np.random.Generator, permutations: int) -> Floats:
    """The largest statistic in each random order of the documents."""
    block = max(1, CELLS // series.size)
    largest: list[float] = []
    while len(largest) < permutations:
        orders = np.array([rng.permutation(len(series)) for _ in range(min(block, permutations - len(largest)))])
        largest += contrasts(series[orders], weights[orders])[:, inner].max(axis=(1, 2)).tolist()
    return np.array(largest)


def leans(by_document: Floats, ratios: Floats) -> Floats:
    """Decibans a statement of each document (documents x narratives) from its statements (documents x codes)."""
    kept = np.maximum(by_document, 0)
    total = kept.sum(axis=1, keepdims=True)
    result: Floats = np.divide(kept @ ratios.T, total, out=np.zeros((len(kept), len(ratios))), where=total > 0)
    return result


def in_time(dates: Sequence[str]) -> list[int]:
    """Documents with a date, the earliest first; as they stand where dates are alike."""
    return sorted((i for i, date in enumerate(dates) if date), key=lambda i: (dates[i], i))
