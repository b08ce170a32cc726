"""The card of the base model: Markdown and the picture of its learning curve."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd
import vl_convert

from pipeline.card import agreement_table, between, counted, figure, quality_table, table
from pipeline.codebook import Codebook
from pipeline.model import Row


def learning_chart(rows: Sequence[Row], book: Codebook) -> str:
    """F1 of each frame against the number of labelled passages trained on, as SVG."""
    data = pd.DataFrame([{**row, "low": row["f1_interval"][0], "high": row["f1_interval"][1]} for row in rows])
    colors = alt.Scale(domain=list(book.frames), range=[book.code(name).color for name in book.frames])
    x = alt.X("labels_trained:Q", title="labelled passages trained on")
    low = alt.Y("low:Q", title="F1 on held-out documents", scale=alt.Scale(domain=[0, 1]))
    base = alt.Chart(data).encode(x=x, color=alt.Color("code:N", title=None, scale=colors))
    line = base.mark_line(point=True).encode(y="f1:Q", strokeDash=alt.StrokeDash("code:N", legend=None))
    chart = base.mark_area(opacity=0.15).encode(y=low, y2="high:Q") + line
    drawn: str = vl_convert.vegalite_to_svg(chart.properties(width=460, height=260).configure(background="white").to_json())
    return drawn


def short_table(first: str, rows: Sequence[Row]) -> str:
    """Quality of the frames by some first column."""
    header = [first, "frame", "labels", "positives", "precision", "recall", "F1", "interval of F1", "AP", "calibration error"]
    return table(header, [
        [str(r[first]), r["code"], str(r["labels"]), str(r["positives"]), figure(r["precision"]),
         figure(r["recall"]), figure(r["f1"]), between(r["f1_interval"]), figure(r["average_precision"]), figure(r["calibration_error"])]
        for r in rows
    ])  # fmt: skip


def curve_table(rows: Sequence[Row]) -> str:
    """The learning curve."""
    header = ["labelled passages", "frame", "F1", "interval", "AP"]
    lines = [
        [str(r["labels_trained"]), r["code"], figure(r["f1"]), between(r["f1_interval"]), figure(r["average_precision"])] for r in rows
    ]
    return table(header, lines)


def confusion_table(rows: Sequence[Row]) -> str:
    """Hand-coded, found and false, and what stands in place of the missed."""
    header = ["sub-code", "hand-coded", "found", "false alarms", "sub-codes found where it was missed"]
    return table(header, [[r["code"], str(r["hand"]), str(r["found"]), str(r["false"]), counted(r["instead"])] for r in rows])


def error_table(rows: Sequence[Row]) -> str:
    """The surest wrong decisions."""
    lines = [[r["code"], r["kind"], figure(r["gap"]), r["collection"], r["passage"]] for r in rows]
    return table(["frame", "kind", "gap", "collection", "passage"], lines)


def where_next(card: Row) -> str:
    """Which labels would help most, from the last stretch of the learning curve."""
    by_code: dict[str, list[Row]] = {}
    for row in card["learning"]:
        by_code.setdefault(row["code"], []).append(row)
    gains = []
    for code, rows in by_code.items():
        before, now = rows[-3], rows[-1]
        hundreds = max(now["labels_trained"] - before["labels_trained"], 1) / 100
        gains.append((((now["f1"] or 0) - (before["f1"] or 0)) / hundreds, code, now["positives"]))
    return "\n".join(
        f"- `{code}`: {gain:+.3f} F1 for every 100 labels drawn as these were ({positives} positives so far)"
        for gain, code, positives in sorted(gains, reverse=True)
    )


def base_markdown(card: Row) -> str:
    """The whole card."""
    random = [{"part": "drawn at random", **row} for row in card["quality_random"]]
    return f"""# Model card: base

One classifier for English policy texts (codebook {card["codebook"]}), trained on {card["passages"]} hand-coded passages of
{card["documents"]} documents ({counted(card["studies"])}). It holds no text: the labelled passages are kept as numbers (mean word
vectors and rule hits), so that a study's own labels can be added to them. Made by `policycode base`.

## Labels

Coded by reading by two coders who did not see each other's codes; passages by coder: {counted(card["coders"])}.
Drawn (scheme/stratum): {counted(card["drawn"])}. Each label carries the probability with which its passage was drawn. Contested and not
adjudicated on some code: {card["contested"]}. The two coders share their training, so their agreement is that of coders who read the
codebook alike; it bounds the codebook's ambiguity, not every reader's.

## Agreement of the coders

Before adjudication; {card["level"]:.0%} intervals resample documents.

{agreement_table(card["agreement"])}
## Quality on documents it did not see

Five-fold cross-validation, no document on both sides; thresholds and calibration, too, are set without the held-out documents.
Word vectors are learned from all passages of the four collections, without labels. Three quarters of the passages were drawn where
frames are likely or doubtful, so these are harder and richer than random ones.

{quality_table(card["quality"])}
The part drawn at random from its collections, which stands for them:

{short_table("part", random)}
## Quality on collections it did not see

Trained on the other collections (word vectors included), tested on the one left out.

{short_table("left out", card["across"])}
## What each part adds

The same held-out documents for every line.

{short_table("variant", card["ablation"])}
## Learning curve

![F1 on held-out documents against labelled passages](learning.svg)

{curve_table(card["learning"])}
Where the next labels would help most:

{where_next(card)}

## Sub-codes: found, missed, mistaken

{confusion_table(card["confusion"])}
## The twenty surest errors

Passages by id in the study they come from; read them with `policycode code --explain`.

{error_table(card["errors"])}"""
