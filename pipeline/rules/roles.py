"""Which of the study's roles a text names, and which does what to which in a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from spacy.tokens import Doc, Span, Token

from pipeline.config import Study
from pipeline.rules.anchors import words

PRONOUNS = {"we", "us", "our", "ours", "ourselves"}
SUBJECTS = {"nsubj", "csubj", "agent"}
SUFFERERS = {"nsubjpass", "dobj", "dative"}
FROM = {"by", "from", "of"}
ONTO = {"against", "on", "upon", "toward", "towards", "to", "at", "into", "over"}
DEFENDING = {"defend", "protect", "guard", "shield", "safeguard", "defence", "defense", "protection", "save"}
DEFENDED_FROM = {"from", "against"}
SCAN = {"det", "amod", "compound", "poss", "conj", "nmod", "appos", "prep", "pobj"}


class Roles:
    """The study's actors, ready to be found in texts."""

    def __init__(self, aliases: Mapping[str, Sequence[str]], speaker: str = "") -> None:
        self.speaker = speaker
        self.patterns: dict[str, tuple[set[str], re.Pattern[str]]] = {}
        for role, names in aliases.items():
            longest_first = sorted(names, key=lambda name: (-len(name), name))
            joined = "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in longest_first)
            firsts = {re.findall(r"\w+", name.lower())[0] for name in names if re.search(r"\w", name)}
            self.patterns[role] = (firsts, re.compile(rf"(?<!\w)(?:{joined})(?!\w)"))

    @classmethod
    def of(cls, study: Study) -> Roles:
        """The roles of a study."""
        speaker = next((name for name, role in study.role_items() if role.speaks), "")
        return cls({name: role.aliases for name, role in study.role_items()}, speaker)

    def mentions(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Start, end and role of every naming of a role."""
        present = words(text)
        for role, (firsts, pattern) in self.patterns.items():
            if not firsts.isdisjoint(present):
                for match in pattern.finditer(text):
                    yield match.start(), match.end(), role

    def named(self, text: str) -> tuple[str, ...]:
        """The roles a text names, in the study's order."""
        found = {role for _, _, role in self.mentions(text)}
        return tuple(role for role in self.patterns if role in found)

    def of_tokens(self, doc: Doc) -> dict[int, str]:
        """The role each token of a sentence belongs to; pronouns of the speaker included."""
        found: dict[int, str] = {}
        for start, end, role in self.mentions(doc.text):
            span = doc.char_span(start, end, alignment_mode="expand")
            found |= {token.i: role for token in span or () if token.i not in found}
        if self.speaker:
            found |= {t.i: self.speaker for t in doc if t.lower_ in PRONOUNS and t.i not in found}
        return found


def role_within(token: Token, roles: Mapping[int, str]) -> str:
    """The role an argument stands for: its head's, else its nearest modifier's."""
    queue = [token]
    seen: set[int] = set()
    while queue:
        current = queue.pop(0)
        if current.i in roles:
            return roles[current.i]
        seen.add(current.i)
        queue += [c for c in current.children if c.dep_ in SCAN and c.i not in seen]
    return ""


def arguments(word: Token) -> Iterator[tuple[str, Token]]:
    """Who acts ("source") and who is acted upon ("target") around a verb or noun."""
    defends = word.lemma_.lower() in DEFENDING
    for child in word.children:
        if child.dep_ in {"nsubj", "csubj"}:
            yield ("defender" if defends else "source"), child
        elif child.dep_ == "agent":
            yield from (("defender" if defends else "source", c) for c in child.children if c.dep_ == "pobj")
        elif child.dep_ in SUFFERERS:
            yield "target", child
        elif child.dep_ == "poss":
            yield ("target" if defends else "source"), child
        elif child.dep_ == "prep":
            yield from prepositional(child, defends)
        elif child.dep_ in {"amod", "compound", "nmod"} and not defends:
            yield "source", child


def prepositional(preposition: Token, defends: bool) -> Iterator[tuple[str, Token]]:
    """The part an object of a preposition plays: `threat from X to Y`, `defence of Y against X`."""
    word = preposition.lower_
    for child in preposition.children:
        if child.dep_ != "pobj":
            continue
        if defends:
            if word in DEFENDED_FROM:
                yield "source", child
            elif word in {"of", "for"}:
                yield "target", child
        elif word in FROM:
            yield "source", child
        elif word in ONTO:
            yield "target", child


def spine(span: Span) -> Iterator[Token]:
    """The words whose arguments matter: those of the hit, then what governs it, near ones first."""
    yield from sorted(span, key=lambda t: (t != span.root, t.i))
    token = span.root
    for _ in range(3):
        if token.head is token:
            return
        linked = token.dep_ in {"dobj", "pobj", "attr", "nsubj", "nsubjpass", "prep", "conj", "xcomp", "acomp", "oprd", "agent", "relcl"}
        if not linked:
            return
        token = token.head
        if token.pos_ in {"VERB", "AUX", "NOUN"}:
            yield token


def relative_subject(token: Token) -> Token:
    """The noun a relative pronoun stands for, else the token itself."""
    verb = token.head
    stands_for = token.tag_ in {"WDT", "WP"} and verb.dep_ == "relcl"
    return verb.head if stands_for else token


def source_and_target(span: Span, roles: Mapping[int, str]) -> tuple[str, str]:
    """The roles that do, and that suffer, what a hit says; "" where none is named."""
    found = {"source": "", "target": "", "defender": ""}
    for word in spine(span):
        for part, argument in arguments(word):
            if not found[part]:
                found[part] = role_within(relative_subject(argument), roles)
    source, target = found["source"], found["target"]
    if source and source == target:
        target = ""
    return source, target
