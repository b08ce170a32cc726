"""Pieces of model cards: figures in words and Markdown tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from pipeline.model import Row


def figure(value: float | None) -> str:
    """A figure to two decimals."""
    return "n/a" if value is None else f"{value:.2f}"


def between(bounds: Sequence[float | None]) -> str:
    """An interval."""
    return f"{figure(bounds[0])} to {figure(bounds[1])}"


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def counted(counts: Mapping[str, int]) -> str:
    """Names with their counts in a line."""
    return ", ".join(f"{name} {count}" for name, count in counts.items())


def quality_table(rows: Sequence[Row]) -> str:
    """Held-out quality by code."""
    header = ["code", "decided by", "labels", "positives", "precision", "recall", "F1", "interval of F1", "AP", "calibration error"]
    return table(header, [
        [r["code"], r["by"], str(r["labels"]), str(r["positives"]), figure(r["precision"]), figure(r["recall"]), figure(r["f1"]),
         between(r["f1_interval"]), figure(r["average_precision"]), figure(r["calibration_error"])] for r in rows
    ])  # fmt: skip


def agreement_table(rows: Sequence[Row]) -> str:
    """Agreement of the coders by code."""
    header = ["code", "passages", "prevalence", "Krippendorff's alpha", "interval"]
    return table(header, [
        [r["code"], str(r["passages"]), figure(r["prevalence"]), figure(r["alpha"]), between(r["interval"])] for r in rows
    ])  # fmt: skip


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
        before, now = rows[max(len(rows) - 3, 0)], rows[-1]
        hundreds = max(now["labels_trained"] - before["labels_trained"], 1) / 100
        gains.append((((now["f1"] or 0) - (before["f1"] or 0)) / hundreds, code, now["positives"]))
    return "\n".join(
        f"- `{code}`: {gain:+.3f} F1 for every 100 labels drawn as these were ({positives} positives so far)"
        for gain, code, positives in sorted(gains, reverse=True)
    )


def diagnosis(card: Row) -> str:
    """What the model does not know yet: growth with labels, calibration, mistaken codes, surest errors."""
    return f"""## Learning curve

![F1 on held-out documents against labelled passages](learning.svg)

{curve_table(card["learning"])}
Where the next labels would help most:

{where_next(card)}

## Calibration

![Share truly coded against the probability given](calibration.svg)

## Sub-codes: found, missed, mistaken

{confusion_table(card["confusion"])}
## The twenty surest errors

Passages by id in the study they come from; read them with `policycode code --explain`. By kind: {counted(error_kinds(card["errors"]))}.

{error_table(card["errors"])}"""


def error_kinds(rows: Sequence[Row]) -> dict[str, int]:
    """How many of the errors are of which kind, the commonest first."""
    return dict(Counter(row["kind"] for row in rows).most_common())
