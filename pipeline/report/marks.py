"""What the charts have in common: rows of names, intervals with their estimates, colours and shapes, the axis of years."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

import altair as alt
import pandas as pd

from pipeline.model import Row
from pipeline.report.drawing import INK, NARROW, PALETTE, SHAPES
from pipeline.report.facts import Facts

MOST_GROUPS = 20
SHARE: Row = {"title": "share of passages", "axis": alt.Axis(format="%", tickCount=5)}


def wrapped(text: str, width: int) -> str:
    """A label broken into lines that fit beside a chart of this width."""
    return "\n".join(textwrap.wrap(str(text), 34 if width > NARROW else 17)) or str(text)


def room(width: int) -> int:
    """What a chart of this width leaves beside its names."""
    return width - (260 if width > NARROW else 140)


def rows_of_names(names: Sequence[str], width: int) -> alt.Y:
    """The vertical axis of a chart whose rows are named by the field `label`, in this order."""
    axis = alt.Axis(labelExpr="split(datum.label, '\\n')", grid=False, domain=False, ticks=False, labelPadding=8)
    return alt.Y("label:N", sort=[wrapped(name, width) for name in names], title=None, axis=axis)


def step(names: Iterable[str], width: int, least: int = 22) -> alt.Step:
    """A height of rows that holds the most lines any name breaks into."""
    return alt.Step(max([least, *(15 * (1 + wrapped(name, width).count("\n")) + 5 for name in names)]))


def labelled(rows: Iterable[Row], field: str, width: int) -> pd.DataFrame:
    """Rows as a table with their names as labels for a chart of this width."""
    return pd.DataFrame([{**row, "label": wrapped(row[field], width)} for row in rows])


def dots(data: pd.DataFrame, y: Any, at: str, span: tuple[str, str], horizontal: Row, **look: Any) -> tuple[Any, Any]:
    """Intervals as lines and estimates as marks that open the passages behind them; `horizontal` says what their axis is."""
    shape = {"shape": look.pop("shape")} if "shape" in look else {}
    base = alt.Chart(data).encode(y=y, href="open:N", description="tip:N", **look)
    line = base.mark_rule(strokeWidth=2, opacity=0.7).encode(x=alt.X(f"{span[0]}:Q", **horizontal), x2=f"{span[1]}:Q")
    mark = base.mark_point(filled=True, size=70, opacity=1).encode(x=alt.X(f"{at}:Q", **horizontal), **shape)
    return line, mark


def told_apart(field: str, names: Sequence[str], colors: Sequence[str] = PALETTE, **legend: Any) -> dict[str, Any]:
    """Colour and shape of some names, so that neither is needed alone."""
    key = alt.Legend(orient="top", title=None, **legend)
    domain = list(names)
    tints, shapes = (alt.Scale(domain=domain, range=list(these[: len(domain)])) for these in (colors, SHAPES))
    return {"color": alt.Color(f"{field}:N", scale=tints, legend=key), "shape": alt.Shape(f"{field}:N", scale=shapes, legend=key)}


def upright(at: float) -> Any:
    """A dashed line across all rows: where a narrative fits no better than discourse at large, or a bar that was set."""
    return alt.Chart(pd.DataFrame({"x": [at]})).mark_rule(strokeDash=[4, 3], color=INK).encode(x="x:Q")


def years(width: int) -> alt.X:
    """The horizontal axis of years."""
    axis = alt.Axis(format="d", tickCount=8 if width > NARROW else 4, grid=False)
    return alt.X("year:Q", title=None, axis=axis, scale=alt.Scale(zero=False, nice=False))


def layered(*layers: Any, width: int, height: Any) -> Any:
    """Layers as one chart of a size."""
    return alt.layer(*layers).properties(width=width, height=height)


def in_order(facts: Facts, dimension: str, groups: Iterable[str]) -> list[str]:
    """Groups as they should stand: periods as the study gives them, speakers as they first speak, others by name."""
    known = [period.name for period in facts.study.periods] if dimension == "period" else []
    known += [row["speaker"] for row in facts.documents] if dimension == "speaker" else []
    present = set(groups)
    first = [name for name in dict.fromkeys(known) if name in present]
    return first + sorted(present - set(first))


def span_in_words(at: Any, low: Any, high: Any, form: str) -> str:
    """An estimate with its interval, for the mark that shows it."""
    return f"{at:{form}} ({low:{form}} to {high:{form}})" if low == low else f"{at:{form}}"
