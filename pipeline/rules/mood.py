"""How the sentence puts what a hit says: asked, imagined, or past. A mood keeps the hit; the classifier weighs it."""

from __future__ import annotations

from spacy.tokens import Span, Token

from pipeline.rules.stance import governors

CONDITIONS = {"if", "unless", "lest", "whether", "provided", "supposing"}
IMAGINED = {"would", "could", "might", "should"}  # `should` only inverted: `should they attack`
PRESENT = {"VBP", "VBZ", "MD"}


def mood(span: Span) -> str:
    """The mood of the clause of a hit: one of MOODS, or "" where it is stated of the present."""
    if asked(span):
        return "question"
    verbs = clause_verbs(span.root)
    if any(conditional(verb) for verb in verbs):
        return "hypothetical"
    return "past" if past(verbs) else ""


def asked(span: Span) -> bool:
    """Whether the sentence ends as a question."""
    return span.doc.text.rstrip(" \n\"'”’)").endswith("?")


def clause_verbs(token: Token) -> list[Token]:
    """The verb a word belongs to, and the verbs that one hangs on, near ones first."""
    chain = [token, *(above for _, above in governors(token))]
    return [word for word in chain if word.pos_ in {"VERB", "AUX"}]


def conditional(verb: Token) -> bool:
    """Whether a verb stands in an `if` clause, or is only imagined (`would have destroyed us`)."""
    if any(child.dep_ == "mark" and child.lower_ in CONDITIONS for child in verb.children):
        return True
    subject = next((child.i for child in verb.children if child.dep_ in {"nsubj", "nsubjpass"}), verb.i)
    helpers = [child for child in verb.children if child.dep_ in {"aux", "auxpass"} and child.lower_ in IMAGINED]
    return any(child.lower_ != "should" or child.i < subject for child in helpers)


def past(verbs: list[Token]) -> bool:
    """Whether the nearest verb with a tense is past and no present auxiliary carries it to now (`has attacked`)."""
    for verb in verbs:
        helpers = [child for child in verb.children if child.dep_ in {"aux", "auxpass"}]
        tags = {helper.tag_ for helper in helpers} or {verb.tag_}
        if tags & PRESENT:
            return False
        if "VBD" in tags:
            return True
    return False
