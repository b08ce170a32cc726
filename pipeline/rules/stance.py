"""Whether a hit is meant: not when the sentence denies it or lays it in another's mouth."""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Span, Token

NEGATORS = {"no", "not", "n't", "never", "neither", "nor", "without", "nobody", "none", "hardly"}
DENIERS = {"deny", "reject", "refute", "dismiss", "disprove", "lack", "preclude", "disclaim", "repudiate"}
ABSENCE = {"absence", "end", "lack", "denial", "elimination"}
CLAIM_VERBS = {"claim", "allege", "accuse", "pretend", "assert", "insinuate", "purport", "imagine", "fancy"}
SAY_VERBS = {"say", "tell", "argue", "think", "believe", "suggest", "state", "maintain", "contend", "write", "declare"}
CLAIM_NOUNS = {"claim", "allegation", "accusation", "pretext", "propaganda", "lie", "myth", "rumor", "rumour", "charge",
               "excuse", "notion", "slander"}  # fmt: skip
MARKS = {"so", "alleged", "allegedly", "supposed", "supposedly", "purported", "purportedly"}
SPEAKER = {"i", "we"}
CLAUSE = {"ccomp", "xcomp", "advcl", "relcl", "acl", "conj", "ROOT", "parataxis"}


def governors(token: Token, steps: int = 6) -> Iterator[tuple[Token, Token]]:
    """Each word above a token with the word below it, going up."""
    for _ in range(steps):
        if token.head is token:
            return
        yield token, token.head
        token = token.head


def own_negation(token: Token, inside: set[int]) -> bool:
    """Whether a word outside the hit negates a word of it directly."""
    return any(c.i not in inside and (c.dep_ == "neg" or (c.lower_ in NEGATORS and c.dep_ in {"det", "advmod", "preconj", "cc"}))
               for c in token.children)  # fmt: skip


def negated(span: Span) -> bool:
    """Whether the hit is denied: `poses no threat`, `is not an enemy`, `we reject the threat`.

    Looks at the words of the hit and at what governs it up to the border of
    its clause; a negation inside the hit is the rule's own.
    """
    inside = {token.i for token in span}
    if any(own_negation(token, inside) for token in span):
        return True
    for below, above in governors(span.root):
        if above.i in inside:
            continue
        if below.dep_ == "pobj" and above.lower_ == "without":
            return True
        if below.dep_ in {"dobj", "pobj", "ccomp", "nsubjpass"} and above.lemma_.lower() in DENIERS | ABSENCE:
            return True
        crosses = below.dep_ in {"advcl", "relcl", "acl", "conj", "parataxis", "ccomp", "nsubj", "csubj"}
        if crosses and below.dep_ not in {"nsubj", "ccomp"}:
            return False
        if own_negation(above, inside):
            return below.dep_ not in {"nsubj", "csubj"} or above.pos_ == "AUX"
        if crosses:
            return False
    return False


def attributed(span: Span) -> bool:
    """Whether the hit is only reported: `they claim that …`, `the so-called …`, `on the pretext of …`."""
    if marked(span):
        return True
    for below, above in governors(span.root, steps=8):
        lemma = above.lemma_.lower()
        if below.dep_ in {"ccomp", "xcomp", "dobj", "pobj", "parataxis", "acl", "prep"}:
            if lemma in CLAIM_VERBS and not spoken_by_speaker(above):
                return True
            if lemma in SAY_VERBS and below.dep_ == "ccomp" and others_say(above):
                return True
            if lemma in CLAIM_NOUNS and below.dep_ in {"acl", "prep", "ccomp"} and above.i not in {t.i for t in span}:
                return True
    return False


def marked(span: Span) -> bool:
    """Whether a doubting mark stands right before the hit or its head: `so-called`, `alleged`."""
    before = [t.lower_ for t in span.doc[max(0, span.start - 3) : span.start]]
    return bool(before) and (before[-1] in MARKS - {"so"} or before[-3:] == ["so", "-", "called"] or before[-1] == "so-called")


def subject_of(verb: Token) -> Token | None:
    """The grammatical subject of a verb, shared over conjunctions."""
    for _ in range(3):
        for child in verb.children:
            if child.dep_ in {"nsubj", "nsubjpass"}:
                return child
        if verb.dep_ != "conj":
            return None
        verb = verb.head
    return None


def spoken_by_speaker(verb: Token) -> bool:
    """Whether the one who claims is the speaker's own side."""
    subject = subject_of(verb)
    return subject is not None and subject.lower_ in SPEAKER


def others_say(verb: Token) -> bool:
    """Whether somebody other than the speaker, and not an impersonal voice, says it."""
    subject = subject_of(verb)
    return subject is not None and (subject.lower_ in {"they", "he", "she", "some", "others", "people", "enemies", "enemy"})
