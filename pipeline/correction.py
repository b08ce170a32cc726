"""Shares of codes corrected by hand labels that were drawn with known probabilities.

Machine codes are biased; hand labels are few. With f the classifier's
probability from folds that did not see the passage's document, y the hand code
and w = 1/probability of being drawn, the estimate of a share is

    theta(lambda) = mean(lambda f) + sum w (y - lambda f) / sum w.

lambda = 0 is the labels-only estimate (Hajek 1971); lambda = 1 design-based
supervised learning (Egami, Hinck, Stewart, Wei 2023, NeurIPS 36, equation 4);
lambda tuned on the labels PPI++ (Angelopoulos, Duchi, Zrnic 2023,
arXiv:2311.01453, section 6), here with recorded probabilities. All are
unbiased however bad the classifier is.

Labels drawn in several rounds, each among the passages not labelled before,
are estimates that are unbiased given the rounds before them and so do not
correlate: their mean with weights that do not look at the labels is unbiased
(Des Raj 1956, JASA 51, 269-284). In a round, what was labelled before counts as known.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

SMOOTHING = 0.5  # of a label on which machine and hand part: none seen does not mean that there is none
STEEPEST = 2.0  # lambda at most; above 1 a machine that is too unsure of itself is stretched


@dataclass(frozen=True)
class Design:
    """The labelled passages of a corpus and how they were drawn.

    `row`: their places in the corpus; `document`: of how many `documents` each
    is; `scheme`: in which round it was drawn, 0 the first; `stratum`: number of
    its stratum, unlike over rounds; `weight`: 1/probability; `truth`: labels x
    codes, nan where unsettled; `machine`: held-out probabilities, labels x codes.
    """

    row: Ints
    document: Ints
    documents: int
    scheme: Ints
    stratum: Ints
    weight: Floats
    truth: Floats
    machine: Floats

    @cached_property
    def known(self) -> Bools:
        """Where the hand code is settled."""
        return ~np.isnan(self.truth)

    @cached_property
    def values(self) -> Floats:
        """Hand codes, 0 where unsettled (never counted there)."""
        return np.nan_to_num(self.truth)

    @cached_property
    def by_document(self) -> csr_matrix:
        """Sums labelled passages by document: documents x labels."""
        n = len(self.row)
        return csr_matrix((np.ones(n), (self.document, np.arange(n))), shape=(self.documents, n))

    @cached_property
    def by_stratum(self) -> csr_matrix:
        """Sums labelled passages by stratum: strata x labels."""
        n = len(self.row)
        return csr_matrix((np.ones(n), (self.stratum, np.arange(n))), shape=(int(self.stratum.max(initial=-1)) + 1, n))


@dataclass(frozen=True, slots=True)
class Group:
    """The passages of which a share is asked: per document their number and the sum of machine probabilities (documents x codes)."""

    sizes: Floats
    machine: Floats
    inside: Bools  # which labelled passages are in the group


@dataclass(frozen=True, slots=True)
class Estimate:
    """A linear estimate of the shares of all codes: values (codes), what each document adds to their error (documents x codes).

    `sampled`: the part of that error that comes from labelling only some passages.
    """

    value: Floats
    error: Floats
    sampled: Floats

    def plus(self, other: Estimate, factor: Floats) -> Estimate:
        """The estimate with `factor` (codes) times another added."""
        return Estimate(self.value + factor * other.value, self.error + factor * other.error, self.sampled + factor * other.sampled)


def clustered(error: Floats, documents: int) -> Floats:
    """Covariance from what documents add to the error; documents are drawn as wholes (Cochran 1977, section 6.4)."""
    total: Floats = error.T @ error * (documents / max(documents - 1, 1))
    return total


def round_estimate(design: Design, group: Group, number: int, hand: bool, strata: bool = True) -> Estimate:
    """One round's estimate of the mean hand code (`hand`), or of what `lambda` adds to it: mean f less its mean on the labels.

    Errors are linearised: sampled passages around their stratum's mean
    (Sarndal, Swensson, Wretman 1992, section 5.6), or around the group's where
    `strata` is False; the rest as they are.
    """
    inside = group.inside[:, None] & design.known
    past = inside & (design.scheme < number)[:, None]
    drawn = inside & (design.scheme == number)[:, None]
    sampled = design.values if hand else -design.machine
    w = design.weight[:, None] * drawn
    total = np.maximum(w.sum(axis=0), 1e-12)
    mean = (w * sampled).sum(axis=0) / total
    size = group.sizes.sum()
    left = group.sizes[:, None] - design.by_document @ past
    known = design.by_document @ (past * sampled) if hand else group.machine - design.by_document @ (past * design.machine)
    value = (known.sum(axis=0) + left.sum(axis=0) * mean) / size
    error = (known + left * mean - group.sizes[:, None] * value) / size
    from_draw = design.by_document @ deviations(design, number, drawn, sampled - mean, strata) * (left.sum(axis=0) / total / size)
    return Estimate(value, error + from_draw, from_draw)


def deviations(design: Design, number: int, drawn: Bools, residual: Floats, strata: bool) -> Floats:
    """Weighted residuals of a round's labels around their stratum's mean; labels outside the group count as zeros there."""
    inside = drawn * residual
    if not strata:
        return design.weight[:, None] * inside
    of_round = ((design.scheme == number)[:, None] & design.known).astype(float)
    n = design.by_stratum @ of_round
    mean = (design.by_stratum @ inside) / np.maximum(n, 1)
    spread = np.where(n > 1, np.sqrt(n / np.maximum(n - 1, 1)), 1.0)
    centre = np.where(n > 1, mean, 0.0)
    result: Floats = design.weight[:, None] * of_round * (inside - centre[design.stratum]) * spread[design.stratum]
    return result


def anticipated(design: Design, group: Group, number: int) -> tuple[Floats, Floats]:
    """The variance a round promises without a look at its labels (Isaki and Fuller 1982), and the part of it that smoothing adds.

    Smoothing lays SMOOTHING of one more parting of machine and hand over all the labels of the group.
    """
    known = group.inside[:, None] & design.known
    drawn = known & (design.scheme == number)[:, None]
    w = design.weight[:, None] * drawn
    total = np.maximum(w.sum(axis=0), 1e-12) ** 2
    spread = (w**2 * design.machine * (1 - design.machine)).sum(axis=0)
    hidden = SMOOTHING * (w**2).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    empty = ~drawn.any(axis=0)
    return np.where(empty, np.inf, (spread + hidden) / total), np.where(empty, 0.0, hidden / total)


@dataclass(frozen=True, slots=True)
class Corrected:
    """Shares of all codes in a group, the lambda used, and what each document adds to the error (documents x codes).

    `covariance` of the shares; `from_labels`: the part of their variance that
    more labels would shrink; `hidden`: the part of that which smoothing adds.
    """

    value: Floats
    covariance: Floats
    from_labels: Floats
    hidden: Floats
    tuning: Floats
    error: Floats

    @property
    def variance(self) -> Floats:
        """The variance of each share."""
        found: Floats = np.diag(self.covariance)
        return found


class Estimator:
    """All estimates of one group: hand labels and machine codes brought together over the rounds."""

    def __init__(self, design: Design, group: Group) -> None:
        rounds = sorted({int(number) for number in design.scheme[group.inside]})
        promised = [anticipated(design, group, number) for number in rounds]
        precision = np.array([1 / variance for variance, _ in promised])
        weights = precision / np.maximum(precision.sum(axis=0), 1e-300)
        self.design, self.group = design, group
        self.documents = int((group.sizes > 0).sum())
        self.hidden: Floats = (weights**2 * np.array([hidden for _, hidden in promised])).sum(axis=0)
        self.hand = pooled([round_estimate(design, group, number, True) for number in rounds], weights)
        self.alone = pooled([round_estimate(design, group, number, True, strata=False) for number in rounds], weights)
        self.machine = pooled([round_estimate(design, group, number, False) for number in rounds], weights)

    def tuned(self) -> Floats:
        """The slope of hand on machine codes in the group, between 0 and 1: the lambda of least variance (PPI++, section 6).

        Taken over passages as if drawn without strata: a stratified draw hides
        the part of the variance that lambda is to take away.
        """
        w = self.design.weight[:, None] * (self.group.inside[:, None] & self.design.known)
        total = np.maximum(w.sum(axis=0), 1e-12)
        y, f = self.design.values, self.design.machine
        f = f - (w * f).sum(axis=0) / total
        own = (w * f**2).sum(axis=0)
        slope: Floats = np.divide((w * f * y).sum(axis=0), own, out=np.zeros_like(own), where=own > 0)
        return slope.clip(0, STEEPEST)

    def labels_only(self) -> Corrected:
        """The estimate without the machine (lambda 0); strata are left aside, as only the machine could tell where they lie."""
        return self.corrected(self.alone, np.zeros_like(self.hidden))

    def at(self, tuning: Floats) -> Corrected:
        """The estimate at some lambda of each code."""
        return self.corrected(self.hand.plus(self.machine, tuning), tuning)

    def corrected(self, found: Estimate, tuning: Floats) -> Corrected:
        """An estimate with its variances."""
        sampled = np.diag(clustered(found.sampled, self.documents)) + self.hidden
        covariance = clustered(found.error, self.documents) + np.diag(self.hidden)
        return Corrected(found.value, covariance, sampled, self.hidden, tuning, found.error)

    def sampled(self, tuning: Floats) -> Estimate:
        """The same, with only the part of the error that comes from labelling some passages."""
        found = self.hand.plus(self.machine, tuning)
        return Estimate(found.value, found.sampled, found.sampled)


def pooled(estimates: list[Estimate], weights: Floats) -> Estimate:
    """The mean of the rounds' estimates with weights (rounds x codes)."""
    nothing = Estimate(*(np.zeros_like(part) for part in (estimates[0].value, estimates[0].error, estimates[0].sampled)))
    for share, estimate in zip(weights, estimates, strict=True):
        nothing = nothing.plus(estimate, share)
    return nothing
