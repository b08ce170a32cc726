"""Passages as numbers: the mean vector of their words, what the rules and roles say of them, and the common phrases they hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack, vstack
from sklearn.feature_extraction import DictVectorizer
from sklearn.feature_extraction.text import TfidfVectorizer

from pipeline import phrases, vectors
from pipeline.codebook import Codebook
from pipeline.config import ROLES
from pipeline.model import MOODS, Hit

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

RULE_WEIGHT = 0.3  # keeps rule features on the scale of word vectors
UNKNOWN = -1


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
            if hit.mood:
                features[f"mood:{hit.code.split('.')[0]}:{hit.mood}"] = 1.0
            features[f"way:{hit.code.split('.')[0]}:{hit.source or '-'}>{hit.target or '-'}"] = 1.0
    return features


def rule_columns(book: Codebook) -> DictVectorizer:
    """The columns of all rule features a codebook can give."""
    names = [f"role:{role}" for role in ROLES] + [f"{state}:{code}" for state in ("live", "denied") for code in book.ids]
    names += [f"rule:{rule.id}" for rule in book.rules]
    names += [f"way:{frame}:{a}>{b}" for frame, a, b in product(book.frames, ("-", *ROLES), ("-", *ROLES))]
    names += [f"mood:{frame}:{mood}" for frame, mood in product(book.frames, MOODS)]
    return DictVectorizer(dtype=np.float32).fit([dict.fromkeys(names, 1.0)])


def has_live_hit(item: Item, code: str, book: Codebook) -> bool:
    """Whether a rule that means this code, or one that implies it, holds unreservedly."""
    return any(hit.live and code in (hit.code, book.implied(hit.code)) for hit in item.hits)


@dataclass(frozen=True, slots=True)
class Space:
    """How passages become numbers: vocabulary, its word vectors, the columns of rule features, and the phrases looked for.

    Columns of a matrix stand in this order: word vector, rule features, phrases.
    """

    words: TfidfVectorizer
    vectors: NDArray[np.float16]
    rules: DictVectorizer
    phrases: tuple[str, ...] = ()

    @property
    def rule_columns(self) -> slice:
        """Where the rule features stand."""
        start = int(self.vectors.shape[1])
        return slice(start, start + len(self.rules.vocabulary_))

    @property
    def phrase_columns(self) -> slice:
        """Where the phrases stand."""
        start = int(self.vectors.shape[1]) + len(self.rules.vocabulary_)
        return slice(start, start + len(self.phrases))

    @property
    def width(self) -> int:
        """How many columns a matrix has."""
        return int(self.vectors.shape[1]) + len(self.rules.vocabulary_) + len(self.phrases)

    @classmethod
    def learn(cls, texts: Sequence[str], book: Codebook) -> Space:
        """A space from unlabelled passages."""
        words = vectors.fit_words(texts, min_count=5 if len(texts) > 1000 else 2)
        return cls(words, vectors.learn(texts, words), rule_columns(book), phrases.choose(texts))

    def with_rules_of(self, book: Codebook) -> Space:
        """The same words under another codebook's rules."""
        return replace(self, rules=rule_columns(book))

    def matrix(self, items: Sequence[Item], book: Codebook) -> csr_matrix:
        """One row an item: the mean vector of its words, of unit length, then its rule features, then the phrases it holds."""
        if not items:
            return csr_matrix((0, self.width))
        means, norms = self.means(self.words.transform(item.text for item in items))
        return csr_matrix(hstack([csr_matrix(means / norms), self.marks(items, book)]))

    def marks(self, items: Sequence[Item], book: Codebook) -> csr_matrix:
        """One row an item: its rule features and the phrases it holds."""
        rules = self.rules.transform([rule_features(item, book) for item in items])
        return csr_matrix(hstack([rules * RULE_WEIGHT, phrases.held([item.text for item in items], self.phrases)]))

    def means(self, weights: csr_matrix) -> tuple[Floats, Floats]:
        """Weighted sums of word vectors and their lengths (1 where there is no known word)."""
        sums = np.asarray(weights @ self.vectors.astype(np.float32), dtype=np.float64)
        norms = np.linalg.norm(sums, axis=1, keepdims=True)
        return sums, np.where(norms > 0, norms, 1.0)


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """Labelled passages as numbers: features, values (rows x codes; 1, 0 or -1 for unknown), document and text hash of each."""

    x: csr_matrix
    values: NDArray[np.int8]
    groups: tuple[str, ...]
    texts: tuple[str, ...]

    def rows(self, chosen: Ints | Sequence[int]) -> TrainingSet:
        """Some of the rows."""
        index = np.asarray(chosen, dtype=np.int64)
        return TrainingSet(self.x[index], self.values[index], tuple(self.groups[i] for i in index), tuple(self.texts[i] for i in index))

    def after(self, others: TrainingSet) -> TrainingSet:
        """These rows, preceded by those of others whose text is not among them."""
        own = set(self.texts)
        kept = others.rows([i for i, text in enumerate(others.texts) if text not in own])
        return TrainingSet(
            csr_matrix(vstack([kept.x, self.x])), np.vstack([kept.values, self.values]), kept.groups + self.groups, kept.texts + self.texts
        )


def value_table(book: Codebook, values: Sequence[Mapping[str, bool | None]]) -> NDArray[np.int8]:
    """Decisions as a table (rows x codes), -1 where a code was not considered or coders part."""
    table = np.full((len(values), len(book.ids)), UNKNOWN, dtype=np.int8)
    for row, given in enumerate(values):
        for column, code in enumerate(book.ids):
            if given.get(code) is not None:
                table[row, column] = int(bool(given[code]))
    return table


def moved_values(values: NDArray[np.int8], old: Sequence[str], new: Sequence[str]) -> NDArray[np.int8]:
    """A table of decisions on one codebook's codes as one on another's, -1 where a code is new."""
    table = np.full((len(values), len(new)), UNKNOWN, dtype=np.int8)
    for column, code in enumerate(new):
        if code in old:
            table[:, column] = values[:, old.index(code)]
    return table


def hits_of(x: csr_matrix, feature: str, space: Space) -> Bools:
    """From features: whether a rule feature is there (`live:threat`)."""
    column = space.rule_columns.start + space.rules.vocabulary_[feature]
    return np.asarray(x[:, [column]].toarray()[:, 0] > 0)


def live_hits(x: csr_matrix, code: str, space: Space) -> Bools:
    """From features: whether a rule of this code, or of one that implies it, holds unreservedly."""
    return hits_of(x, f"live:{code}", space)


def column_map(old: Space, new: Space) -> csr_matrix:
    """A matrix that moves feature columns of one space to another with the same words; rule features that are gone are dropped."""
    pairs = [(i, i) for i in range(old.rule_columns.start)]
    at, to = old.rule_columns.start, new.rule_columns.start
    pairs += [(at + i, to + new.rules.vocabulary_[n]) for n, i in old.rules.vocabulary_.items() if n in new.rules.vocabulary_]
    pairs += [(old.phrase_columns.start + i, new.phrase_columns.start + i) for i in range(len(old.phrases))]
    rows, columns = zip(*pairs, strict=True)
    return csr_matrix((np.ones(len(pairs)), (rows, columns)), shape=(old.width, new.width))
