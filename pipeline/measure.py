"""The figures of a model card: how passages were labelled, how coders agree, how well held-out documents are coded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline import quality
from pipeline.agreement.coefficients import double_coded
from pipeline.agreement.figures import Figure, figures
from pipeline.agreement.panel import panel
from pipeline.codebook import Codebook
from pipeline.features import UNKNOWN, Bools, Floats
from pipeline.labels import ADJUDICATED, Gold
from pipeline.model import Row


def number(value: float) -> float | None:
    """A figure for JSON: four decimals, null where undefined."""
    return round(float(value), 4) if np.isfinite(value) else None


def label_facts(gold: Sequence[Gold]) -> Row:
    """Who coded how many passages, how many two or more coded, how they were drawn, and on how many coders part unadjudicated."""
    drawn = Counter(f"{one.drawn.scheme}/{one.drawn.stratum}" for one in gold)
    coders = Counter(coder for one in gold for coder in one.by_coder)
    return {
        "passages": len(gold), "documents": len({one.document_id for one in gold}), "coders": dict(sorted(coders.items())),
        "double": sum(len(one.by_coder.keys() - {ADJUDICATED}) > 1 for one in gold),
        "drawn": dict(sorted(drawn.items())), "contested": sum(None in one.values.values() for one in gold),
    }  # fmt: skip


def agreement_rows(book: Codebook, gold: Sequence[Gold], level: float) -> list[Row]:
    """Krippendorff's alpha of the coders, before adjudication, for every code."""
    people = panel(gold, {}, book.ids)
    rows = []
    for group in (one for one in people.groups if one.kind == "coders"):
        for column, code in enumerate(book.ids):
            said = group.said(column)
            double = double_coded(said)
            if len(double):
                found = figures(said[double], [people.documents[i] for i in double], level)
                rows.append(agreement_row(code, len(double), found["alpha"], found["prevalence"]))
    return rows


def agreement_row(code: str, passages: int, alpha: Figure, prevalence: Figure) -> Row:
    """How far coders agree on one code."""
    interval = [number(alpha.low), number(alpha.high)]
    return {"code": code, "passages": passages, "prevalence": number(prevalence.value), "alpha": number(alpha.value), "interval": interval}


def quality_row(code: str, p: Floats, present: Bools, truth: Bools, groups: Sequence[str], level: float) -> Row:
    """Held-out quality of one code, with the interval of F1 by document."""
    precision, recall, f1 = quality.precision_recall_f1(truth, present)
    low, high = quality.bootstrap(lambda rows: quality.precision_recall_f1(truth[rows], present[rows])[2], groups, level)
    return {
        "code": code, "labels": len(truth), "positives": int(truth.sum()), "precision": number(precision),
        "recall": number(recall), "f1": number(f1), "f1_interval": [number(low), number(high)],
        "average_precision": number(quality.average_precision(truth, p)),
        "calibration_error": number(quality.expected_calibration_error(truth, p)),
    }  # fmt: skip


def quality_rows(
    book: Codebook, values: NDArray[np.int8], ps: Floats, present: Bools, groups: Sequence[str], heads: Mapping[str, bool], level: float
) -> list[Row]:
    """Quality of every code that was considered (rows x codes), on probabilities of held-out documents."""
    rows = []
    for column, code in enumerate(book.ids):
        known = np.flatnonzero(values[:, column] != UNKNOWN)
        if len(known):
            truth = values[known, column] == 1
            within = [groups[int(i)] for i in known]
            row = quality_row(code, ps[known, column], present[known, column], truth, within, level)
            rows.append(row | {"by": "classifier" if heads[code] else "rules"})
    return rows
