"""The marks of the rules (at the words they hit) and of the model (at passages), as users of their own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.codebook import Codebook
from pipeline.exchange.guids import MODEL, RULES
from pipeline.exchange.marks import NO_CLOCK, Made, Names, Note
from pipeline.model import Row

Place = tuple[tuple[int, int], str, bool]  # stretch of the document, code, whether it counts
Found = tuple[Row, Row]  # a hit and the coding it is part of


@dataclass(frozen=True, slots=True)
class Machines:
    """Which rules, which model, which codebook: their hashes and its version."""

    rules: str
    model: str
    codebook: str

    @classmethod
    def of(cls, book: Codebook, model_sha256: str) -> Machines:
        """Short hashes, as users see them."""
        return cls(book.rules_hash[:12], model_sha256[:12] or "none", book.version)

    def user(self, author: str) -> str:
        """The name of a machine as a user."""
        return f"{author}@{self.rules if author == RULES else self.model}"


def lines(facts: Mapping[str, object]) -> str:
    """Facts as a note's text, one a line, those without a value left out."""
    return "\n".join(f"{key}: {value}" for key, value in facts.items() if value not in ("", None))


def model_marks(passages: Sequence[Row], codings: Sequence[Row], machines: Machines, names: Names) -> Made:
    """A mark for each code the model says is present on a passage, with its probability."""
    marks, notes = [], []
    for passage, coding in zip(passages, codings, strict=True):
        place = (passage["start"], passage["end"])
        for code, decision in coding["codes"].items():
            if decision["present"]:
                memo = f"p={decision['p']:g}"
                note = Note(names.guid("note", MODEL, *place, code), f"{code} {memo}", MODEL, NO_CLOCK, why_present(code, coding, machines))
                marks.append(names.mark(MODEL, place, code, time=NO_CLOCK, memo=memo, notes=(note.guid,)))
                notes.append(note)
    return Made(tuple(marks), tuple(notes))


def why_present(code: str, coding: Row, machines: Machines) -> str:
    """The note of a model's coding: how likely, by what, of which codebook."""
    live = sorted({hit["rule"] for hit in coding["spans"] if hit["code"] == code and is_live(hit)})
    return lines({
        "probability": coding["codes"][code]["p"],
        "calibrated": "" if coding["calibrated"] else "no, it is the stated precision of the rules",
        "rule": ", ".join(live),
        "moved by": ", ".join(f"{word} {part:+g}" for word, part in coding.get("why", {}).get(code, ())),
        "model": machines.model,
        "codebook": machines.codebook,
        "passage": coding["id"],
    })  # fmt: skip


def is_live(hit: Row) -> bool:
    """Whether the speaker asserts what the rule found."""
    return not (hit["negated"] or hit["attributed"])


def rule_marks(passages: Sequence[Row], codings: Sequence[Row], machines: Machines, names: Names) -> Made:
    """A mark for each code at each stretch that rules hit; what is denied or reported there is a remark, not a code."""
    marks, notes = [], []
    for (place, code, live), hits in sorted(hits_by_place(passages, codings).items()):
        kind = () if live else ("doubt", code)
        title = rule_title(code, hits)
        note = Note(names.guid("note", RULES, *place, code, *kind), title, RULES, NO_CLOCK, why_hit(code, hits, machines))
        marks.append(names.mark(RULES, place, code if live else "", *kind, time=NO_CLOCK, memo=title, notes=(note.guid,)))
        notes.append(note)
    return Made(tuple(marks), tuple(notes))


def hits_by_place(passages: Sequence[Row], codings: Sequence[Row]) -> dict[Place, list[Found]]:
    """Rule hits with their coding, by stretch of the document, code, and whether they count."""
    found: dict[Place, list[Found]] = defaultdict(list)
    for passage, coding in zip(passages, codings, strict=True):
        for hit in coding["spans"]:
            place = (passage["start"] + hit["start"], passage["start"] + hit["end"])
            found[(place, hit["code"], is_live(hit))].append((hit, coding))
    return found


def rule_title(code: str, hits: Sequence[Found]) -> str:
    """A note's name: the code, its rules, and whether it is denied or reported."""
    said = sorted({word for hit, _ in hits for word in doubts_of(hit)})
    return f"{code} ({', '.join([*said, *sorted({hit['rule'] for hit, _ in hits})])})"


def doubts_of(hit: Row) -> list[str]:
    """Why a hit does not count."""
    return [word for key, word in (("negated", "denied"), ("attributed", "reported")) if hit[key]]


def why_hit(code: str, hits: Sequence[Found], machines: Machines) -> str:
    """The note of a rule's coding: which rules, who does it to whom, how likely the code is on the passage."""
    coding = hits[0][1]
    ways = sorted({f"{hit['source'] or '?'} > {hit['target'] or '?'}" for hit, _ in hits if hit["source"] or hit["target"]})
    return lines({
        "rule": ", ".join(sorted({hit["rule"] for hit, _ in hits})),
        "does not count": ", ".join(sorted({word for hit, _ in hits for word in doubts_of(hit)})),
        "roles": ", ".join(ways),
        "probability": coding["codes"].get(code, {}).get("p"),
        "rules": machines.rules,
        "codebook": machines.codebook,
        "passage": coding["id"],
    })  # fmt: skip
