"""Selections put on the plain text of their source, each checked against the words it quotes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.archive import refused
from pipeline.errors import PipelineError
from pipeline.exchange.calibrate import Calibration, calibrate, fits, quote_of
from pipeline.exchange.decoding import SourceText
from pipeline.exchange.qde_records import Selection

GAP = r"[\s\x00-\x1f]+"  # what stands between words
NEAR = 400  # characters around a selection in which its words are looked for


@dataclass(frozen=True, slots=True)
class Placed:
    """A selection in code points of the plain text, and what was doubtful about it ("" for nothing)."""

    selection: Selection
    start: int
    end: int
    doubt: str = ""


class OutsideText(ValueError):
    """A selection that no way of counting puts into its text."""


def outside(path: Path, source: str, error: OutsideText) -> PipelineError:
    """The error for a file with a selection outside its text."""
    return refused(path, f"in {source!r} a selection goes from {error}")


def place_all(text: SourceText, selections: Sequence[Selection]) -> tuple[list[Placed], list[str]]:
    """All selections of a source with their places, and the tool's habits; an error for one outside the text."""
    found = calibrate(text, selections)
    return [place(selection, text.plain, found) for selection in selections], [*text.habits, *found.way.habits()]


def place(selection: Selection, text: str, found: Calibration) -> Placed:
    """One selection's place, corrected by its quoted words where they stand nearby."""
    start, end = found.way.place(selection)
    if found.quoted and selection.name.strip() and not fits(selection.name, text, start, end):
        near = find_quote(selection.name, text, start, end)
        if near:
            return Placed(selection, *near, f"moved by {near[0] - start:+d} to the words it quotes")
        return Placed(selection, *inside(start, end, text), f"does not stand on the words it quotes, {selection.name[:60]!r}")
    return Placed(selection, *inside(start, end, text))


def inside(start: int, end: int, text: str) -> tuple[int, int]:
    """Ends within the text; an end one too far, which some tools write, is cut."""
    if not (-1 <= start <= end <= len(text) + 1):
        raise OutsideText(f"{start} to {end} in a text of {len(text)} characters")
    return max(start, 0), min(end, len(text))


def find_quote(name: str, text: str, start: int, end: int) -> tuple[int, int] | None:
    """Where the quoted words stand nearest to a place; None where they do not stand near it."""
    quote, cut = quote_of(name)
    if not quote:
        return None
    low = max(0, start - NEAR)
    pattern = re.compile(GAP.join(map(re.escape, quote.split())))
    spans = [match.span() for match in pattern.finditer(text, low, max(0, start) + NEAR + len(quote))]
    if not spans:
        return None
    first, last = min(spans, key=lambda span: abs(span[0] - start))
    return first, min(len(text), first + end - start) if cut and end > start else last
