"""The figures of shares: how often each code stands, by group, by year, by document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from pipeline.model import Row
from pipeline.report.drawing import INK, LINE, NARROW, PALETTE, SOFT, Figure, columns
from pipeline.report.facts import Facts
from pipeline.report.links import link, of_group
from pipeline.report.marks import (
    MOST_GROUPS,
    SHARE,
    dots,
    in_order,
    labelled,
    layered,
    room,
    rows_of_names,
    span_in_words,
    told_apart,
    years,
)

GROUPS = {
    "period": "by period", "speaker": "by speaker", "partner": "where the partner is named and where not",
    "kind": "by kind of document", "country": "by country",
}  # fmt: skip
SHARES = columns("group | Group", "name | Code", "share | Share | percent", "low | From | percent",
          "high | To | percent", "method | Method", "passages | Passages | count", "documents | Documents | count")  # fmt: skip
ESTIMATES = {"corrected": ("share", "low", "high"), "labels only": ("labels_only", "labels_low", "labels_high"),
             "naive": ("naive", "naive_low", "naive_high")}  # fmt: skip
ESTIMATED = columns(
    "name | Code", "naive | Naive | percent", "naive_low | From | percent", "naive_high | To | percent",
    "labels_only | Labels only | percent", "labels_low | From | percent", "labels_high | To | percent",
    "share | Figure to use | percent", "low | From | percent", "high | To | percent", "method | Method",
    "positives | Positive labels | count", "more_labels | More labels wanted | count", "note | Note",
)  # fmt: skip
DOCUMENTS = columns("document | Document", "date | Date", "speaker | Speaker", "code | Code",
             "count | With the code | count", "passages | Passages | count")  # fmt: skip


def records(data: pd.DataFrame) -> list[Row]:
    """A table as rows."""
    return [dict(zip(data.columns, values, strict=True)) for values in data.itertuples(index=False, name=None)]


def share_rows(facts: Facts, dimension: str, codes: Sequence[str]) -> list[Row]:
    """Rows of shares.csv with names, frames, the address of the passages behind them, and words for the mark."""
    rows = facts.shares[(facts.shares["dimension"] == dimension) & facts.shares["code"].isin(list(codes))]
    found = []
    for row in records(rows):
        code, group = facts.book.code(row["code"]), f"partner {row['value']}" if dimension == "partner" else row["value"]
        name = facts.code_name(code.id, short=True)
        said = f"{group}, {name}: {span_in_words(row['share'], row['low'], row['high'], '.1%')}"
        more = {"name": name, "frame": facts.book.code(code.parent or code.id).name, "group": group, "tip": said}
        found.append({**row, **more, "open": of_group(dimension, row["value"], code.id)})
    return found


def by_frame(facts: Facts) -> dict[str, Any]:
    """Colour and shape of the frames."""
    return told_apart("frame", [facts.book.code(frame).name for frame in facts.book.frames])


def by_group(facts: Facts, dimension: str) -> Figure | None:
    """Share of each frame in each group; None where there is one group."""
    every = share_rows(facts, dimension, facts.book.frames)
    passages = {row["group"]: row["passages"] for row in every}
    most = sorted(passages, key=lambda group: -passages[group])[:MOST_GROUPS]
    if len(most) < 2:
        return None
    order = in_order(facts, dimension, most)
    rows = sorted((row for row in every if row["group"] in most), key=lambda row: order.index(row["group"]))

    def draw(width: int) -> Any:
        look = {**by_frame(facts), "yOffset": alt.YOffset("frame:N", sort=None)}
        marks = dots(labelled(rows, "group", width), rows_of_names(order, width), "share", ("low", "high"), SHARE, **look)
        return layered(*marks, width=room(width), height=alt.Step(15))

    note = f"The {MOST_GROUPS} with most passages; all are in shares.csv." if len(passages) > len(most) else ""
    title = f"Frames {GROUPS[dimension]}"
    return Figure(f"frames_by_{dimension}", title, f"{title}: share of passages with intervals", draw, SHARES, rows, note)


def with_means(rows: Sequence[Row]) -> pd.DataFrame:
    """Dated rows with each frame's mean over five years."""
    data = pd.DataFrame([{**row, "year": int(row["value"])} for row in rows]).sort_values(["frame", "year"])
    means = data.groupby("frame")["share"].transform(lambda shares: shares.rolling(5, center=True, min_periods=2).mean())
    return data.assign(mean=means.round(5))


def timeline(facts: Facts) -> Figure | None:
    """Share of each frame by year with a five-year mean; None where there are fewer than three years."""
    dated = [row for row in share_rows(facts, "year", facts.book.frames) if row["value"].isdigit()]
    if len({row["value"] for row in dated}) < 3:
        return None
    data = with_means(dated)

    def draw(width: int) -> Any:
        look = by_frame(facts)
        base = alt.Chart(data).encode(x=years(width), color=look["color"])
        points = base.mark_point(size=32, filled=True, opacity=0.75)
        points = points.encode(y=alt.Y("share:Q", **SHARE), shape=look["shape"], href="open:N", description="tip:N")
        line = base.mark_line(strokeWidth=2.5).encode(y="mean:Q")
        return layered(line, points, width=width - 70, height=280 if width > NARROW else 220)

    label = "Share of passages with each frame by year, points, and their five-year means, lines"
    headed = [*SHARES, *columns("mean | Five-year mean | percent")]
    return Figure("timeline", "Frames by year", label, draw, headed, records(data), "Points are years, lines five-year means.")


def estimate_rows(rows: Sequence[Row]) -> list[Row]:
    """One row an estimate of a share, where there is one; a figure that was not corrected is no second estimate."""
    return [
        {"name": row["name"], "estimate": how, "open": row["open"], "at": row[at], "low": row[low], "high": row[high],
         "tip": f"{row['name']}, {how}: {span_in_words(row[at], row[low], row[high], '.1%')}"}
        for row in rows for how, (at, low, high) in ESTIMATES.items()
        if pd.notna(row[at]) and not (how == "corrected" and row["method"] == "naive")
    ]  # fmt: skip


def estimates(facts: Facts, codes: Sequence[str], what: str) -> Figure:
    """The share of some codes in the whole discourse: as the machine codes it, by labels alone, and corrected."""
    rows = share_rows(facts, "all", codes)
    shown = estimate_rows(rows)

    def draw(width: int) -> Any:
        look = told_apart("estimate", list(ESTIMATES), [PALETTE[1], PALETTE[2], PALETTE[0]])
        y = rows_of_names([row["name"] for row in rows], width)
        look["yOffset"] = alt.YOffset("estimate:N", sort=list(ESTIMATES))
        return layered(
            *dots(labelled(shown, "name", width), y, "at", ("low", "high"), SHARE, **look), width=room(width), height=alt.Step(14)
        )

    title = f"Shares of {what}, the whole discourse"
    label = f"{title}: naive, by labels alone, and corrected, with intervals"
    return Figure(f"shares_{what.replace('-', '_')}", title, label, draw, ESTIMATED, rows)


def document_rows(facts: Facts) -> list[Row]:
    """For each document and code, on how many of its passages the code stands."""
    return [
        {"document": row["id"], "date": row["date"], "speaker": row["speaker"], "code": code, "count": row["counts"].get(code, 0),
         "passages": row["passages"], "share": row["counts"].get(code, 0) / row["passages"], "open": link(document=row["id"], code=code)}
        for row in facts.documents for code in facts.book.ids
    ]  # fmt: skip


def documents(facts: Facts) -> Figure:
    """Heat map of documents by code: share of a document's passages that carry the code."""
    rows = document_rows(facts)
    seen = pd.DataFrame([row for row in rows if row["count"]], columns=["document", "code", "share"])
    small: Row = {"grid": False, "ticks": False, "domainColor": LINE}

    def draw(width: int) -> Any:
        down = alt.Axis(labelLimit=210 if width > NARROW else 100, labelFontSize=9, **small)
        across = alt.Axis(orient="top", labelAngle=-60, labelFontSize=11, labelColor=INK, **small)
        key = alt.Legend(orient="bottom", title="share of passages", format="%", titleColor=SOFT)
        return alt.Chart(seen).mark_rect().encode(
            x=alt.X("code:N", title=None, scale=alt.Scale(domain=list(facts.book.ids)), axis=across),
            y=alt.Y("document:N", sort=[row["id"] for row in facts.documents], title=None, axis=down),
            color=alt.Color("share:Q", scale=alt.Scale(scheme="cividis", reverse=True), legend=key),
        ).properties(width=room(width), height=alt.Step(10))  # fmt: skip

    return Figure("documents", "Documents by code", "Share of each document's passages that carry each code", draw, DOCUMENTS, rows)
