"""From an Altair chart to SVG and PNG, here and now: page and papers need no script and no network.

Charts are drawn once, in the colours below. In the page the stylesheet puts other colours in their place where the
reader's screen is dark (`report.css`), so every colour used must be one of these.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import altair as alt
import vl_convert
from markupsafe import Markup, escape

from pipeline.model import Row

alt.data_transformers.disable_max_rows()
WIDE, NARROW = 860, 340  # pixels of a chart: on a page or in print, on a telephone
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
INK, SOFT, LINE = "#1c2329", "#56616b", "#d5dbe0"
# Okabe and Ito (2008), Color Universal Design: told apart by all common kinds of colour blindness.
PALETTE = ("#d55e00", "#0072b2", "#cc79a7", "#009e73", "#e69f00", "#56b4e9")
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")
AXIS = {
    "labelColor": INK, "titleColor": SOFT, "gridColor": LINE, "domainColor": SOFT, "tickColor": SOFT,
    "labelFontSize": 13, "titleFontSize": 13, "titleFontWeight": "normal", "labelLimit": 320,
}  # fmt: skip
CONFIG = {
    "background": "transparent", "font": FONT, "aria": False, "axis": AXIS, "view": {"stroke": None}, "padding": 6,
    "legend": {"labelColor": INK, "titleColor": INK, "labelFontSize": 13, "symbolStrokeWidth": 2, "symbolOpacity": 1, "labelLimit": 320},
    "header": {"labelColor": INK, "labelFontSize": 13, "titleColor": INK, "labelFontWeight": "bold"},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a figure's table: field, heading, and how its figures are written ("" for words)."""

    field: str
    head: str
    form: str = ""


def columns(*said: str) -> tuple[Column, ...]:
    """Columns from texts of the form `field | heading` or `field | heading | form`."""
    return tuple(Column(*(part.strip() for part in one.split("|"))) for one in said)


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: a chart for any width, what it shows in words, and the data behind it as a table.

    A row's `open` is the address of the passages behind it.
    """

    name: str
    title: str
    label: str
    draw: Callable[[int], Any]
    columns: Sequence[Column]
    rows: Sequence[Row] = field(default_factory=list)
    note: str = ""


def specification(figure: Figure, width: int) -> str:
    """A figure's chart as Vega-Lite."""
    chart: str = figure.draw(width).configure(**CONFIG).to_json(validate=False)
    return chart


def svg(figure: Figure, width: int = WIDE) -> str:
    """A figure as an SVG file with its text alternative; marks are links that carry their own description."""
    drawn: str = vl_convert.vegalite_to_svg(specification(figure, width))
    drawn = re.sub(r"(\.\d\d)\d+", r"\1", drawn)  # a hundredth of a pixel is enough
    drawn = re.sub(r'<a xlink:href="[^"#]*#', '<a tabindex="-1" href="#', drawn)
    drawn = re.sub(r'<(path|line)([^>]*?) aria-label="([^"]*)"([^>]*)/>', r"<\1\2\4><title>\3</title></\1>", drawn)
    drawn = re.sub(r' (?:role|aria-roledescription)="graphics-symbol"| aria-roledescription="[^"]*"', "", drawn)
    drawn = numbered(drawn, f"{figure.name}-{width}-")
    alternative = f'role="group" aria-label="{escape(figure.label)}"'
    return re.sub(r'class="marks" ', f"{alternative} ", drawn, count=1)


def numbered(drawn: str, prefix: str) -> str:
    """An SVG whose ids start anew and are this drawing's own; the library counts them up from drawing to drawing."""
    ids = list(dict.fromkeys(re.findall(r'\bid="((?:gradient_|clip)\d+)"', drawn)))
    return re.sub(r"\b(?:gradient_|clip)\d+\b", lambda found: f"{prefix}{ids.index(found[0])}" if found[0] in ids else found[0], drawn)


def png(drawn: str) -> bytes:
    """An SVG as PNG on white, at 200 % for print."""
    start = drawn.index(">") + 1
    white = '<rect width="100%" height="100%" fill="white"/>'
    image: bytes = vl_convert.svg_to_png(drawn[:start] + white + drawn[start:], scale=2)
    return image


def inline(drawn: str) -> Markup:
    """An SVG as part of a page."""
    return Markup(re.sub(r' (?:version|xmlns(?::\w+)?)="[^"]*"', "", drawn[: drawn.index(">")]) + drawn[drawn.index(">") :])
