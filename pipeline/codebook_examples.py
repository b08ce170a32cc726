"""A codebook's examples as tests of its rules: an example must be tagged, a counterexample must not."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline import yaml_lines
from pipeline.codebook import Codebook
from pipeline.errors import Problem
from pipeline.model import Hit
from pipeline.rules import RuleEngine
from pipeline.rules.roles import Roles


def tags(book: Codebook, code: str, hits: tuple[Hit, ...]) -> list[Hit]:
    """The live hits that mean a code, or a sub-code that implies it."""
    return [hit for hit in hits if hit.live and code in (hit.code, book.implied(hit.code))]


def judged(book: Codebook) -> Iterator[tuple[yaml_lines.Loc, str, bool, list[Hit]]]:
    """Place in codebook.yaml, text, whether it should be tagged, and the hits that tag it, for every example."""
    engine = RuleEngine(book, Roles({}, speaker="self"))
    for number, code in enumerate(book.codes):
        for kind, texts in (("examples", code.examples), ("counterexamples", code.counterexamples)):
            for index, (text, hits) in enumerate(zip(texts, engine.hits(texts), strict=True)):
                yield ("codes", number, kind, index), text, kind == "examples", tags(book, code.id, hits)


def check(book: Codebook) -> list[Problem]:
    """The examples that the rules do not code as they should."""
    path = book.folder / "codebook.yaml"
    _, lines = yaml_lines.load(path)
    found = []
    for place, text, wanted, hits in judged(book):
        if bool(hits) != wanted:
            what = f"example is not tagged: {text!r}" if wanted else f"counterexample is tagged by {hits[0].rule}: {text!r}"
            found.append(Problem(str(path), lines[place], f"{book.ids[int(place[1])]}: {what}"))
    return found
