"""The classifier: word vectors, rule hits and phrases together, one calibrated yes or no per code.

Codes with enough positive labels get a logistic regression, calibrated by a
sigmoid on scores of documents it did not see (Platt 1999). Codes with fewer,
and codes whose rules alone do better on these documents, are left to their
rules, whose precision is estimated from the labels (or, without labels, is
what is stated here).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix, diags
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from pipeline.codebook import Codebook
from pipeline.features import (
    UNKNOWN,
    Bools,
    Floats,
    Ints,
    Item,
    Space,
    TrainingSet,
    has_live_hit,
    live_hits,
)  # fmt: skip
from pipeline.model import Decision
from pipeline.phrases import log_count_ratios

MIN_POSITIVES = 20  # labels, in as many documents as there are folds, below which rules decide alone
FOLDS = 5
STATED_PRECISION = 0.8  # of a live hit, where no label says better
STATED_MISS = 0.05  # of a passage without one
REGULARISATION = 1.0
PHRASE_WEIGHT = 0.2  # of a phrase's log-count ratio; with the line above, chosen by cross-validation on the frames
DEFAULT_THRESHOLD = 0.5  # where labels set none


@dataclass(frozen=True, slots=True)
class Head:
    """One code's logistic regression, and slope and offset that turn its score into a probability."""

    regression: LogisticRegression
    slope: float
    offset: float

    def probabilities(self, x: csr_matrix) -> Floats:
        """Calibrated probability of each row."""
        return sigmoid(self.slope * self.regression.decision_function(x) + self.offset)


def sigmoid(score: Floats) -> Floats:
    """The logistic function."""
    result: Floats = 1 / (1 + np.exp(-np.clip(score, -40, 40)))
    return result


def regression() -> LogisticRegression:
    """The classifier of every head, unfitted."""
    return LogisticRegression(C=REGULARISATION, class_weight="balanced", max_iter=2000, solver="liblinear", random_state=0)


def folds(groups: Sequence[str], truth: Bools) -> list[tuple[Ints, Ints]]:
    """Splits in which no document stands on both sides and each training side has both classes."""
    count = min(FOLDS, len(set(groups)))
    splits = GroupKFold(count, shuffle=True, random_state=0).split(np.zeros(len(truth)), groups=np.asarray(groups))
    return [(a, b) for a, b in splits if truth[a].any() and not truth[a].all()]


def trainable(truth: Bools, groups: Sequence[str]) -> bool:
    """Whether labels suffice to fit and calibrate a classifier for a code."""
    positive = {group for group, value in zip(groups, truth, strict=True) if value}
    return bool(truth.sum() >= MIN_POSITIVES and len(positive) >= FOLDS and not truth.all())


def fitted(x: csr_matrix, truth: Bools, phrases: slice) -> LogisticRegression:
    """A regression in which each phrase weighs by its log-count ratio; its coefficients are those of the features as they are."""
    scale = np.ones(x.shape[1])
    scale[phrases] = PHRASE_WEIGHT * log_count_ratios(x[:, phrases], truth)
    found = regression().fit(csr_matrix(x @ diags(scale)), truth)
    found.coef_ = np.asarray(found.coef_ * scale, dtype=np.float32)
    return found


def fit_head(x: csr_matrix, truth: Bools, groups: Sequence[str], phrases: slice) -> tuple[Head, float]:
    """A head fitted on all rows and calibrated on held-out scores, and the best F1 its held-out probabilities reach."""
    scores = np.zeros(len(truth))
    for train, test in folds(groups, truth):
        scores[test] = fitted(x[train], truth[train], phrases).decision_function(x[test])
    platt = LogisticRegression(C=1e6, random_state=0).fit(scores[:, None], truth)
    head = Head(fitted(x, truth, phrases), float(platt.coef_[0, 0]), float(platt.intercept_[0]))
    return head, best_f1(sigmoid(head.slope * scores + head.offset), truth)


def best_f1(p: Floats, truth: Bools) -> float:
    """The highest F1 that any threshold on the probabilities reaches."""
    order = np.argsort(-p, kind="stable")
    hits = np.cumsum(truth[order])
    f1 = 2 * hits / (np.arange(1, len(p) + 1) + truth.sum())
    return float(f1.max())


def threshold_for(f1: float) -> float:
    """The probability from which calling a code present gives the best expected F1.

    For calibrated probabilities that is half the best F1 reachable (Lipton,
    Elkan, Naryanaswamy 2014).
    """
    return round(float(np.clip(f1 / 2, 0.15, 0.5)), 3)


@dataclass(frozen=True, slots=True)
class RuleOdds:
    """For a code left to its rules: its probability with a live hit and without one."""

    hit: float
    miss: float

    @classmethod
    def estimate(cls, hits: Bools, truth: Bools) -> RuleOdds:
        """From labels, pulled towards what is stated as by ten more labels."""
        stated = ((hits, STATED_PRECISION), (~hits, STATED_MISS))
        hit, miss = (float((truth[side].sum() + 10 * prior) / (side.sum() + 10)) for side, prior in stated)
        return cls(hit, miss)


STATED = RuleOdds(STATED_PRECISION, STATED_MISS)


@dataclass(frozen=True, slots=True)
class Model:
    """Everything needed to code a passage; with no space it is the rules alone."""

    book: Codebook
    space: Space | None
    heads: Mapping[str, Head]
    odds: Mapping[str, RuleOdds]
    thresholds: Mapping[str, float]

    @property
    def calibrated(self) -> bool:
        """Whether labels stand behind the probabilities."""
        return self.space is not None

    def probabilities(self, x: csr_matrix) -> Floats:
        """Probability of each code (columns in the codebook's order) for each row of features."""
        assert self.space is not None
        result = np.zeros((x.shape[0], len(self.book.ids)))
        for column, code in enumerate(self.book.ids):
            if code in self.heads:
                result[:, column] = self.heads[code].probabilities(x)
            else:
                odds = self.odds.get(code, STATED)
                result[:, column] = np.where(live_hits(x, code, self.space), odds.hit, odds.miss)
        return result

    def decide(self, items: Sequence[Item]) -> list[dict[str, Decision]]:
        """For each item the decision on each code; a sub-code present brings its frame."""
        if self.space is None:
            rows = np.array([[STATED.hit if has_live_hit(item, c, self.book) else STATED.miss for c in self.book.ids] for item in items])
        else:
            rows = self.probabilities(self.space.matrix(items, self.book)) if items else np.zeros((0, len(self.book.ids)))
        return [self.decision(row) for row in rows]

    def decision(self, row: Floats) -> dict[str, Decision]:
        """Decisions from one row of probabilities.

        A sub-code is no likelier than the frame it implies, and is present
        only with it.
        """
        ps = dict(zip(self.book.ids, row.tolist(), strict=True))
        reached = {code for code, p in ps.items() if p >= self.thresholds.get(code, DEFAULT_THRESHOLD)}
        made: dict[str, Decision] = {}
        for code, p in ps.items():
            frame = self.book.implied(code)
            p = min(p, ps[frame]) if frame else p
            present = p >= self.thresholds.get(code, DEFAULT_THRESHOLD) and (frame is None or frame in reached)
            made[code] = Decision(round(p, 4), bool(present))
        return made


def rules_alone(book: Codebook) -> Model:
    """The model for which no label stands."""
    return Model(book, None, {}, {}, {})


def fit(book: Codebook, space: Space, training: TrainingSet, codes: Sequence[str] | None = None) -> Model:
    """Train on labelled passages; with `codes`, only these."""
    heads: dict[str, Head] = {}
    odds: dict[str, RuleOdds] = {}
    thresholds: dict[str, float] = {}
    for column, code in enumerate(book.ids):
        if codes is not None and code not in codes:
            continue
        known = np.flatnonzero(training.values[:, column] != UNKNOWN)
        truth = training.values[known, column] == 1
        groups = [training.groups[i] for i in known]
        hits = live_hits(training.x[known], code, space)
        head, reached = fit_head(training.x[known], truth, groups, space.phrase_columns) if trainable(truth, groups) else (None, 0.0)
        if head is not None and reached > best_f1(hits.astype(float), truth):
            heads[code], thresholds[code] = head, threshold_for(reached)
        elif len(known):
            odds[code] = RuleOdds.estimate(hits, truth)
    return Model(book, space, heads, odds, thresholds)


def out_of_fold(
    book: Codebook, space: Space, training: TrainingSet, splits: Iterable[tuple[Ints, Ints]], codes: Sequence[str] | None = None
) -> tuple[Floats, Bools]:
    """Probabilities and decisions (rows x codes) for each passage from a model trained without its document; with `codes`, only these."""
    ps = np.zeros(training.values.shape)
    present = np.zeros(training.values.shape, dtype=bool)
    for train, test in splits:
        model = fit(book, space, training.rows(train), codes)
        raw = model.probabilities(training.x[test])
        decided = [model.decision(row) for row in raw]
        ps[test] = [[row[code].p for code in book.ids] for row in decided]
        present[test] = [[row[code].present for code in book.ids] for row in decided]
    return ps, present


def document_folds(groups: Sequence[str]) -> list[tuple[Ints, Ints]]:
    """Splits for cross-validation: no document on both sides."""
    count = min(FOLDS, len(set(groups)))
    return list(GroupKFold(count, shuffle=True, random_state=0).split(np.zeros(len(groups)), groups=np.asarray(groups)))
