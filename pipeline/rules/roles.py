"""Which of the study's roles a text names, and which does what to which in a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from spacy.tokens import Doc, Span, Token

from pipeline.config import Study
from pipeline.rules.anchors import words

PRONOUNS = {"we", "us", "our", "ours", "ourselves"}
REFLEXIVE = {"itself", "themselves", "himself", "herself"}
SUFFERERS = {"nsubjpass", "dobj", "dative"}
FROM = {"by", "from", "of"}
ONTO = {"against", "on", "upon", "toward", "towards", "to", "at", "into", "over"}
DEFENDING = {"defend", "protect", "guard", "shield", "safeguard", "defence", "defense", "protection", "save"}
DEFENDED_FROM = {"from", "against"}
UNDERGOING = {
    "face",
    "fear",
    "suffer",
    "endure",
    "resist",
    "withstand",
    "confront",
    "share",
    "buy",
    "receive",
    "obtain",
    "import",
    "acquire",
    "gain",
    "get",
    "benefit",
    "profit",
    "learn",
}  # verbs whose subject is where it arrives
HOSTILE = {"enemy", "foe", "adversary", "opponent", "rival"}
OF_TARGET = (
    HOSTILE
    | DEFENDING
    | {
        "invasion",
        "destruction",
        "overthrow",
        "occupation",
        "encirclement",
        "bombing",
        "conquest",
        "domination",
        "assassination",
        "siege",
        "subjugation",
        "isolation",
        "dismemberment",
        "annihilation",
        "containment",
    }
)  # nouns whose `of` names the sufferer
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
    lemma = word.lemma_.lower()
    defends, undergoes = lemma in DEFENDING, lemma in UNDERGOING
    doer = "defender" if defends else "target" if undergoes else "source"
    if word.dep_ in {"prep", "dative"}:  # of a hit, wherever the parse attached it
        yield from prepositional(word, word.head.lemma_.lower())
    for child in word.children:
        if child.dep_ in {"nsubj", "csubj"}:
            yield doer, child
        elif child.dep_ == "agent":
            yield from ((doer, c) for c in child.children if c.dep_ == "pobj")
        elif child.dep_ in SUFFERERS:
            yield ("source" if undergoes else "target"), child
        elif child.dep_ == "poss":
            yield ("target" if defends or lemma in HOSTILE else "source"), child
        elif child.dep_ == "prep":
            yield from prepositional(child, lemma)
        elif child.dep_ in {"amod", "compound", "nmod"} and not defends:
            yield "source", child


def prepositional(preposition: Token, lemma: str) -> Iterator[tuple[str, Token]]:
    """The part an object of a preposition plays: `threat from X to Y`, `defence of Y against X`, `invasion of Y`."""
    word, defends = preposition.lower_, lemma in DEFENDING
    for child in preposition.children:
        if child.dep_ != "pobj":
            continue
        if (word == "of" and lemma in OF_TARGET) or (defends and word == "for"):
            yield "target", child
        elif word in (DEFENDED_FROM if defends else FROM):
            yield "source", child
        elif word in ONTO and not defends:
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
    """The roles that do, and that suffer, what a hit says; "" where none is named.

    A word that is itself an argument (`our nation` in `attack our nation`) has
    no arguments of its own, else the nation's owner would be the attacker.
    """
    found: dict[str, str] = {}
    spoken_for: set[int] = set()
    for word in spine(span):
        for part, argument in () if word.i in spoken_for else arguments(word):
            spoken_for.add(argument.i)
            reflexive = argument.lower_ in REFLEXIVE and argument.i not in roles
            role = found.get("defender", "") if reflexive else role_within(relative_subject(argument), roles)
            if role:
                found.setdefault(part, role)
    source, target = found.get("source", ""), found.get("target", "")
    if source == target:  # nobody does it to himself: the nearer word is right
        nearer = next((part for part in found if part != "defender"), "")
        return (source, "") if nearer == "source" else ("", target)
    return source, target
