"""What stands on a document for other tools: marks (selections with codes) and notes; positions in the document's code points."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.errors import Problem
from pipeline.exchange import guids
from pipeline.exchange.plain import Plain
from pipeline.model import Row

NO_CLOCK = "2000-01-01T00:00:00Z"  # the time of all that a machine made: the same state gives the same bytes


@dataclass(frozen=True, slots=True)
class Note:
    """A text for what REFI-QDA has no place for."""

    guid: str
    name: str
    author: str
    time: str
    text: str


@dataclass(frozen=True, slots=True)
class Mark:
    """One author's code on a stretch of a document, or a remark on it where `code` is "".

    `memo` is short; `notes` are GUIDs. Each code has a selection of its own,
    since some readers see only the first coding of a selection.
    """

    guid: str
    author: str
    start: int
    end: int
    code: str = ""
    coding: str = ""
    time: str = NO_CLOCK
    memo: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Made:
    """What one kind of author left on a document."""

    marks: tuple[Mark, ...] = ()
    notes: tuple[Note, ...] = ()
    losses: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """One document with all that stands on it, in reading order, and what had no place."""

    document: Row
    guid: str
    plain: Plain
    marks: tuple[Mark, ...]
    notes: tuple[Note, ...]
    losses: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Names:
    """Gives the GUIDs of what stands on one document, told by its GUID and places in its plain text."""

    document: str
    plain: Plain

    def guid(self, kind: str, *parts: object) -> str:
        """A GUID told by what the thing is and where it stands."""
        return guids.guid(kind, self.document, *parts)

    def place(self, start: int, end: int) -> tuple[int, int]:
        """A stretch of the document in its plain text, which is where other tools see it."""
        return self.plain.at(start), self.plain.at(end)

    def mark(self, author: str, place: tuple[int, int], code: str, *more: str, time: str, memo: str, notes: tuple[str, ...]) -> Mark:
        """A mark with the GUIDs that its place, author and code give it; `more` tells apart what else is the same."""
        parts = (author, *self.place(*place), code, *more)
        coding = self.guid("coding", *parts) if code else ""
        return Mark(self.guid("selection", *parts), author, *place, code, coding, time, memo, notes)
