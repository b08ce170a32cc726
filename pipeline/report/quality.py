"""The figures of trust: agreement of coders and quality of the classifier, by code."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from pipeline.model import Row
from pipeline.report.charts import dots, labels, room, wrapped
from pipeline.report.drawing import INK, NARROW, PALETTE, Column, Figure, layered
from pipeline.report.facts import Facts
from pipeline.report.links import link

AGREEMENT = {"ac1": "AC1", "kappa": "Kappa", "positive_agreement": "Positive agreement"}  # shown where reliability.json has them
MACHINES = ("rules", "classifier")
QUALITY = (Column("name", "Code"), Column("by", "Decided by"), Column("labels", "Labels", "count"), Column("positives", "Positives", "count"),
           Column("precision", "Precision", "figure"), Column("recall", "Recall", "figure"), Column("f1", "F1", "figure"),
           Column("f1_low", "From", "figure"), Column("f1_high", "To", "figure"), Column("calibration_error", "Calibration error", "figure"))  # fmt: skip


def coders_by_code(facts: Facts) -> dict[str, Row]:
    """The agreement of all coders, by code: the last of the rows between people."""
    return {row["code"]: row for row in facts.reliability["rows"] if not row["who"].startswith("hand")}


def agreement_rows(facts: Facts) -> list[Row]:
    """For each code the coders' agreement, and alpha of the hand codes with rules and with the classifier."""
    coders = coders_by_code(facts)
    machine = {(row["who"], row["code"]): row["alpha"] for row in facts.reliability["rows"]}
    return [
        {**coders[code], "name": facts.code_name(code), "rules": machine.get(("hand / rules", code)), "classifier": machine.get(("hand / classifier", code)),
         "flag": "" if coders[code]["reaches_bar"] else "under the bar", "open": link(code=code, hand="labelled")}
        for code in facts.book.ids if code in coders
    ]  # fmt: skip


def agreement_columns(rows: list[Row]) -> list[Column]:
    """The columns the file has figures for."""
    more = [Column(key, head, "figure") for key, head in AGREEMENT.items() if any(row.get(key) is not None for row in rows)]
    return [Column("name", "Code"), Column("passages", "Passages", "count"), Column("prevalence", "Prevalence", "percent"),
            Column("alpha", "Alpha", "figure"), Column("low", "From", "figure"), Column("high", "To", "figure"), *more,
            Column("rules", "Hand / rules", "figure"), Column("classifier", "Hand / classifier", "figure"), Column("flag", "")]  # fmt: skip


def agreement(facts: Facts) -> Figure | None:
    """Krippendorff's alpha of the coders on each code against the study's bar; None where nobody coded twice."""
    rows = agreement_rows(facts)
    if not rows:
        return None
    known = [row for row in rows if row["alpha"] is not None]

    def draw(width: int) -> Any:
        data = pd.DataFrame([{**{key: row[key] for key in ("alpha", "low", "high", "open")}, "label": wrapped(row["name"], width),
                              "tip": f"{row['name']}: alpha {row['alpha']:.2f}"} for row in known])  # fmt: skip
        y = alt.Y("label:N", sort=list(data["label"]), title=None, axis=labels())
        x = {"title": "Krippendorff's alpha", "scale": alt.Scale(domain=[0, 1], clamp=True)}
        bar = alt.Chart(pd.DataFrame({"x": [facts.study.thresholds.reliability]})).mark_rule(strokeDash=[4, 3], color=INK).encode(x="x:Q")
        marks = dots(data, y, "alpha", ("low", "high"), x, color=alt.value(PALETTE[1]))
        return layered(bar, *marks, width=room(width), height=alt.Step(21 if width > NARROW else 34))

    title = "Agreement of the coders"
    label = f"{title}: Krippendorff's alpha by code with intervals; the dashed line is the study's bar"
    return Figure("agreement", title, label, draw, agreement_columns(rows), rows, "The dashed line is the bar the study set.")


def classifier_rows(facts: Facts) -> list[Row]:
    """Quality on documents the classifier did not see, by code."""
    return [
        {**row, "name": facts.code_name(row["code"]), "f1_low": row["f1_interval"][0], "f1_high": row["f1_interval"][1],
         "open": link(code=row["code"], hand="differs")}
        for row in facts.card.get("quality", [])
    ]  # fmt: skip
