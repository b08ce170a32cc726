"""What a REFI-QDA project holds, as records; GUIDs in small letters without braces, "" where something is not said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class User:
    """Somebody, or something, that coded."""

    guid: str
    name: str


@dataclass(frozen=True, slots=True)
class Code:
    """A code or a folder of codes (`codable` False); `parent` is a GUID."""

    guid: str
    name: str
    parent: str = ""
    description: str = ""
    color: str = ""
    codable: bool = True


@dataclass(frozen=True, slots=True)
class Coding:
    """A code given to a selection."""

    guid: str
    code: str
    user: str = ""
    time: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Selection:
    """A stretch of a source, in whatever the tool counts; `name` is often the words selected."""

    guid: str
    start: int
    end: int
    name: str = ""
    memo: str = ""
    user: str = ""
    time: str = ""
    codings: tuple[Coding, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """A text of the project: in a member of the archive (`path`) or in the project file (`content`).

    `boxes`: how many stretches of pages are marked, which have no words.
    """

    guid: str
    name: str
    path: str = ""
    content: str | None = None
    description: str = ""
    selections: tuple[Selection, ...] = ()
    codings: tuple[Coding, ...] = ()
    notes: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    boxes: int = 0


@dataclass(frozen=True, slots=True)
class Note:
    """A note."""

    guid: str
    name: str
    user: str
    text: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A set of codes or sources, by GUID."""

    guid: str
    name: str
    description: str
    codes: tuple[str, ...]
    sources: int = 0


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable's name."""

    guid: str
    name: str


@dataclass(frozen=True, slots=True)
class Case:
    """A case with its values by variable's GUID and its sources' GUIDs."""

    guid: str
    name: str
    values: Mapping[str, str]
    sources: tuple[str, ...]
    selections: int = 0


@dataclass(frozen=True, slots=True)
class Lost:
    """A part of the project that has no place in a study."""

    kind: str
    name: str
    parts: int = 1


@dataclass(frozen=True, slots=True)
class About:
    """The project's own attributes."""

    name: str
    origin: str = ""
    user: str = ""
    modified_by: str = ""
    modified: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """The project's description."""

    text: str


Record = Words | User | Code | Source | Note | Group | Variable | Case | Lost | About
