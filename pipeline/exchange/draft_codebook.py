"""A codebook drafted from another tool's codes and sets: it loads and can be worked with, and says what is still to be written."""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pipeline.exchange.qde_records import Code, Group
from pipeline.model import Row

TO_WRITE = "To be written."
GREY = "#7f8c8d"
COLOR = re.compile(r"#[0-9a-fA-F]{6}")
FACTORS = {"strong": 2.5, "some": 1.6, "little": 0.6, "against": 0.35}


def ids_of(codes: Sequence[Code]) -> dict[str, str]:
    """An id for each code, by GUID: a frame for each code at the top, `frame.code` for all below it, however deep."""
    by_guid = {code.guid: code for code in codes}
    ids: dict[str, str] = {}
    for code in sorted(codes, key=lambda code: bool(code.parent)):
        top = top_of(code, by_guid)
        frame = ids.get(top.guid) or free(letters(top.name, ""), ids.values())
        ids[top.guid] = frame
        if code is not top:
            ids[code.guid] = free(f"{frame}.{letters(code.name, '_')}", ids.values())
    return {code.guid: ids[code.guid] for code in codes}


def top_of(code: Code, by_guid: Mapping[str, Code]) -> Code:
    """The code at the top above a code (itself, where nothing is above)."""
    seen = {code.guid}
    while code.parent in by_guid and code.parent not in seen:
        code = by_guid[code.parent]
        seen.add(code.guid)
    return code


def letters(name: str, between: str) -> str:
    """A name in small Latin letters, its words joined by `between`; `code` where it has none."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return between.join(re.findall("[a-z]+", plain)) or "code"


def free(name: str, taken: Iterable[str]) -> str:
    """A name that is not taken yet: itself, or with letters behind it."""
    used = set(taken)
    endings = ["", *string.ascii_lowercase, *(a + b for a in string.ascii_lowercase for b in string.ascii_lowercase)]
    return next((name + end for end in endings if name + end not in used), f"{name}{'z' * (len(used) + 1)}")


def codebook(name: str, origin: str, codes: Sequence[Code], ids: Mapping[str, str]) -> Row:
    """The data of codebook.yaml, frames first and each with what is below it."""
    rows = [code_row(code, ids[code.guid], origin) for code in codes]
    return {
        "name": name, "version": "0.1", "title": f"Codes of {origin or 'another tool'}",
        "note": f"Drafted from a file of {origin or 'another tool'}. What says '{TO_WRITE}' is to be written before anybody codes by it.",
        "codes": sorted(rows, key=lambda row: (row["id"].split(".")[0], "." in row["id"])),
    }  # fmt: skip


def code_row(code: Code, code_id: str, origin: str) -> Row:
    """One code as far as the other tool describes it."""
    said = code.description.strip()
    definition = said if len(said) >= 20 else f"{code.name}. {said} No fuller description came from {origin or 'the other tool'}.".strip()
    row: Row = {"id": code_id, "name": code.name, "parent": code_id.split(".")[0] if "." in code_id else None}
    row |= {"color": code.color if COLOR.fullmatch(code.color) else GREY, "definition": definition, "guid": code.guid}
    row |= {"include": [TO_WRITE], "exclude": [TO_WRITE], "examples": [TO_WRITE] * 3, "counterexamples": [TO_WRITE] * 2}
    return row


def rules(codes: Sequence[Code], ids: Mapping[str, str]) -> list[Row]:
    """A rule for each code below a frame: its own name in a text; the first thing to better."""
    made = []
    for code in codes:
        words = re.findall(r"[^\W_]+", code.name.lower()) or [ids[code.guid].split(".")[-1]]
        if "." in ids[code.guid]:
            made.append({"label": ids[code.guid], "id": f"{ids[code.guid]}.name", "pattern": [{"LOWER": word} for word in words]})
    return sorted(made, key=lambda row: str(row["id"]))


def narratives(groups: Sequence[Group], codes: Sequence[Code], ids: Mapping[str, str]) -> Row:
    """The data of narratives.yaml: a narrative a set, where there are two; else one a frame."""
    sets = [(group.name, [ids[guid] for guid in group.codes if guid in ids]) for group in groups]
    told = [(name, members) for name, members in sets if members]
    if len(told) < 2:
        told = [(f"Mostly {code.name}", [ids[code.guid]]) for code in codes if "." not in ids[code.guid]]
    stories: list[Row] = []
    for name, members in told:
        stories.append(story(name, dict.fromkeys(members, "strong"), [row["id"] for row in stories]))
    if len(stories) == 1:
        stories.append(story("Little of it", dict.fromkeys(stories[0]["expects"], "little"), [stories[0]["id"]]))
    share = round(1 / len(ids), 4)
    evidence: dict[str, Any] = {
        "factors": FACTORS, "concentration": 8, "document_correlation": 0.1, "reference_note": f"Every code alike. {TO_WRITE}",
        "reference": dict.fromkeys(sorted(ids.values()), share), "priors": {row["id"]: 1 for row in stories} | {"none": 1},
    }  # fmt: skip
    return {"note": f"Drafted from the file's sets; which theory expects what. {TO_WRITE}", "evidence": evidence, "narratives": stories}


def story(name: str, expects: Mapping[str, str], taken: Iterable[str]) -> Row:
    """One narrative."""
    known = free(letters(name, "_"), [*taken, "none"])
    return {"id": known, "name": name, "summary": TO_WRITE, "citations": [TO_WRITE], "expects": dict(expects)}
