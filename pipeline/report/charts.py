"""The report's charts: Altair specifications drawn to SVG here, so the page needs no script and no network."""

from __future__ import annotations

import re
from typing import Any

import altair as alt
import pandas as pd
import vl_convert
from markupsafe import Markup, escape

from pipeline.codebook import Codebook
from pipeline.config import Study
from pipeline.model import Row

WIDTH = 560
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
INK = "#7d8790"  # readable on white and on near-black
FAINT = "#8888"
MOST_GROUPS = 20
SHARE = alt.Axis(format="%")
LEGEND = alt.Legend(orient="top", title=None)
AXIS = {
    "labelColor": INK, "titleColor": INK, "gridColor": "#8884", "domainColor": FAINT, "tickColor": FAINT,
    "labelFontSize": 12, "titleFontSize": 12, "labelLimit": 280,
}  # fmt: skip
CONFIG = {
    "background": "transparent", "font": FONT, "axis": AXIS, "view": {"stroke": None},
    "padding": {"left": 30, "right": 10, "top": 5, "bottom": 5},
    "legend": {"labelColor": INK, "titleColor": INK, "labelFontSize": 12},
}  # fmt: skip


def svg(chart: Any, label: str) -> Markup:
    """A chart as inline SVG that scales with the page and has a text alternative."""
    drawn: str = vl_convert.vegalite_to_svg(chart.configure(**CONFIG).to_json())
    opening, rest = drawn[drawn.index("<svg") :].split(">", 1)
    width = re.search(r'width="(\d+)', opening)
    assert width is not None
    opening = re.sub(r' (?:width|height|class)="[^"]*"', "", opening)
    return Markup(f'{opening} role="img" aria-label="{escape(label)}" style="max-width:{width[1]}px">{rest}')


def intervals(base: Any, title: str, low: str = "low", high: str = "high", **axis: Any) -> Any:
    """A line from low to high on the horizontal axis."""
    return base.mark_rule(strokeWidth=2, opacity=0.65).encode(x=alt.X(f"{low}:Q", title=title, **axis), x2=f"{high}:Q")


def narrative_chart(result: Row) -> Markup:
    """Weight of evidence of each narrative with its interval, the strongest first."""
    data = pd.DataFrame([row for row in result["narratives"] if row["id"] != "none"])
    order = data.sort_values("decibans", ascending=False)["name"].tolist()
    base = alt.Chart(data).encode(y=alt.Y("name:N", sort=order, title=None), color=alt.value("#0072b2"))
    point = base.mark_point(filled=True, size=90).encode(x="decibans:Q")
    zero = alt.Chart(pd.DataFrame({"x": [0]})).mark_rule(strokeDash=[4, 3], color=INK).encode(x="x:Q")
    chart = zero + intervals(base, "decibans against “none of these”") + point
    return svg(chart.properties(width=WIDTH - 160, height=170), f"Weight of evidence for each narrative: {result['words']}")


def of_frames(shares: pd.DataFrame, book: Codebook, dimension: str) -> pd.DataFrame:
    """The shares of the frames in the groups of a dimension, with the frames' names."""
    data = shares[(shares["dimension"] == dimension) & shares["code"].isin(book.frames)]
    return data.assign(frame=data["code"].map(lambda code: book.code(code).name))


def frame_color(book: Codebook, legend: alt.Legend | None = LEGEND) -> alt.Color:
    """The codebook's colours for its frames."""
    names, colors = [book.code(f).name for f in book.frames], [book.code(f).color for f in book.frames]
    return alt.Color("frame:N", scale=alt.Scale(domain=names, range=colors), legend=legend)


def share_chart(shares: pd.DataFrame, book: Codebook, dimension: str, order: list[str]) -> Markup | None:
    """Share of each frame in each group of a dimension, with intervals; None where there is one group."""
    data = of_frames(shares, book, dimension)
    most = data.groupby("value")["passages"].max().nlargest(MOST_GROUPS).index
    if len(most) < 2:
        return None
    data = data[data["value"].isin(most)]
    sort = [name for name in order if name in set(most)] or sorted(most)
    rows = alt.Y("value:N", title=None, sort=sort)
    base = alt.Chart(data).encode(y=rows, yOffset=alt.YOffset("frame:N"), color=frame_color(book))
    point = base.mark_point(filled=True, size=50).encode(x="share:Q", shape=alt.Shape("frame:N", legend=None))
    chart = intervals(base, "share of passages", axis=SHARE) + point
    label = f"Share of passages with each frame by {dimension}; the figures are in shares.csv"
    return svg(chart.properties(width=WIDTH - 180, height=alt.Step(13)), label)


def year_chart(shares: pd.DataFrame, book: Codebook) -> Markup | None:
    """Share of each frame by year with a five-year mean; None where there are fewer than three years."""
    data = of_frames(shares, book, "year")
    data = data[data["value"] != "undated"]
    if data["value"].nunique() < 3:
        return None
    data = data.assign(year=data["value"].astype(int)).sort_values(["frame", "year"])
    data["mean"] = data.groupby("frame")["share"].transform(lambda s: s.rolling(5, center=True, min_periods=2).mean())
    x = alt.X("year:Q", title=None, axis=alt.Axis(format="d"), scale=alt.Scale(zero=False, nice=False))
    base = alt.Chart(data).encode(x=x, color=frame_color(book))
    y = alt.Y("share:Q", title="share of passages", axis=SHARE)
    points = base.mark_point(size=18, opacity=0.45, filled=True).encode(y=y, shape=alt.Shape("frame:N", legend=None))
    line = base.mark_line(strokeWidth=2.5).encode(y="mean:Q", strokeDash=alt.StrokeDash("frame:N", legend=None))
    label = "Share of passages with each frame by year; the figures are in shares.csv"
    return svg((points + line).properties(width=WIDTH - 60, height=240), label)


def code_chart(shares: pd.DataFrame, book: Codebook) -> Markup:
    """Share of every sub-code in the whole discourse, with intervals."""
    subs = [code for code in book.codes if code.parent]
    names = {code.id: f"{code.parent}: {code.name}" for code in subs}
    frames = {code.id: book.code(code.parent or code.id).name for code in subs}
    data = shares[(shares["dimension"] == "all") & shares["code"].isin(names)]
    data = data.assign(name=data["code"].map(names), frame=data["code"].map(frames))
    rows = alt.Y("name:N", sort=list(names.values()), title=None)
    base = alt.Chart(data).encode(y=rows, color=frame_color(book, legend=None))
    point = base.mark_point(filled=True, size=50).encode(x="share:Q")
    chart = intervals(base, "share of passages", axis=SHARE) + point
    label = "Share of passages with each sub-code; the figures are in shares.csv"
    return svg(chart.properties(width=WIDTH - 220, height=alt.Step(18)), label)


def all_charts(found: Row, shares: pd.DataFrame, book: Codebook, study: Study) -> dict[str, Markup | None]:
    """Every chart of the page by name."""
    periods = [period.name for period in study.periods]
    made: dict[str, Markup | None] = {f"narratives_{result['scope']}": narrative_chart(result) for result in found["scopes"]}
    made |= {name: share_chart(shares, book, name, periods) for name in ("period", "speaker", "kind", "country", "partner")}
    return made | {"years": year_chart(shares, book), "codes": code_chart(shares, book)}
