"""A codebook's examples as tests of its rules: an example must be tagged, a counterexample must not."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.codebook import Codebook
from pipeline.errors import Problem
from pipeline.model import Hit
from pipeline.rules import RuleEngine
from pipeline.rules.roles import Roles


def tags(book: Codebook, code: str, hits: tuple[Hit, ...]) -> list[Hit]:
    """The live hits that mean a code, or a sub-code that implies it."""
    return [hit for hit in hits if hit.live and code in (hit.code, book.implied(hit.code))]


def judged(book: Codebook) -> Iterator[tuple[str, str, bool, list[Hit]]]:
    """Code, text, whether it should be tagged, and the hits that tag it, for every example."""
    engine = RuleEngine(book, Roles({}, speaker="self"))
    for code in book.codes:
        for texts, wanted in ((code.examples, True), (code.counterexamples, False)):
            for text, hits in zip(texts, engine.hits(texts), strict=True):
                yield code.id, text, wanted, tags(book, code.id, hits)


def check(book: Codebook) -> list[Problem]:
    """The examples that the rules do not code as they should."""
    path = book.folder / "codebook.yaml"
    lines = path.read_text(encoding="utf-8").splitlines()
    found = []
    for code, text, wanted, hits in judged(book):
        if bool(hits) != wanted:
            line = next((n for n, row in enumerate(lines, 1) if text[:40] in row or text[:25] in row), 0)
            what = f"example is not tagged: {text!r}" if wanted else f"counterexample is tagged by {hits[0].rule}: {text!r}"
            found.append(Problem(str(path), line, f"{code}: {what}"))
    return found
