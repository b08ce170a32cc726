"""The figures of trust: agreement of coders, quality of the classifier, and how far the verdict stands when things are changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt

from pipeline.model import Row
from pipeline.report.drawing import PALETTE, Column, Figure, columns
from pipeline.report.facts import Facts
from pipeline.report.links import link
from pipeline.report.marks import dots, labelled, layered, room, rows_of_names, span_in_words, step, upright

MORE = {"ac1": "AC1", "kappa": "Kappa", "positive_agreement": "Positive agreement"}  # shown where reliability.json has them
STANDING = {"above": "reached", "below": "missed", "open": "open", "unknown": "too rare"}
QUALITY = columns(
    "name | Code", "by | Decided by", "labels | Labels | count", "positives | Positives | count",
    "precision | Precision | figure", "recall | Recall | figure", "f1 | F1 | figure",
    "f1_low | From | figure", "f1_high | To | figure", "calibration_error | Calibration error | figure",
)  # fmt: skip
SETTINGS = columns(
    "what | What is changed", "setting | How", "ahead | Ahead", "second | Second", "margin | Lead | signed", "stands | Stands | percent"
)


def between_people(facts: Facts) -> dict[str, Row]:
    """The agreement of all coders together, by code."""
    return {row["code"]: row for row in facts.reliability["rows"] if row["kind"] == "coders"}


def agreement_rows(facts: Facts) -> list[Row]:
    """For each code the coders' agreement, and alpha of the hand codes with rules and with the classifier."""
    people = between_people(facts)
    alpha = {(row["who"], row["code"]): row["alpha"] for row in facts.reliability["rows"]}
    return [
        {**people[code], "name": facts.code_name(code), "rules": alpha.get(("hand / rules", code)),
         "classifier": alpha.get(("hand / classifier", code)), "bar": STANDING[people[code]["standing"]],
         "open": link(code=code, hand="labelled")}
        for code in facts.book.ids if code in people
    ]  # fmt: skip


def agreement_columns(rows: Sequence[Row]) -> tuple[Column, ...]:
    """The columns there are figures for."""
    more = [f"{key} | {head} | figure" for key, head in MORE.items() if any(row.get(key) is not None for row in rows)]
    return columns("name | Code", "passages | Passages | count", "prevalence | Prevalence | percent",
            "alpha | Alpha | figure", "low | From | figure", "high | To | figure", *more,
            "rules | Hand / rules | figure", "classifier | Hand / classifier | figure", "bar | The bar")  # fmt: skip


def agreement(facts: Facts) -> Figure | None:
    """Krippendorff's alpha of the coders on each code against the study's bar; None where nobody coded twice."""
    rows = agreement_rows(facts)
    drawn = [
        {**{key: row[key] for key in ("name", "alpha", "low", "high", "open")},
         "tip": f"{row['name']}: alpha {span_in_words(row['alpha'], row['low'], row['high'], '.2f')}"}
        for row in rows if row["alpha"] is not None and row["low"] is not None
    ]  # fmt: skip
    if not drawn:
        return None
    names = [row["name"] for row in drawn]

    def draw(width: int) -> Any:
        x: Row = {"title": "Krippendorff's alpha", "scale": alt.Scale(domain=[0, 1], clamp=True), "axis": alt.Axis(tickCount=5)}
        data, y = labelled(drawn, "name", width), rows_of_names(names, width)
        marks = dots(data, y, "alpha", ("low", "high"), x, color=alt.value(PALETTE[1]))
        return layered(upright(facts.study.thresholds.reliability), *marks, width=room(width), height=step(names, width))

    label = "Agreement of the coders: Krippendorff's alpha by code with intervals, and the study's bar"
    note = "The dashed line is the bar the study set; open: it lies within the interval. A name opens the labelled passages."
    return Figure("agreement", "Agreement of the coders", label, draw, agreement_columns(rows), rows, note)


def classifier_rows(facts: Facts) -> list[Row]:
    """Quality on documents the classifier did not see, by code."""
    return [
        {**row, "name": facts.code_name(row["code"]), "f1_low": row["f1_interval"][0], "f1_high": row["f1_interval"][1],
         "open": link(code=row["code"], hand="differs")}
        for row in facts.card.get("quality", [])
    ]  # fmt: skip


def setting_rows(facts: Facts, result: Row) -> list[Row]:
    """Every setting tried: which narrative is ahead, by how much, and in what share of its draws the verdict stands."""
    return [
        {**row, "ahead": facts.name(row["leader"]), "second": facts.name(row["runner_up"]), "stands": float(row["stands"])}
        for row in result["sensitivity"]["rows"]
    ]  # fmt: skip


def sensitivity(facts: Facts, result: Row) -> Figure | None:
    """In what share of settings the verdict stands, by what is changed; None where nothing was."""
    rows = setting_rows(facts, result)
    names = list(dict.fromkeys(row["what"] for row in rows))
    if not rows:
        return None
    of = {name: [row["stands"] for row in rows if row["what"] == name] for name in names}
    drawn = [
        {"what": name, "stands": sum(all_of) / len(all_of), "tip": f"{name}: {sum(all_of) / len(all_of):.0%}"}
        for name, all_of in of.items()
    ]

    def draw(width: int) -> Any:
        x = alt.X("stands:Q", title="verdict stands in", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%", tickCount=5))
        bars = alt.Chart(labelled(drawn, "what", width)).mark_bar(height=14, color=PALETTE[1])
        return layered(
            bars.encode(y=rows_of_names(names, width), x=x, description="tip:N"), width=room(width), height=step(names, width, 26)
        )

    title = f"Where the verdict stands, {result['means']}"
    note = "Mean over the settings of each kind; the table has every setting."
    return Figure(f"sensitivity_{result['scope']}", title, f"{title}: share of settings, by what is changed", draw, SETTINGS, rows, note)
