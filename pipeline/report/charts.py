"""The figures of shares: how often each code stands, by year, by speaker, by document."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from pipeline.model import Row
from pipeline.report.drawing import INK, LINE, NARROW, PALETTE, SHAPES, SOFT, Column, Figure, layered
from pipeline.report.facts import Facts
from pipeline.report.links import link, of_group

MOST_GROUPS = 20
SHARE = alt.Axis(format="%", tickCount=5)
OF_SHARE = {"title": "share of passages", "axis": SHARE}
GROUPS = {
    "period": "by period", "speaker": "by speaker", "partner": "where the partner is named and where not",
    "kind": "by kind of document", "country": "by country",
}  # fmt: skip
SHARES = (Column("group", "Group"), Column("name", "Code"), Column("share", "Share", "percent"), Column("low", "From", "percent"),
          Column("high", "To", "percent"), Column("passages", "Passages", "count"), Column("documents", "Documents", "count"))  # fmt: skip


def wrapped(text: str, width: int) -> str:
    """A label broken into lines that fit beside a chart of this width."""
    return "\n".join(textwrap.wrap(str(text), 34 if width > NARROW else 17)) or str(text)


def labels(orient: str = "left") -> alt.Axis:
    """An axis of names, broken where their lines are."""
    return alt.Axis(labelExpr="split(datum.label, '\\n')", orient=orient, grid=False, domain=False, ticks=False, labelPadding=8)


def room(width: int) -> int:
    """What a chart of this width leaves beside its names."""
    return width - (250 if width > NARROW else 140)


def as_percent(value: float) -> str:
    """A share in words."""
    return "n/a" if pd.isna(value) else f"{value:.1%}"


def by_frame(facts: Facts) -> dict[str, alt.Color | alt.Shape]:
    """Colour and shape of the frames, so that neither is needed alone."""
    names = [facts.book.code(frame).name for frame in facts.book.frames]
    legend = alt.Legend(orient="top", title=None)
    return {"color": alt.Color("frame:N", scale=alt.Scale(domain=names, range=list(PALETTE[: len(names)])), legend=legend),
            "shape": alt.Shape("frame:N", scale=alt.Scale(domain=names, range=list(SHAPES[: len(names)])), legend=legend)}  # fmt: skip


def share_rows(facts: Facts, dimension: str, codes: Sequence[str]) -> pd.DataFrame:
    """Rows of shares.csv with names, frames, the address of the passages behind them, and words for the mark."""
    data = facts.shares[(facts.shares["dimension"] == dimension) & facts.shares["code"].isin(list(codes))].copy()
    book = facts.book
    data["name"] = [book.code(code).name for code in data["code"]]
    data["frame"] = [book.code(book.code(code).parent or code).name for code in data["code"]]
    data["group"] = data["value"]
    data["open"] = [of_group(dimension, value, code) for value, code in zip(data["value"], data["code"], strict=True)]
    data["tip"] = [f"{row.group}, {row.name_}: {as_percent(row.share)} ({as_percent(row.low)} to {as_percent(row.high)})"
                   for row in data.rename(columns={"name": "name_"}).itertuples()]  # fmt: skip
    return data


def records(data: pd.DataFrame) -> list[Row]:
    """A table as rows."""
    rows: list[Row] = data.to_dict("records")  # type: ignore[assignment]
    return rows


def dots(data: pd.DataFrame, y: Any, at: str, span: tuple[str, str], horizontal: Row, **look: Any) -> tuple[Any, Any]:
    """Intervals as lines and estimates as marks that open the passages behind them; `horizontal` says what their axis is."""
    shape = {"shape": look.pop("shape")} if "shape" in look else {}
    base = alt.Chart(data).encode(y=y, href="open:N", **look)
    line = base.mark_rule(strokeWidth=2, opacity=0.7).encode(x=alt.X(f"{span[0]}:Q", **horizontal), x2=f"{span[1]}:Q")
    mark = base.mark_point(filled=True, size=70, opacity=1).encode(x=alt.X(f"{at}:Q", **horizontal), description="tip:N", **shape)
    return line, mark


def by_group(facts: Facts, dimension: str) -> Figure | None:
    """Share of each frame in each group; None where there is one group."""
    data = share_rows(facts, dimension, facts.book.frames)
    most = data.groupby("group")["passages"].max().nlargest(MOST_GROUPS).index
    if len(most) < 2:
        return None
    data = data[data["group"].isin(list(most))]
    order = [p.name for p in facts.study.periods if p.name in set(most)] if dimension == "period" else []
    order = order + sorted(set(most) - set(order))

    def draw(width: int) -> Any:
        named = data.assign(label=[wrapped(group, width) for group in data["group"]])
        y = alt.Y("label:N", sort=[wrapped(group, width) for group in order], title=None, axis=labels())
        look = {**by_frame(facts), "yOffset": alt.YOffset("frame:N", sort=None)}
        return layered(*dots(named, y, "share", ("low", "high"), OF_SHARE, **look), width=room(width), height=alt.Step(15))

    rest = data["group"].nunique() < facts.shares[facts.shares["dimension"] == dimension]["value"].nunique()
    note = f"The {MOST_GROUPS} with most passages; all are in shares.csv." if rest else ""
    title = f"Frames {GROUPS[dimension]}"
    return Figure(f"frames_by_{dimension}", title, f"{title}: share of passages with intervals", draw, SHARES, records(data), note)


def timeline(facts: Facts) -> Figure | None:
    """Share of each frame by year with a five-year mean; None where there are fewer than three years."""
    data = share_rows(facts, "year", facts.book.frames)
    data = data[data["group"] != "undated"]
    if data["group"].nunique() < 3:
        return None
    data = data.assign(year=data["group"].astype(int)).sort_values(["frame", "year"])
    data["mean"] = data.groupby("frame")["share"].transform(lambda s: s.rolling(5, center=True, min_periods=2).mean())

    def draw(width: int) -> Any:
        wide = width > NARROW
        x = alt.X("year:Q", title=None, axis=alt.Axis(format="d", tickCount=8 if wide else 4, grid=False), scale=alt.Scale(zero=False, nice=False))
        base = alt.Chart(data).encode(x=x, color=by_frame(facts)["color"])
        y = alt.Y("share:Q", title="share of passages", axis=SHARE)
        points = base.mark_point(size=32, filled=True, opacity=0.75).encode(y=y, shape=by_frame(facts)["shape"], href="open:N", description="tip:N")
        line = base.mark_line(strokeWidth=2.5).encode(y="mean:Q")
        return layered(line, points, width=width - 70, height=280 if wide else 220)

    label = "Share of passages with each frame by year, points, and their five-year means, lines"
    return Figure("timeline", "Frames by year", label, draw, SHARES, records(data), "Points are years, lines five-year means.")


ESTIMATES = {"corrected": ("share", "low", "high"), "labels only": ("labels_only", "labels_low", "labels_high"),
             "naive": ("naive", "naive_low", "naive_high")}  # fmt: skip
ESTIMATED = (Column("name", "Code"), Column("naive", "Naive", "percent"), Column("naive_low", "From", "percent"), Column("naive_high", "To", "percent"),
             Column("labels_only", "Labels only", "percent"), Column("labels_low", "From", "percent"), Column("labels_high", "To", "percent"),
             Column("share", "Figure to use", "percent"), Column("low", "From", "percent"), Column("high", "To", "percent"), Column("method", "Method"),
             Column("positives", "Positive labels", "count"), Column("more_labels", "More labels wanted", "count"), Column("note", "Note"))  # fmt: skip


def estimate_rows(data: pd.DataFrame) -> pd.DataFrame:
    """One row an estimate of a share, where there is one; a figure that was not corrected is no second estimate."""
    parts = []
    for method, names in ESTIMATES.items():
        known = data[data["method"] != "naive"] if method == "corrected" else data
        part = known.assign(estimate=method, at=known[names[0]], low=known[names[1]], high=known[names[2]])
        parts.append(part[part["at"].notna()])
    found = pd.concat(parts)
    found["tip"] = [f"{name}, {how}: {as_percent(at)} ({as_percent(low)} to {as_percent(high)})"
                    for name, how, at, low, high in found[["name", "estimate", "at", "low", "high"]].itertuples(index=False)]  # fmt: skip
    return found


def estimates(facts: Facts, codes: Sequence[str], what: str) -> Figure:
    """The share of some codes in the whole discourse: as the machine codes it, by labels alone, and corrected."""
    data = share_rows(facts, "all", codes)
    data["flag"] = ["⚑ " if flagged else "" for flagged in data["flagged"]]
    found = estimate_rows(data)
    legend = alt.Legend(orient="top", title=None)
    colors = alt.Color("estimate:N", scale=alt.Scale(domain=list(ESTIMATES), range=[PALETTE[1], PALETTE[2], PALETTE[0]]), legend=legend)
    shapes = alt.Shape("estimate:N", scale=alt.Scale(domain=list(ESTIMATES), range=list(SHAPES[:3])), legend=legend)

    def draw(width: int) -> Any:
        named = found.assign(label=[wrapped(flag + name, width) for flag, name in zip(found["flag"], found["name"], strict=True)])
        order = [wrapped(flag + name, width) for flag, name in zip(data["flag"], data["name"], strict=True)]
        y = alt.Y("label:N", sort=order, title=None, axis=labels())
        look = {"color": colors, "shape": shapes, "yOffset": alt.YOffset("estimate:N", sort=list(ESTIMATES))}
        return layered(*dots(named, y, "at", ("low", "high"), OF_SHARE, **look), width=room(width), height=alt.Step(14))

    title = f"Shares of {what}, the whole discourse"
    note = "⚑: coders agree less on this code than the study's bar." if any(data["flag"]) else ""
    return Figure(f"shares_{what.replace('-', '_')}", title, f"{title}: naive, by labels alone, and corrected, with intervals", draw, ESTIMATED, records(data), note)


def documents(facts: Facts) -> Figure | None:
    """Heat map of documents by code: share of a document's passages that carry the code."""
    rows = [
        {"document": row["id"], "date": row["date"], "speaker": row["speaker"], "code": code, "count": row["counts"].get(code, 0),
         "passages": row["passages"], "share": row["counts"].get(code, 0) / row["passages"], "open": link(document=row["id"], code=code)}
        for row in facts.documents for code in facts.book.ids
    ]  # fmt: skip
    if not rows:
        return None
    seen = pd.DataFrame([row for row in rows if row["count"]], columns=list(rows[0]))

    def draw(width: int) -> Any:
        wide = width > NARROW
        y = alt.Y("document:N", sort=[row["id"] for row in facts.documents], title=None,
                  axis=alt.Axis(labelLimit=210 if wide else 100, labelFontSize=9, grid=False, ticks=False, domainColor=LINE))  # fmt: skip
        x = alt.X("code:N", sort=list(facts.book.ids), title=None, scale=alt.Scale(domain=list(facts.book.ids)),
                  axis=alt.Axis(orient="top", labelAngle=-60, labelFontSize=11, labelColor=INK, grid=False, ticks=False, domainColor=LINE))  # fmt: skip
        color = alt.Color("share:Q", scale=alt.Scale(scheme="cividis", reverse=True), legend=alt.Legend(orient="bottom", title="share of passages", format="%", titleColor=SOFT))
        return alt.Chart(seen).mark_rect().encode(x=x, y=y, color=color).properties(width=room(width) + (30 if wide else 0), height=alt.Step(10))

    columns = (Column("document", "Document"), Column("date", "Date"), Column("speaker", "Speaker"), Column("code", "Code"),
               Column("count", "With the code", "count"), Column("passages", "Passages", "count"))  # fmt: skip
    return Figure("documents", "Documents by code", "Share of each document's passages that carry each code", draw, columns, rows)
