"""Why a code stands: the words and rules that moved its score most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np

from pipeline.classifier import Model
from pipeline.features import RULE_WEIGHT, Floats, Item, rule_features
from pipeline.model import Decision

MOST = 5
Reasons = tuple[tuple[str, float], ...]


class Explainer:
    """Takes the scores of a linear model apart.

    A score is a sum over words and rule features, so each one's part in it is
    exact: a word's is its weight in the passage times its vector along the
    code's coefficients, a rule's is its coefficient. Parts are in log-odds of
    the calibrated probability; with the code's constant they add up to it.
    """

    def __init__(self, model: Model) -> None:
        self.model = model

    @cached_property
    def pulls(self) -> Mapping[str, tuple[Floats, Floats]]:
        """For each code with a classifier, the pull of every word and of every rule feature."""
        space = self.model.space
        if space is None:
            return {}
        size = space.vectors.shape[1]
        directions = {code: head.regression.coef_[0] * head.slope for code, head in self.model.heads.items()}
        known = space.vectors.astype(np.float64)
        return {code: (known @ way[:size], way[size:] * RULE_WEIGHT) for code, way in directions.items()}

    def parts(self, item: Item) -> dict[str, list[tuple[str, float]]]:
        """For each code with a classifier, every word's and every rule feature's (in brackets) part in its score."""
        space = self.model.space
        if space is None:
            return {}
        weights = space.words.transform([item.text])
        _, norms = space.means(weights)
        rules = space.rules.transform([rule_features(item, self.model.book)])
        words, columns = space.words.get_feature_names_out(), space.rules.get_feature_names_out()
        made = {}
        for code, (of_words, of_rules) in self.pulls.items():
            said = of_words[weights.indices] * weights.data / norms[0, 0]
            marked = of_rules[rules.indices] * rules.data
            made[code] = [(str(words[i]), float(part)) for i, part in zip(weights.indices, said, strict=True)]
            made[code] += [(f"[{columns[i]}]", float(part)) for i, part in zip(rules.indices, marked, strict=True)]
        return made

    def reasons(self, item: Item, decisions: Mapping[str, Decision], most: int = MOST) -> dict[str, Reasons]:
        """For each code present, what moved it most, the strongest first; for a code left to its rules, these rules."""
        present = [code for code, decision in decisions.items() if decision.present]
        parts = self.parts(item) if any(code in self.pulls for code in present) else {}
        return {code: strongest(parts[code], most) if code in parts else self.rules_behind(item, code)[:most] for code in present}

    def rules_behind(self, item: Item, code: str) -> Reasons:
        """The live rule hits of a code or of one that implies it."""
        book = self.model.book
        names = {hit.rule: 1.0 for hit in item.hits if hit.live and code in (hit.code, book.implied(hit.code))}
        return tuple((f"[rule:{name}]", part) for name, part in names.items())


def strongest(parts: Sequence[tuple[str, float]], most: int) -> Reasons:
    """The parts furthest from zero, rounded."""
    ranked = sorted(parts, key=lambda part: (-abs(part[1]), part[0]))
    return tuple((name, round(part, 2)) for name, part in ranked[:most] if round(part, 2))
