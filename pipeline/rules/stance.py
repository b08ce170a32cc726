"""Whether a hit is meant: not when the sentence denies it or lays it in another's mouth."""

from __future__ import annotations

from collections.abc import Iterator, Set

from spacy.tokens import Span, Token

NEGATORS = {"no", "not", "n't", "never", "neither", "nor", "without", "nobody", "none", "hardly"}
DENIERS = {"deny", "reject", "refute", "dismiss", "disprove", "lack", "preclude", "disclaim", "repudiate"}
ABSENCE = {"absence", "end", "lack", "denial", "elimination"}
CLAIM_VERBS = {"claim", "allege", "accuse", "pretend", "assert", "insinuate", "purport", "imagine", "fancy"}
SAY_VERBS = {"say", "tell", "argue", "think", "believe", "suggest", "state", "maintain", "contend", "write", "declare"}
CLAIM_NOUNS = {"claim", "allegation", "accusation", "pretext", "propaganda", "lie", "myth", "rumor", "rumour", "charge",
               "excuse", "notion", "slander"}  # fmt: skip
QUOTES = {'"', "“", "”", "'", "‘", "’", "``", "''", "«", "»"}
MARKS = {"so", "alleged", "allegedly", "supposed", "supposedly", "purported", "purportedly"}
SPEAKER = {"i", "we"}
OTHERS = {
    "they",
    "them",
    "he",
    "him",
    "she",
    "her",
    "some",
    "others",
    "people",
    "enemies",
    "enemy",
    "media",
    "press",
    "critics",
    "opponents",
}
NOBODY = {"nobody", "none", "nothing", "neither"}
SCARE = 4  # words; a longer quotation is quoted for what it says
NEGLECT = {"ignore", "underestimate", "overlook", "forget", "neglect", "doubt", "deny", "hide", "conceal", "question", "dispute", "escape"}
REAL = {"real", "true", "exist", "likely", "credible", "imminent", "serious", "probable", "arise", "materialize"}
CONTRAST = {"while", "whereas", "although", "though"}
BORDERS = {"advcl", "relcl", "acl", "conj", "parataxis"}


def governors(token: Token, steps: int = 6) -> Iterator[tuple[Token, Token]]:
    """Each word above a token with the word below it, going up."""
    for _ in range(steps):
        if token.head is token:
            return
        yield token, token.head
        token = token.head


def ended(child: Token) -> bool:
    """Whether a word says that its head has ceased: `no longer`, `no more`."""
    return child.lower_ in {"longer", "more"} and child.dep_ == "advmod" and child.i > 0 and child.nbor(-1).lower_ == "no"


def negates(child: Token) -> bool:
    """Whether a word denies its head: `not`, `no`, `neither`, `no longer`; but neither `not only` nor `peace, not war` denies it."""
    if ended(child):
        return True
    before = child.nbor(-1).lower_ if child.i else ""
    after = child.nbor(1).lower_ if child.i + 1 < len(child.doc) else ""
    if after in {"only", "just", "merely", "simply"} or (before == "," and child.head.pos_ not in {"VERB", "AUX"}):
        return False
    return child.dep_ == "neg" or (child.lower_ in NEGATORS and child.dep_ in {"det", "advmod", "preconj", "cc"})


def own_negation(token: Token, outside: Set[int]) -> bool:
    """Whether a word, itself or in the person of its subject (`no state`, `nobody`), is negated by a word outside some others."""
    if any(child.i not in outside and negates(child) for child in token.children):
        return True
    subjects = [child for child in token.children if child.dep_ in {"nsubj", "nsubjpass"} and child.i not in outside]
    return any(s.lower_ in NOBODY or any(map(negates, s.children)) for s in subjects)


def clause_words(span: Span) -> list[Token]:
    """The words of a hit that stand in the clause of its head."""
    inside = {token.i for token in span}

    def same(token: Token) -> bool:
        climbs = token.head != token and token.head.i in inside and token.dep_ not in BORDERS
        return token == span.root or (climbs and same(token.head))

    return [token for token in span if same(token)]


def negated(span: Span, denying: bool = False) -> bool:
    """Whether the hit is denied: `poses no threat`, `is not an enemy`, `we reject the threat`.

    Looks at the words of the hit and at what governs it up to the border of
    its clause. `denying`: the rule itself names a negation, so one inside the
    hit is part of its meaning; else it fell into a gap of the rule and denies.
    """
    inside = {token.i for token in span}
    if any(own_negation(token, inside if denying else set()) for token in clause_words(span)):
        return True
    for below, above in governors(span.root):
        if above.i in inside:
            continue
        lemma, doubly = above.lemma_.lower(), own_negation(above, inside)
        if below.dep_ == "pobj" and above.lower_ == "without":
            return True
        if doubly and lemma in NEGLECT | DENIERS:
            return False
        if below.dep_ in {"dobj", "pobj", "ccomp", "nsubjpass"} and lemma in DENIERS | ABSENCE:
            return True
        if below.dep_ == "prep" and below.lower_ == "of" and lemma in ABSENCE:
            return True
        if below.dep_ in BORDERS:
            return False
        if below.dep_ in {"nsubj", "csubj"}:
            return doubly and not REAL.isdisjoint({lemma, *(c.lemma_.lower() for c in above.children if c.dep_ == "acomp")})
        if doubly:
            return True
        if below.dep_ == "ccomp":
            return False
    return False


def attributed(span: Span) -> bool:
    """Whether the hit is only reported: `they claim that …`, `the so-called …`, `on the pretext of …`, `according to them`."""
    if marked(span):
        return True
    inside = {token.i for token in span}
    for below, above in governors(span.root, steps=8):
        lemma = above.lemma_.lower()
        if below.dep_ == "advcl" and any(c.dep_ == "mark" and c.lower_ in CONTRAST for c in below.children):
            return False
        if below.dep_ in {"ccomp", "xcomp", "dobj", "pobj", "parataxis", "acl", "prep"}:
            if lemma in CLAIM_VERBS and not spoken_by_speaker(above):
                return True
            if lemma in SAY_VERBS and below.dep_ == "ccomp" and others_say(above) and not announces(below):
                return True
            if lemma in CLAIM_NOUNS and below.dep_ in {"acl", "prep", "ccomp"} and above.i not in inside:
                return True
    return according_to_others(span.root)


def according_to_others(token: Token) -> bool:
    """Whether the clause of a word is laid to others: `according to them`."""
    chain = [token, *(above for _, above in governors(token))]
    voices = (w for t in chain for c in t.children if c.lower_ == "according" for w in c.subtree if w.dep_ == "pobj")
    return any(voice.lower_ in OTHERS for voice in voices)


def marked(span: Span) -> bool:
    """Whether a doubting mark stands right before the hit (`so-called`, `alleged`), or it stands in scare quotes of its own."""
    before = [t.lower_ for t in span.doc[max(0, span.start - 3) : span.start]]
    after = span.doc[span.end].lower_ if span.end < len(span.doc) else ""
    if before and len(span) <= SCARE and before[-1] in QUOTES and after in QUOTES:
        return True
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
    return subject is not None and subject.lower_ in OTHERS


def announces(verb: Token) -> bool:
    """Whether those who say something say it of their own doing: `they say they will destroy us` reports no mere claim."""
    return any(child.dep_ == "nsubj" and child.lower_ in {"they", "he", "she", "it"} for child in verb.children)
