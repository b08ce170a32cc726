"""The figures of the verdict: weight of evidence of each narrative, what each code does to it, and how far it stands."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from pipeline.model import Row
from pipeline.report.charts import MOST_GROUPS, dots, labels, room, wrapped
from pipeline.report.drawing import INK, NARROW, PALETTE, SHAPES, Column, Figure, layered
from pipeline.report.facts import NONE, Facts
from pipeline.report.links import link

WEIGHTS = (Column("name", "Narrative"), Column("decibans", "Decibans", "signed"), Column("low", "From", "signed"),
           Column("high", "To", "signed"), Column("range_low", "Weakest ratios", "signed"), Column("range_high", "Strongest ratios", "signed"),
           Column("prior", "Prior", "percent"), Column("posterior", "Posterior", "percent"))  # fmt: skip
LEANS = (Column("value", "Group"), Column("name", "Narrative"), Column("lean", "Lean", "signed"), Column("lean_low", "From", "signed"),
         Column("lean_high", "To", "signed"), Column("decibans", "Decibans", "signed"), Column("passages", "Passages", "count"),
         Column("documents", "Documents", "count"), Column("interval_from", "Interval from"))  # fmt: skip
SETTINGS = (Column("what", "What is changed"), Column("settings", "Settings", "count"), Column("stands", "Verdict stands in", "percent"),
            Column("low", "Smallest lead", "signed"), Column("high", "Largest lead", "signed"))  # fmt: skip
LEAN = "decibans a statement, against “none of these”"


def zero_line() -> Any:
    """Where a narrative fits no better than discourse at large."""
    return alt.Chart(pd.DataFrame({"x": [0]})).mark_rule(strokeDash=[4, 3], color=INK).encode(x="x:Q")


def narratives(result: Row) -> Figure:
    """Weight of evidence of each narrative with its interval, the strongest first."""
    rows = [
        {**row, "open": link(narrative=row["id"], scope=result["scope"]),
         "tip": f"{row['name']}: {row['decibans']:+.1f} decibans ({row['low']:+.1f} to {row['high']:+.1f})"}
        for row in sorted(result["narratives"], key=lambda row: -row["decibans"]) if row["id"] != NONE
    ]  # fmt: skip

    def draw(width: int) -> Any:
        data = pd.DataFrame([{**{key: row[key] for key in ("decibans", "low", "high", "open", "tip")}, "label": wrapped(row["name"], width)} for row in rows])
        y = alt.Y("label:N", sort=list(data["label"]), title=None, axis=labels())
        x = {"title": "decibans against “none of these”", "axis": alt.Axis(tickCount=5)}
        marks = dots(data, y, "decibans", ("low", "high"), x, color=alt.value(PALETTE[1]))
        return layered(zero_line(), *marks, width=room(width), height=alt.Step(34 if width > NARROW else 40))

    title = f"Weight of evidence, {result['means']}"
    return Figure(f"narratives_{result['scope']}", title, f"{title}: decibans of each narrative with interval", draw, WEIGHTS, rows)


def pushes(facts: Facts, result: Row, narrative: str) -> Figure:
    """How far each code pushes a narrative, in which direction, the strongest first."""
    of = next(row for row in result["narratives"] if row["id"] == narrative)
    rows = [
        {"code": code, "name": facts.code_name(code), "push": push, "open": link(code=code, scope=result["scope"]),
         "side": "for" if push > 0 else "against", "tip": f"{facts.code_name(code)}: {push:+.1f} decibans"}
        for code, push in sorted(of["pushes"].items(), key=lambda item: -item[1]) if push
    ]  # fmt: skip

    def draw(width: int) -> Any:
        named = [{**row, "label": wrapped(row["name"], width)} for row in rows]
        data = pd.DataFrame(named, columns=["label", "push", "side", "open", "tip"])
        y = alt.Y("label:N", sort=list(data["label"]), title=None, axis=labels())
        color = alt.Color("side:N", scale=alt.Scale(domain=["for", "against"], range=[PALETTE[1], PALETTE[0]]), legend=None)
        x = alt.X("push:Q", title="decibans: against ←  → for", axis=alt.Axis(tickCount=5))
        bars = alt.Chart(data).mark_bar(height=13).encode(y=y, x=x, color=color, href="open:N", description="tip:N")
        return layered(bars, zero_line(), width=room(width), height=alt.Step(22 if width > NARROW else 34))

    label = f"Decibans that each code adds to or takes from {of['name']}, {result['means']}"
    columns = (Column("name", "Code"), Column("push", "Decibans", "signed"))
    title = f"What each code does to “{of['name']}”, {result['means']}"
    return Figure(f"pushes_{narrative}", title, label, draw, columns, rows)


def leans(facts: Facts, dimension: str, scope: str) -> list[Row]:
    """Every narrative's lean in every group of a dimension, where there is one."""
    return [
        {**{key: group[key] for key in ("value", "documents", "passages", "interval_from")}, **row, "name": facts.name(row["id"]),
         "open": link(**{dimension: group["value"]}, narrative=row["id"], scope=scope),
         "tip": f"{group['value']}, {facts.name(row['id'])}: {row['lean']:+.2f} ({row['lean_low']:+.2f} to {row['lean_high']:+.2f})"}
        for group in facts.found["groups"] if group["dimension"] == dimension and group["scope"] == scope
        for row in group["narratives"] if row["id"] != NONE and row["lean"] is not None
    ]  # fmt: skip


def rivals(facts: Facts) -> dict[str, Any]:
    """Colour and shape of the two narratives ahead."""
    names = [facts.name(one) for one in facts.ahead]
    legend = alt.Legend(orient="top", title=None, direction="vertical", symbolOpacity=1)
    return {"color": alt.Color("name:N", scale=alt.Scale(domain=names, range=list(PALETTE[1::-1])), legend=legend),
            "shape": alt.Shape("name:N", scale=alt.Scale(domain=names, range=list(SHAPES[:2])), legend=legend)}  # fmt: skip


def lean_by_year(facts: Facts, scope: str) -> Figure | None:
    """The two narratives ahead, by year, with bands; None where fewer than three years carry codes."""
    rows = [row for row in leans(facts, "year", scope) if row["value"].isdigit()]
    data = pd.DataFrame([{**row, "year": int(row["value"])} for row in rows if row["id"] in facts.ahead])
    if not rows or data["year"].nunique() < 3:
        return None

    def draw(width: int) -> Any:
        wide = width > NARROW
        axis = alt.Axis(format="d", tickCount=8 if wide else 4, grid=False)
        x = alt.X("year:Q", title=None, axis=axis, scale=alt.Scale(zero=False, nice=False))
        base = alt.Chart(data).encode(x=x, color=rivals(facts)["color"])
        lines = base.mark_rule(strokeWidth=1.5, opacity=0.35).encode(y=alt.Y("lean_low:Q", title="decibans a statement"), y2="lean_high:Q")
        points = base.mark_point(size=36, filled=True, opacity=1).encode(y="lean:Q", shape=rivals(facts)["shape"], href="open:N", description="tip:N")
        return layered(lines, points, width=width - 70, height=280 if wide else 240)

    title = f"The two narratives ahead, by year, {facts.scope(scope)['means']}"
    note = "Lean: decibans a statement adds against “none of these”, so that years with much and little text compare. The table has all narratives."
    return Figure(f"lean_by_year_{scope}", title, f"{title}: lean with intervals", draw, LEANS, rows, note)


def lean_by(facts: Facts, dimension: str, scope: str) -> Figure | None:
    """The two narratives ahead in each group of a dimension; None where there is one group."""
    rows = leans(facts, dimension, scope)
    most = [value for value, _ in sorted({row["value"]: row["passages"] for row in rows}.items(), key=lambda item: -item[1])][:MOST_GROUPS]
    if len(most) < 2:
        return None
    order = list(dict.fromkeys(row["value"] for row in rows if row["value"] in most))
    shown = [row for row in rows if row["value"] in most and row["id"] in facts.ahead]

    def draw(width: int) -> Any:
        data = pd.DataFrame([{**row, "label": wrapped(row["value"], width)} for row in shown])
        y = alt.Y("label:N", sort=[wrapped(value, width) for value in order], title=None, axis=labels())
        x = {"title": "decibans a statement", "axis": alt.Axis(tickCount=5)}
        marks = dots(data, y, "lean", ("lean_low", "lean_high"), x, yOffset=alt.YOffset("name:N", sort=None), **rivals(facts))
        return layered(zero_line(), *marks, width=room(width), height=alt.Step(17))

    title = f"The two narratives ahead, by {dimension}, {facts.scope(scope)['means']}"
    return Figure(f"lean_by_{dimension}_{scope}", title, f"{title}: lean with intervals", draw, LEANS, rows, "The table has all narratives and groups.")


def sensitivity_rows(result: Row) -> list[Row]:
    """For each thing that is changed: how many settings, in what share the verdict stands, and how the lead varies."""
    found: dict[str, list[Row]] = {}
    for row in result["sensitivity"]["rows"]:
        found.setdefault(row["what"], []).append(row)
    table = []
    for what, rows in found.items():
        margins = [row["margin"] for row in rows if row["margin"] is not None]
        stands = sum(float(row["stands"]) for row in rows) / len(rows)
        table.append({"what": what, "settings": len(rows), "stands": stands, "low": min(margins, default=None), "high": max(margins, default=None),
                      "tip": f"{what}: stands in {stands:.0%} of {len(rows)} settings"})  # fmt: skip
    return table


def sensitivity(result: Row) -> Figure:
    """In what share of settings the verdict stands, by what is changed."""
    rows = sensitivity_rows(result)

    def draw(width: int) -> Any:
        data = pd.DataFrame([{**row, "label": wrapped(row["what"], width)} for row in rows], columns=["label", "stands", "tip"])
        y = alt.Y("label:N", sort=list(data["label"]), title=None, axis=labels())
        x = alt.X("stands:Q", title="share of settings in which the verdict stands", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%", tickCount=5))
        bars = alt.Chart(data).mark_bar(height=14, color=PALETTE[1]).encode(y=y, x=x, description="tip:N")
        return layered(bars, width=room(width), height=alt.Step(26))

    title = f"Where the verdict stands, {result['means']}"
    return Figure(f"sensitivity_{result['scope']}", title, f"{title}: share of settings, by what is changed", draw, SETTINGS, rows)
