"""The figures of the verdict: weight of evidence of each narrative, what each code does to it, and how it moves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from pipeline.model import Row
from pipeline.report.drawing import NARROW, PALETTE, SOFT, Figure, columns
from pipeline.report.facts import NONE, Facts
from pipeline.report.links import link
from pipeline.report.marks import (
    MOST_GROUPS,
    dots,
    in_order,
    labelled,
    layered,
    room,
    rows_of_names,
    span_in_words,
    step,
    told_apart,
    upright,
    years,
)

WEIGHTS = columns(
    "name | Narrative", "decibans | Decibans | signed", "low | From | signed", "high | To | signed",
    "range_low | Weakest ratios | signed", "range_high | Strongest ratios | signed",
    "prior | Prior weight | figure", "posterior | Posterior | percent",
)  # fmt: skip
LEANS = columns(
    "value | Group", "name | Narrative", "lean | Lean | signed", "lean_low | From | signed",
    "lean_high | To | signed", "decibans | Decibans | signed", "passages | Passages | count",
    "documents | Documents | count", "interval_from | Interval from",
)  # fmt: skip
PUSHES = columns("name | Code", "push | Decibans | signed")
AGAINST_NONE: Row = {"title": "decibans against “none of these”", "axis": alt.Axis(tickCount=5)}
A_STATEMENT: Row = {"title": "decibans a statement", "axis": alt.Axis(tickCount=5)}
LEAN_NOTE = "Lean: what one statement adds against “none of these”, so that much and little text compare. The table has all narratives."


def narratives(result: Row) -> Figure:
    """Weight of evidence of each narrative with its interval, the strongest first."""
    rows = [
        {**row, "open": link(narrative=row["id"], scope=result["scope"]),
         "tip": f"{row['name']}: {span_in_words(row['decibans'], row['low'], row['high'], '+.1f')} decibans"}
        for row in sorted(result["narratives"], key=lambda row: -row["decibans"]) if row["id"] != NONE
    ]  # fmt: skip
    names = [row["name"] for row in rows]
    drawn = [{key: row[key] for key in ("name", "decibans", "low", "high", "open", "tip")} for row in rows]

    def draw(width: int) -> Any:
        data, y = labelled(drawn, "name", width), rows_of_names(names, width)
        marks = dots(data, y, "decibans", ("low", "high"), AGAINST_NONE, color=alt.value(PALETTE[1]))
        return layered(upright(0), *marks, width=room(width), height=step(names, width, 34))

    title = f"Weight of evidence, {result['means']}"
    return Figure(f"narratives_{result['scope']}", title, f"{title}: decibans of each narrative with interval", draw, WEIGHTS, rows)


def pushes(facts: Facts, result: Row, narrative: str) -> Figure:
    """How far each code pushes a narrative, in which direction, the strongest first."""
    of = next(row for row in result["narratives"] if row["id"] == narrative)
    rows = [
        {"name": facts.code_name(code), "push": push, "side": "for" if push > 0 else "against",
         "open": link(code=code, scope=result["scope"]), "tip": f"{facts.code_name(code)}: {push:+.1f} decibans"}
        for code, push in sorted(of["pushes"].items(), key=lambda item: -item[1]) if abs(push) >= 0.05
    ]  # fmt: skip
    said = f"All codes as at large: {of['baseline']:+.1f} decibans"
    every = link(narrative=narrative, scope=result["scope"])
    rows.append({"name": "All codes as at large", "push": of["baseline"], "side": "at large", "open": every, "tip": said})
    names = [row["name"] for row in rows]

    def draw(width: int) -> Any:
        color = alt.Color(
            "side:N", scale=alt.Scale(domain=["for", "against", "at large"], range=[PALETTE[1], PALETTE[0], SOFT]), legend=None
        )
        x = alt.X("push:Q", title="decibans: against ←  → for", axis=alt.Axis(tickCount=5))
        base = alt.Chart(labelled(rows, "name", width)).mark_bar(height=13)
        bars = base.encode(y=rows_of_names(names, width), x=x, color=color, href="open:N", description="tip:N")
        return layered(bars, upright(0), width=room(width), height=step(names, width))

    title = f"What each code does to “{of['name']}”, {result['means']}"
    return Figure(f"pushes_{narrative}", title, f"{title}: decibans for and against", draw, PUSHES, rows)


def leans(facts: Facts, dimension: str, scope: str) -> list[Row]:
    """Every narrative's lean in every group of a dimension, where there is one."""
    return [
        {**{key: group[key] for key in ("value", "documents", "passages", "interval_from")}, **row, "name": facts.name(row["id"]),
         "open": link(**{dimension: group["value"]}, narrative=row["id"], scope=scope),
         "tip": f"{group['value']}, {facts.name(row['id'])}: {span_in_words(row['lean'], row['lean_low'], row['lean_high'], '+.2f')}"}
        for group in facts.found["groups"] if group["dimension"] == dimension and group["scope"] == scope
        for row in group["narratives"] if row["id"] != NONE and row["lean"] is not None and row["lean_low"] is not None
    ]  # fmt: skip


def of_rivals(facts: Facts, rows: Sequence[Row]) -> list[Row]:
    """The rows of the two narratives ahead."""
    return [row for row in rows if row["id"] in facts.ahead]


def rivals(facts: Facts) -> dict[str, Any]:
    """Colour and shape of the two narratives ahead."""
    return told_apart("name", [facts.name(one) for one in facts.ahead], PALETTE[1::-1], direction="vertical")


def lean_by_year(facts: Facts, scope: str) -> Figure | None:
    """The two narratives ahead, by year, with intervals; None where fewer than three years carry codes."""
    rows = [{**row, "year": int(row["value"])} for row in leans(facts, "year", scope) if row["value"].isdigit()]
    if len({row["year"] for row in rows}) < 3:
        return None
    data = pd.DataFrame(of_rivals(facts, rows))
    most = 1.5 * float(data["lean"].abs().max())
    frame = {**A_STATEMENT, "scale": alt.Scale(domain=[-most, most])}

    def draw(width: int) -> Any:
        look = rivals(facts)
        base = alt.Chart(data).encode(x=years(width), color=look["color"])
        lines = base.mark_rule(strokeWidth=1.5, opacity=0.35, clip=True).encode(y=alt.Y("lean_low:Q", **frame), y2="lean_high:Q")
        points = base.mark_point(size=36, filled=True, opacity=1)
        points = points.encode(y="lean:Q", shape=look["shape"], href="open:N", description="tip:N")
        return layered(lines, points, width=width - 70, height=280 if width > NARROW else 240)

    title = f"The two narratives ahead, by year, {facts.scope(scope)['means']}"
    return Figure(f"lean_by_year_{scope}", title, f"{title}: lean with intervals", draw, LEANS, rows, LEAN_NOTE)


def lean_by(facts: Facts, dimension: str, scope: str) -> Figure | None:
    """The two narratives ahead in each group of a dimension; None where there is one group."""
    rows = leans(facts, dimension, scope)
    passages = {row["value"]: row["passages"] for row in rows}
    most = sorted(passages, key=lambda group: -passages[group])[:MOST_GROUPS]
    if len(most) < 2:
        return None
    order = in_order(facts, dimension, most)
    shown = [row for row in of_rivals(facts, rows) if row["value"] in most]

    def draw(width: int) -> Any:
        data, y = labelled(shown, "value", width), rows_of_names(order, width)
        look = {**rivals(facts), "yOffset": alt.YOffset("name:N", sort=None)}
        marks = dots(data, y, "lean", ("lean_low", "lean_high"), A_STATEMENT, **look)
        return layered(upright(0), *marks, width=room(width), height=alt.Step(17))

    title = f"The two narratives ahead, by {dimension}, {facts.scope(scope)['means']}"
    return Figure(f"lean_by_{dimension}_{scope}", title, f"{title}: lean with intervals", draw, LEANS, rows, LEAN_NOTE)
