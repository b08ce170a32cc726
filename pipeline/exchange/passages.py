"""Stretches of a document as passages: a code belongs to the passage, or passages, that its words stand in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline import store
from pipeline.model import Row

SPACE = " \t\n\r\f\v\u00a0\u2028\u2029\u3000\ufeff"


@dataclass(frozen=True, slots=True)
class Place:
    """A passage without its text."""

    id: str
    start: int
    end: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """The part of a selection that lies in one passage; `whole` where it is all of the passage's words."""

    place: Place
    start: int
    end: int
    whole: bool


def places(rows: Sequence[Row]) -> list[Place]:
    """The passages of a document."""
    return [Place(row["id"], row["start"], row["end"], store.sha256_text(row["text"])) for row in rows]


def stretches(start: int, end: int, text: str, among: Sequence[Place]) -> list[Stretch]:
    """Where a selection belongs: the passage that holds most of it, and any it covers by half; [] between passages."""
    parts = [(place, *trimmed(max(start, place.start), min(end, place.end), text)) for place in among]
    parts = [(place, low, high) for place, low, high in parts if low < high]
    if not parts:
        return []
    most = max(parts, key=lambda part: part[2] - part[1])
    covered = [part for part in parts if part is most or 2 * (part[2] - part[1]) >= part[0].end - part[0].start]
    return list(made(covered, text))


def reaches_over(start: int, end: int, text: str, parts: Sequence[Stretch]) -> bool:
    """Whether words of a selection lie in none of the passages it went to."""
    low, high = trimmed(start, end, text)
    return not parts or parts[0].start > low or parts[-1].end < high


def made(parts: Sequence[tuple[Place, int, int]], text: str) -> Iterator[Stretch]:
    """Parts as stretches."""
    for place, low, high in parts:
        yield Stretch(place, low, high, (low, high) == trimmed(place.start, place.end, text))


def trimmed(start: int, end: int, text: str) -> tuple[int, int]:
    """A stretch without the space at its ends."""
    words = text[start:end] if start < end else ""
    left = words.lstrip(SPACE)
    low = end - len(left)
    return (low, low + len(left.rstrip(SPACE))) if left else (start, start)
