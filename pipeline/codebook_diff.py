"""What differs between two codebooks: codes, their wording, rules, and what narratives expect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import ndiff

from pipeline.codebook import Codebook
from pipeline.store import dumps


def differences(old: Codebook, new: Codebook) -> Iterator[str]:
    """Lines that tell, part by part, what came (+), went (-) or changed from one codebook to the other; none where they are alike."""
    for part, before, after in (
        ("code", worded(old), worded(new)),
        ("rule", ruled(old), ruled(new)),
        ("narrative", expected(old), expected(new)),
    ):
        yield from changed(part, before, after)


def worded(book: Codebook) -> dict[str, list[str]]:
    """What coders read of each code, in lines."""
    return {
        code.id: [
            f"name: {code.name}", f"parent: {code.parent or 'none'}", f"definition: {code.definition}",
            *(f"{title}: {line}" for title in ("include", "exclude", "examples", "counterexamples") for line in getattr(code, title)),
        ]
        for code in book.codes
    }  # fmt: skip


def ruled(book: Codebook) -> dict[str, list[str]]:
    """Each rule's code and pattern."""
    return {rule.id: [f"code: {rule.code}", f"pattern: {dumps(list(rule.pattern))}"] for rule in book.rules}


def expected(book: Codebook) -> dict[str, list[str]]:
    """What each narrative expects of each code."""
    return {one.id: [f"{code}: {level}" for code, level in one.expects.items()] for one in book.narratives}


def changed(part: str, before: Mapping[str, list[str]], after: Mapping[str, list[str]]) -> Iterator[str]:
    """The lines of one part."""
    for name in [*before, *(name for name in after if name not in before)]:
        if name not in after:
            yield f"- {part} {name}"
        elif name not in before:
            yield f"+ {part} {name}"
        elif before[name] != after[name]:
            yield f"  {part} {name}"
            yield from (f"    {line.rstrip()}" for line in ndiff(before[name], after[name]) if line[0] in "+-")
