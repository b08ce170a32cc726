"""How a tool counts positions, recognised from the words it quotes.

REFI-QDA counts Unicode code points from 0 and excludes the end. Tools differ:
some count CRLF as one or as two whatever the file holds, some count the BOM,
some count UTF-16 units, some are off by one at an end. Where the names of
selections quote their words, the way of counting under which most quotes stand
where they should is taken; the standard's own way wins a tie.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

from pipeline.exchange.decoding import SourceText
from pipeline.exchange.plain import Plain, words
from pipeline.exchange.qde_records import Selection

SAMPLE = 200  # selections that are tried; more would not tell more
CUT = 20  # a quote at least this long may be cut without a sign of it
SHIFTS = (0, -1, 1)


class Frame:
    """A text as a tool sees it, and its positions as code points of the plain text."""

    def __init__(self, seen: str, habit: str = "") -> None:
        self.seen = seen
        self.habit = habit
        self.plain = Plain(seen)

    @cached_property
    def wide(self) -> list[int]:
        """Where, in UTF-16 units, the characters stand that take two of them."""
        places = (index for index, char in enumerate(self.seen) if ord(char) > 0xFFFF)
        return [index + before for before, index in enumerate(places)]

    def at(self, position: int, utf16: bool) -> int:
        """A position in code points of the plain text."""
        return self.plain.at(position - bisect_left(self.wide, position) if utf16 else position)


@dataclass(frozen=True, slots=True)
class Way:
    """One way of counting: in which text, in which units, and how far the ends are off."""

    frame: Frame
    utf16: bool = False
    bom: bool = False
    first: int = 0
    last: int = 0

    def place(self, selection: Selection) -> tuple[int, int]:
        """A selection's ends in code points of the plain text; negative where it begins before the text."""
        start, end = selection.start + self.first - self.bom, selection.end + self.last - self.bom
        return (self.frame.at(start, self.utf16) if start >= 0 else start), self.frame.at(end, self.utf16)

    def habits(self) -> Iterator[str]:
        """What is not the standard's way."""
        if self.frame.habit:
            yield self.frame.habit
        if self.utf16:
            yield "positions count UTF-16 units, not code points"
        if self.bom:
            yield "positions count the byte order mark"
        if self.first:
            yield f"selections begin one character too {'late' if self.first < 0 else 'early'}"
        if self.last:
            yield f"selections end one character too {'late' if self.last < 0 else 'early'}"


@dataclass(frozen=True, slots=True)
class Calibration:
    """The way taken for a source, and whether the names of its selections are quotes that can be checked."""

    way: Way
    quoted: bool


def calibrate(text: SourceText, selections: Sequence[Selection]) -> Calibration:
    """The way of counting that fits a source's selections best."""
    tried = selections[:: max(1, len(selections) // SAMPLE)]
    candidates = ways(text)
    standard = next(candidates)
    best, score = standard, (quotes(standard, text.plain, tried), tidy(standard, text.plain, tried))
    if score[0] < 2 * len(tried):
        for way in candidates:
            found = (quotes(way, text.plain, tried), tidy(way, text.plain, tried))
            if found > score:
                best, score = way, found
    if score[0] >= len(tried):  # at least half of them stand exactly, or all as beginnings
        return Calibration(best, bool(tried))
    plainest = [Way(frame) for frame in frames(text)]
    return Calibration(max(plainest, key=lambda way: edges(way, text.plain, tried)), False)


def ways(text: SourceText) -> Iterator[Way]:
    """All ways of counting that could differ on a text, the standard's first."""
    wide = (False, True) if max(text.stored, default="") > "\uffff" else (False,)
    boms = (False, True) if text.bom else (False,)
    for frame in frames(text):
        for first, last, utf16, bom in product(SHIFTS, SHIFTS, wide, boms):
            yield Way(frame, utf16, bom, first, last)


def frames(text: SourceText) -> Iterator[Frame]:
    """The texts a tool may have counted in: as stored, with one character a line end, with two."""
    yield Frame(text.stored)
    if text.plain != text.stored:
        yield Frame(text.plain, "each line end is counted as one character, whatever the file holds")
    doubled = text.plain.replace("\n", "\r\n")
    if doubled not in (text.stored, text.plain):
        yield Frame(doubled, "each line end is counted as two characters, whatever the file holds")


def quotes(way: Way, text: str, selections: Sequence[Selection]) -> int:
    """How well selections stand on the words they quote: 2 each that fits, 1 that fits as a beginning."""
    return sum(fits(selection.name, text, *way.place(selection)) for selection in selections)


def tidy(way: Way, text: str, selections: Sequence[Selection]) -> int:
    """How many selections neither begin nor end with space, which quotes leave out and an end off by one takes in."""
    taken = (text[max(start, 0) : end] for start, end in map(way.place, selections))
    return sum(words == words.strip() for words in taken)


def fits(name: str, text: str, start: int, end: int) -> int:
    """2 where the words at a place are those quoted (or begin so, if the quote says it is cut), 1 where they begin so, else 0."""
    quote, cut = quote_of(name)
    there = words(text[start:end]) if 0 <= start < end <= len(text) else ""
    if not quote or not there:
        return 0
    if there == quote or (cut and there.startswith(quote)):
        return 2
    return int(len(quote) >= CUT and there.startswith(quote))


def quote_of(name: str) -> tuple[str, bool]:
    """A selection's name as the words it quotes, and whether it says it is cut."""
    said = words(name)
    whole = said.removesuffix("…").removesuffix("...").rstrip()
    return whole, whole != said


def edges(way: Way, text: str, selections: Sequence[Selection]) -> int:
    """How many ends of selections stand at ends of words, which is where people put them; outside the text counts against."""
    return sum(edge(text, place) for selection in selections for place in way.place(selection))


def edge(text: str, place: int) -> int:
    """1 at an end of a word, 0 within one, -1 outside the text."""
    if not 0 <= place <= len(text):
        return -1
    return int(place in (0, len(text)) or not (text[place - 1].isalnum() and text[place].isalnum()))
