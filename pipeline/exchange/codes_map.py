"""Codes of another tool as codes of a codebook: by GUID, by id, by name below the same parent, by a name only one code has."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pipeline.codebook import Codebook
from pipeline.errors import Problem
from pipeline.exchange import guids
from pipeline.exchange.code_words import description
from pipeline.exchange.qde_records import Code

SAYS_ID = re.compile(r"^Code id: (\S+)\s*$", re.M)


@dataclass(frozen=True, slots=True)
class CodeMap:
    """`known`: our code's id by the other's GUID. `unknown`: codes that have no match here. `differences`: what is said otherwise there."""

    known: Mapping[str, str]
    unknown: Mapping[str, Code]
    differences: tuple[Problem, ...]


def map_codes(theirs: Mapping[str, Code], book: Codebook, file: str) -> CodeMap:
    """Which code of the codebook each of their codes is."""
    ours = index(book)
    shared = Counter(code.name.casefold() for code in theirs.values())
    known = {guid: found for guid, code in theirs.items() if (found := match(code, theirs, ours, shared))}
    unknown = {guid: code for guid, code in theirs.items() if guid not in known and code.codable}
    differences = [
        Problem(file, 0, what, "warning", "codebook") for guid, code in known.items() for what in changes(theirs[guid], code, book)
    ]
    return CodeMap(known, unknown, tuple(differences))


def index(book: Codebook) -> dict[tuple[str, str], str]:
    """Ids of our codes by all that may tell them: ("guid", …), ("id", …), ("path", …), ("name", …)."""
    found: dict[tuple[str, str], str] = {}
    names = Counter(code.name.casefold() for code in book.codes)
    for code in book.codes:
        above = book.code(code.parent).name if code.parent else ""
        found[("guid", guids.of_code(book.name, code.id, code.guid))] = code.id
        found[("id", code.id)] = code.id
        found[("path", f"{above}/{code.name}".casefold())] = code.id
        if names[code.name.casefold()] == 1:
            found[("name", code.name.casefold())] = code.id
    return found


def match(code: Code, theirs: Mapping[str, Code], ours: Mapping[tuple[str, str], str], shared: Mapping[str, int]) -> str:
    """The id of our code that theirs is; "" where there is none. A name that several of theirs bear tells nothing."""
    said = SAYS_ID.search(code.description)
    above = theirs[code.parent].name if code.parent in theirs else ""
    keys = [("guid", code.guid), ("id", said[1] if said else ""), ("id", code.name), ("path", f"{above}/{code.name}".casefold())]
    if shared[code.name.casefold()] == 1:
        keys.append(("name", code.name.casefold()))
    return next((ours[key] for key in keys if key in ours), "")


def changes(theirs: Code, ours: str, book: Codebook) -> Iterator[str]:
    """What their codebook says of a code that ours does not; ours is not touched."""
    code = book.code(ours)
    if theirs.name not in (code.name, code.id):
        yield f"code {ours} is named {theirs.name!r} there; the codebook here keeps {code.name!r}"
    if theirs.color and theirs.color.lower() != code.color.lower():
        yield f"code {ours} has the colour {theirs.color} there; the codebook here keeps {code.color}"
    if theirs.description and SAYS_ID.search(theirs.description) and theirs.description.strip() != description(code).strip():
        yield f"code {ours} is described otherwise there; the codebook here is not changed"
