"""The definitions that labels were given under: kept beside the labels, so that a changed one can be told from an unchanged one.

`corpus/<study>/labels/codebooks/<hash>.json` holds the codes of one version of
the codebook as coders read them; it is written before the first label under
that version and never changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline import store
from pipeline.codebook import Codebook
from pipeline.config import Study

Texts = Mapping[str, Mapping[str, Any]]  # code id -> what a coder reads of it
READ = ("name", "definition", "include", "exclude", "examples", "counterexamples")


@dataclass(frozen=True, slots=True)
class Change:
    """A code that coders now read otherwise: its text then (None where it is new) and now."""

    code: str
    then: str | None
    now: str


def folder(study: Study) -> Path:
    """Where a study's definitions are kept."""
    return study.labels / "codebooks"


def path_of(study: Study, version: str) -> Path:
    """The file of a version; its hash names it, since what a person calls a version may be anything."""
    return folder(study) / f"{version.rpartition('+')[2]}.json"


def texts(book: Codebook) -> dict[str, dict[str, Any]]:
    """What coders read of each code."""
    return {code.id: code.model_dump(include=set(READ), mode="json") for code in book.codes}


def keep(study: Study, book: Codebook) -> None:
    """Keep the definitions of a codebook where they are not kept yet."""
    path = path_of(study, book.version)
    if not path.is_file():
        store.write_json(path, {"version": book.version, "codes": texts(book)})


def kept(study: Study, version: str) -> Texts | None:
    """The definitions of a version, None where nobody labelled in the workbench under it."""
    path = path_of(study, version)
    if "+" not in version or not path.is_file():
        return None
    found: Texts = store.read_json(path)["codes"]
    return found


def changes(then: Texts, book: Codebook) -> dict[str, Change]:
    """The codes of which coders read something else now than then, and those that are new."""
    found = {}
    for code in book.codes:
        now = code.model_dump(include=set(READ), mode="json")
        if now != then.get(code.id):
            found[code.id] = Change(code.id, as_text(then[code.id]) if code.id in then else None, as_text(now))
    return found


def as_text(code: Mapping[str, Any]) -> str:
    """A code's definition as one text, a part a line."""
    parts = [f"{code['name']}: {code['definition']}"]
    parts += [f"{name.capitalize()}: {line}" for name in READ[2:] for line in code[name]]
    return "\n".join(parts)
