"""Anchors: which rules can hold in a sentence at all, told by its bare words.

Matching costs patterns times tokens and parsing costs a thousand times a word
look-up, so a sentence is parsed only when all obligatory literal words of at
least one rule are in it. A literal LEMMA stands for every surface form that
could have it; too many forms only cost time, a missing one would cost hits.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from pipeline.codebook import ANCHORS, Rule, is_anchor, literals

WORD = re.compile(r"\w+")
VOWELS = "aeiou"
Slot = frozenset[str]


def words(text: str) -> set[str]:
    """The distinct words of a text in small letters."""
    return set(WORD.findall(text.lower()))


def regular_forms(lemma: str) -> set[str]:
    """Every form English morphology could make of a lemma; some are no words."""
    forms = {lemma + ending for ending in ("", "s", "es", "ed", "d", "ing", "er", "est", "r", "st")}
    stem, last = lemma[:-1], lemma[-1:]
    if last == "y":
        forms |= {stem + ending for ending in ("ies", "ied", "ier", "iest")}
    if last == "e":
        forms.add(stem + "ing")
    if last == "f" or lemma.endswith("fe"):
        forms.add(lemma.rstrip("e")[:-1] + "ves")
    if len(lemma) > 2 and last not in VOWELS + "wxy" and lemma[-2] in VOWELS:
        forms |= {lemma + last + ending for ending in ("ed", "ing", "er", "est")}
    return forms


def irregular_forms(exceptions: Mapping[str, Mapping[str, Sequence[str]]]) -> dict[str, set[str]]:
    """Forms by lemma, from the lemmatizer's table of exceptions by part of speech."""
    found: dict[str, set[str]] = defaultdict(set)
    for table in exceptions.values():
        for form, lemmas in table.items():
            for lemma in lemmas:
                found[lemma].add(form)
    return found


class Anchors:
    """An index from words to the rules that could hold where they stand."""

    def __init__(self, rules: Sequence[Rule], irregular: Mapping[str, set[str]]) -> None:
        self.irregular = irregular
        self.slots: list[list[Slot]] = []
        self.index: dict[str, list[int]] = defaultdict(list)
        for number, rule in enumerate(rules):
            slots = sorted(self.slots_of(rule), key=lambda slot: (len(slot), sorted(slot)))
            self.slots.append(slots[1:])
            for word in sorted(slots[0]):
                self.index[word].append(number)

    def slots_of(self, rule: Rule) -> list[Slot]:
        """For each obligatory literal token of a rule, the words one of which must be there."""
        tokens = [token for token in rule.pattern if is_anchor(token)]
        return [frozenset(self.surface(token)) for token in tokens]

    def surface(self, token: Mapping[str, object]) -> Iterable[str]:
        """The words a token may be; of a compound written with marks, its longest part."""
        for key in ANCHORS:
            for literal in literals(token.get(key)):
                forms = {literal}
                if key == "LEMMA":
                    forms = regular_forms(literal.lower()) | self.irregular.get(literal.lower(), set())
                for form in forms:
                    parts = WORD.findall(form.lower())
                    if parts:
                        yield max(parts, key=len)

    def candidates(self, present: Collection[str]) -> list[int]:
        """Numbers of the rules all of whose obligatory words are among those present."""
        first = {number for word in self.index.keys() & present for number in self.index[word]}
        return sorted(n for n in first if all(not slot.isdisjoint(present) for slot in self.slots[n]))
