"""The classifier: text features and rule hits together, one calibrated yes or no per code.

Codes with enough positive labels get a logistic regression on TF-IDF words and
rule features, calibrated by a sigmoid on scores of documents it did not see
(Platt 1999). Codes with fewer are left to their rules, whose precision is
estimated from the labels (or, without labels, taken from what is stated here).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.calibration import CalibratedClassifierCV
from sklearn.feature_extraction import DictVectorizer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from pipeline import modelfile
from pipeline.codebook import Codebook
from pipeline.model import Decision, Hit

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MIN_POSITIVES = 20  # labels, in as many documents as there are folds, below which rules decide alone
FOLDS = 5
STATED_PRECISION = 0.8  # of a live hit, where no label says better
STATED_MISS = 0.05  # of a passage without one


@dataclass(frozen=True, slots=True)
class Item:
    """What the classifier sees of a passage."""

    text: str
    hits: tuple[Hit, ...]
    roles: tuple[str, ...]


def rule_features(item: Item, book: Codebook) -> dict[str, float]:
    """Rule hits and roles as named numbers: per code, per rule, per direction, denied or reported."""
    features: dict[str, float] = {f"role:{role}": 1.0 for role in item.roles}
    for hit in item.hits:
        state = "live" if hit.live else "denied"
        for code in filter(None, (hit.code, book.implied(hit.code))):
            features[f"{state}:{code}"] = min(features.get(f"{state}:{code}", 0.0) + 1.0, 3.0)
        if hit.live:
            features[f"rule:{hit.rule}"] = 1.0
            features[f"way:{hit.code.split('.')[0]}:{hit.source or '-'}>{hit.target or '-'}"] = 1.0
    return features


def has_live_hit(item: Item, code: str, book: Codebook) -> bool:
    """Whether a rule that means this code, or one that implies it, holds unreservedly."""
    return any(hit.live and code in (hit.code, book.implied(hit.code)) for hit in item.hits)


class Features:
    """Turns items into a sparse matrix: words and word pairs, then rule features scaled down."""

    def __init__(self, words: TfidfVectorizer | None = None, rules: DictVectorizer | None = None) -> None:
        self.words = words or TfidfVectorizer(
            ngram_range=(1, 2), min_df=2, max_df=0.5, sublinear_tf=True, token_pattern=r"(?u)\b\w[\w'’]*\b", dtype=np.float64
        )
        self.rules = rules or DictVectorizer()

    def fit(self, items: Sequence[Item], book: Codebook) -> Features:
        """Learn which words and rules there are."""
        self.words.fit(item.text for item in items)
        self.rules.fit(rule_features(item, book) for item in items)
        return self

    def matrix(self, items: Sequence[Item], book: Codebook) -> csr_matrix:
        """One row an item."""
        words = self.words.transform(item.text for item in items)
        rules = self.rules.transform(rule_features(item, book) for item in items)
        return csr_matrix(hstack([words, rules * RULE_WEIGHT]))

    @property
    def names(self) -> list[str]:
        """What each column is."""
        return [*self.words.get_feature_names_out(), *(f"[{name}]" for name in self.rules.get_feature_names_out())]


RULE_WEIGHT = 0.5  # keeps rule features on the scale of TF-IDF weights
REGULARISATION = 10.0


def folds(groups: Sequence[str], y: Sequence[bool]) -> list[tuple[Ints, Ints]]:
    """Splits in which no document stands on both sides, each training side with both classes."""
    count = min(FOLDS, len(set(groups)))
    splits = GroupKFold(count).split(np.zeros(len(y)), groups=np.asarray(groups))
    truth = np.asarray(y)
    return [(a, b) for a, b in splits if truth[a].any() and not truth[a].all()]


def trainable(y: Sequence[bool], groups: Sequence[str]) -> bool:
    """Whether labels suffice to fit and calibrate a classifier for a code."""
    positive = {group for group, value in zip(groups, y, strict=True) if value}
    return sum(y) >= MIN_POSITIVES and len(positive) >= FOLDS and not all(y)


def fit_head(x: csr_matrix, y: Sequence[bool], groups: Sequence[str]) -> CalibratedClassifierCV:
    """A logistic regression on all rows, calibrated on scores of held-out documents."""
    base = LogisticRegression(C=REGULARISATION, class_weight="balanced", max_iter=2000, solver="liblinear", random_state=0)
    splits = folds(groups, y)
    head = CalibratedClassifierCV(base, method="sigmoid", cv=splits, ensemble=False)
    head.fit(x, np.asarray(y))
    head.cv = None  # the splits would be stored with the model
    return head


@dataclass(frozen=True, slots=True)
class RuleOdds:
    """For a code left to its rules: its probability with a live hit and without one."""

    hit: float
    miss: float
    trained: bool

    @classmethod
    def estimate(cls, hits: Sequence[bool], y: Sequence[bool]) -> RuleOdds:
        """From labels, pulled towards what is stated as by ten more labels."""
        values = {}
        for side, stated in ((True, STATED_PRECISION), (False, STATED_MISS)):
            outcomes = [truth for hit, truth in zip(hits, y, strict=True) if hit == side]
            values[side] = (sum(outcomes) + 10 * stated) / (len(outcomes) + 10)
        return cls(values[True], values[False], True)


STATED = RuleOdds(STATED_PRECISION, STATED_MISS, False)


@dataclass(frozen=True, slots=True)
class Model:
    """Everything needed to code a passage; with no heads it is the rules alone."""

    book: Codebook
    features: Features | None
    heads: Mapping[str, CalibratedClassifierCV]
    odds: Mapping[str, RuleOdds]
    thresholds: Mapping[str, float]

    @property
    def calibrated(self) -> bool:
        """Whether labels stand behind the probabilities."""
        return bool(self.heads) or any(odds.trained for odds in self.odds.values())

    def probabilities(self, items: Sequence[Item]) -> Floats:
        """Probability of each code (columns in the codebook's order) on each item (rows)."""
        result = np.zeros((len(items), len(self.book.ids)))
        x = self.features.matrix(items, self.book) if self.features and self.heads and items else None
        for column, code in enumerate(self.book.ids):
            if code in self.heads and x is not None:
                result[:, column] = self.heads[code].predict_proba(x)[:, 1]
            else:
                odds = self.odds.get(code, STATED)
                result[:, column] = [odds.hit if has_live_hit(item, code, self.book) else odds.miss for item in items]
        return result

    def decide(self, items: Sequence[Item]) -> list[dict[str, Decision]]:
        """For each item the decision on each code; a sub-code present brings its frame."""
        return [self.decision(row) for row in self.probabilities(items)]

    def decision(self, row: Floats) -> dict[str, Decision]:
        """Decisions from one row of probabilities.

        A sub-code is no likelier than the frame it implies, and is present
        only with it.
        """
        ps = dict(zip(self.book.ids, row.tolist(), strict=True))
        made: dict[str, Decision] = {}
        for code, p in ps.items():
            frame = self.book.implied(code)
            p = min(p, ps[frame]) if frame else p
            present = p >= self.thresholds.get(code, 0.5) and (frame is None or made[frame].present)
            made[code] = Decision(round(p, 4), bool(present))
        return made


def rules_alone(book: Codebook) -> Model:
    """The model for which no label stands."""
    return Model(book, None, {}, {}, {})


def fit(book: Codebook, items: Sequence[Item], values: Sequence[Mapping[str, bool | None]], groups: Sequence[str]) -> Model:
    """Train on labelled items; `groups` names the document of each."""
    features = Features().fit(items, book)
    x = features.matrix(items, book)
    heads, odds, thresholds = {}, {}, {}
    for code in book.ids:
        rows = [i for i, value in enumerate(values) if value.get(code) is not None]
        y = [bool(values[i][code]) for i in rows]
        within = [groups[i] for i in rows]
        if trainable(y, within):
            heads[code] = fit_head(x[rows], y, within)
        elif rows:
            odds[code] = RuleOdds.estimate([has_live_hit(items[i], code, book) for i in rows], y)
        thresholds[code] = 0.5
    return Model(book, features if heads else None, heads, odds, thresholds)


def out_of_fold(book: Codebook, items: Sequence[Item], values: Sequence[Mapping[str, bool | None]], groups: Sequence[str]) -> Floats:
    """Probabilities for each item from a model trained on other documents only."""
    result = np.zeros((len(items), len(book.ids)))
    names = sorted(set(groups))
    splits = GroupKFold(min(FOLDS, len(names))).split(np.zeros(len(items)), groups=np.asarray(groups))
    for train, test in splits:
        model = fit(book, [items[i] for i in train], [values[i] for i in train], [groups[i] for i in train])
        result[test] = model.probabilities([items[i] for i in test])
    return result


def save(path: Path, model: Model) -> None:
    """Write the model file."""
    modelfile.save(path, {
        "codebook": model.book.version, "words": model.features and model.features.words,
        "rules": model.features and model.features.rules, "heads": dict(model.heads),
        "odds": {code: [odds.hit, odds.miss] for code, odds in model.odds.items()}, "thresholds": dict(model.thresholds),
    })  # fmt: skip


def load(path: Path, book: Codebook) -> Model:
    """Read the model file; without one, the rules alone."""
    if not path.is_file():
        return rules_alone(book)
    parts: dict[str, Any] = modelfile.load(path)
    features = Features(parts["words"], parts["rules"]) if parts["words"] is not None else None
    odds = {code: RuleOdds(hit, miss, True) for code, (hit, miss) in parts["odds"].items()}
    return Model(book, features, parts["heads"], odds, parts["thresholds"])


def items_of(rows: Iterable[tuple[str, tuple[Hit, ...], tuple[str, ...]]]) -> list[Item]:
    """Items from text, hits and roles."""
    return [Item(*row) for row in rows]
