"""Why a code stands: the words and rules that moved its score most."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pipeline.classifier import Model
from pipeline.features import Floats, Item
from pipeline.model import Decision

MOST = 5
Names = NDArray[np.object_]
Reasons = tuple[tuple[str, float], ...]


class Explainer:
    """Takes the scores of a linear model apart.

    A score is a sum over words, phrases and rule features, so each one's part
    in it is exact: a word's is its weight in the passage times its vector along
    the code's coefficients, a phrase's or rule's is its coefficient. Parts are in
    log-odds of the calibrated probability; with the code's constant they add up to it.
    """

    def __init__(self, model: Model) -> None:
        self.model = model

    @cached_property
    def names(self) -> tuple[Names, Names]:
        """The words; and the rule features, in brackets, with the phrases of the model's space."""
        assert self.model.space is not None
        columns = [f"[{name}]" for name in self.model.space.rules.get_feature_names_out()]
        columns += self.model.space.phrases
        return np.asarray(self.model.space.words.get_feature_names_out(), dtype=object), np.asarray(columns, dtype=object)

    @cached_property
    def pulls(self) -> Mapping[str, tuple[Floats, Floats]]:
        """For each code with a classifier, the pull of every word, and of every rule feature and phrase."""
        space = self.model.space
        if space is None:
            return {}
        size = space.vectors.shape[1]
        directions = {code: head.regression.coef_[0] * head.slope for code, head in self.model.heads.items()}
        known = space.vectors.astype(np.float64)
        return {code: (known @ way[:size], way[size:]) for code, way in directions.items()}

    def parts(self, items: Sequence[Item], codes: Sequence[Sequence[str]]) -> Iterator[dict[str, list[tuple[str, float]]]]:
        """For each item, by code of its `codes` that has a classifier, the part of every word, phrase and [rule feature] in the score."""
        space = self.model.space
        if space is None:
            yield from ({} for _ in items)
            return
        weights = space.words.transform(item.text for item in items)
        _, norms = space.means(weights)
        marks = space.marks(items, self.model.book)
        words, columns = self.names
        for row, wanted in enumerate(codes):
            at, on = slice(*weights.indptr[row : row + 2]), slice(*marks.indptr[row : row + 2])
            said, marked = weights.indices[at], marks.indices[on]
            named = [*words[said], *columns[marked]]
            made = {}
            for code in wanted:
                if code in self.pulls:
                    of_words, of_marks = self.pulls[code]
                    made[code] = summed(named, [*of_words[said] * weights.data[at] / norms[row, 0], *of_marks[marked] * marks.data[on]])
            yield made

    def reasons(self, items: Sequence[Item], decided: Sequence[Mapping[str, Decision]], most: int = MOST) -> Iterator[dict[str, Reasons]]:
        """For each item and each code present, what moved it most, the strongest first; for a code left to its rules, these rules."""
        present = [[code for code, decision in decisions.items() if decision.present] for decisions in decided]
        for item, codes, parts in zip(items, present, self.parts(items, present), strict=True):
            yield {code: strongest(parts[code], most) if code in parts else self.rules_behind(item, code)[:most] for code in codes}

    def rules_behind(self, item: Item, code: str) -> Reasons:
        """The live rule hits of a code or of one that implies it."""
        book = self.model.book
        names = {hit.rule: 1.0 for hit in item.hits if hit.live and code in (hit.code, book.implied(hit.code))}
        return tuple((f"[rule:{name}]", part) for name, part in names.items())


def summed(names: Sequence[str], parts: Sequence[float]) -> list[tuple[str, float]]:
    """Parts by name, added up where a word counts both by its vector and as a phrase."""
    total: dict[str, float] = {}
    for name, part in zip(names, parts, strict=True):
        total[str(name)] = total.get(str(name), 0.0) + float(part)
    return list(total.items())


def strongest(parts: Sequence[tuple[str, float]], most: int) -> Reasons:
    """The parts furthest from zero, rounded."""
    ranked = sorted(parts, key=lambda part: (-abs(part[1]), part[0]))
    return tuple((name, round(part, 2)) for name, part in ranked[:most] if round(part, 2))
