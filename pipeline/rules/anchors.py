"""Anchors: which rules can hold in a sentence at all, told by its bare words.

Matching costs patterns times tokens and parsing costs a thousand times a word
look-up, so a sentence is parsed only when all obligatory literal words of at
least one rule are in it. A literal LEMMA stands for every surface form that
could have it; too many forms only cost time, a missing one would cost hits.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spacy.symbols import ORTH

from pipeline.codebook import ANCHORS, Rule, is_anchor, literals, says_words

WORD = re.compile(r"[^\W\d_]+|\d+")  # finer than any token, so that `10km` and `_war_` hide no word
Slot = frozenset[str]
Endings = frozenset[tuple[str, str]]


def words(text: str) -> set[str]:
    """The distinct words of a text in small letters, numbers apart."""
    return set(WORD.findall(text.lower()))


def key_word(text: str) -> str:
    """The longest word of a token: where the token is, this word is."""
    return max(WORD.findall(text.lower()), key=len, default="")


@dataclass(frozen=True, slots=True)
class Morphology:
    """Which written words can become which lemma or token, read backwards from a spaCy pipeline's own tables.

    `endings`: (written, lemma) suffixes of the lemmatizer's rules. `irregular`:
    forms by lemma. `pieces`: for a written word the tokens it may be cut into
    (`cannot`: can, not).
    """

    endings: Endings
    irregular: Mapping[str, set[str]]
    pieces: Mapping[str, set[str]]

    @classmethod
    def of(cls, nlp: Any) -> Morphology:
        """The morphology of an English pipeline with a rule lemmatizer."""
        tables = nlp.get_pipe("lemmatizer").lookups
        rules = tables.get_table("lemma_rules").values()
        fixed = nlp.get_pipe("attribute_ruler").patterns if nlp.has_pipe("attribute_ruler") else []
        irregular = irregular_forms(tables.get_table("lemma_exc"))
        for lemma, form in fixed_forms(fixed):
            irregular[lemma].add(form)
        cut = {word: [piece[ORTH] for piece in parts] for word, parts in nlp.tokenizer.rules.items()}
        return cls(frozenset((old, new) for table in rules for old, new in table), irregular, piece_words(cut))

    def forms(self, lemma: str) -> set[str]:
        """Every written form that the lemmatizer could reduce to a lemma; some are no words."""
        return {lemma} | regular_forms(lemma, self.endings) | self.irregular.get(lemma, set())

    def present(self, text: str) -> set[str]:
        """The words of a text, and those of the tokens that its contractions are cut into."""
        found = words(text)
        return found.union(*(self.pieces[word] for word in self.pieces.keys() & found))


def regular_forms(lemma: str, endings: Endings) -> set[str]:
    """A lemma with the lemmatizer's suffix rules undone."""
    return {lemma[: len(lemma) - len(new)] + old for old, new in endings if lemma.endswith(new)}


def irregular_forms(exceptions: Mapping[Any, Mapping[str, Sequence[str]]]) -> dict[str, set[str]]:
    """Forms by lemma, from the lemmatizer's table of exceptions by part of speech."""
    found: dict[str, set[str]] = defaultdict(set)
    for table in exceptions.values():
        for form, lemmas in table.items():
            for lemma in lemmas:
                found[lemma.lower()].add(form)
    return found


def fixed_forms(patterns: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Lemma and form of every word whose lemma an attribute ruler lays down (`'d`: would)."""
    for entry in patterns:
        for pattern in entry["patterns"] if "LEMMA" in entry["attrs"] else ():
            yield from ((entry["attrs"]["LEMMA"].lower(), form) for form in literals(pattern[entry.get("index", 0)].get("LOWER")))


def piece_words(cut: Mapping[str, Sequence[str]]) -> dict[str, set[str]]:
    """For the key word of each contraction the words of its tokens that the text does not show."""
    found: dict[str, set[str]] = defaultdict(set)
    for word, parts in cut.items():
        hidden = set().union(*map(words, parts)) - words(word)
        if hidden and key_word(word):
            found[key_word(word)] |= hidden
    return dict(found)


class Anchors:
    """An index from words to the rules that could hold where they stand."""

    def __init__(self, rules: Sequence[Rule], morphology: Morphology) -> None:
        self.morphology = morphology
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

    def surface(self, token: Mapping[str, Any]) -> Iterator[str]:
        """The words one of which stands where a token does; of a token with marks in it, its longest part."""
        for key in ANCHORS:
            for literal in literals(token.get(key)) if says_words(token.get(key)) else ():
                forms = self.morphology.forms(literal.lower()) if key == "LEMMA" else {literal}
                yield from filter(None, map(key_word, forms))

    def candidates(self, text: str) -> list[int]:
        """Numbers of the rules all of whose obligatory words are in a text."""
        present = self.morphology.present(text)
        first = {number for word in self.index.keys() & present for number in self.index[word]}
        return sorted(n for n in first if all(not slot.isdisjoint(present) for slot in self.slots[n]))
