"""Narratives over time and between speakers, and the turning points of time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipeline.correction import clustered
from pipeline.evidence.scope import Setting, weight_row
from pipeline.evidence.turning import in_time, leans, turning_points
from pipeline.evidence.weights import Statements, kish, weigh
from pipeline.model import Row
from pipeline.shares import Shares, between

Floats = NDArray[np.float64]

FEWEST_DOCUMENTS = 5  # from which a group's own documents say how much documents differ
SIGNIFICANT = 0.05


def statements_of(setting: Setting, whole: Shares, part: Shares) -> tuple[Statements, str]:
    """What a group says, and whether its interval is from its own documents or from those of the whole scope."""
    columns = setting.coded.statements
    said = Statements.of(part, columns)
    if part.stretch.documents >= FEWEST_DOCUMENTS:
        return said, "documents"
    tuning = part.best.tuning if part.method != "naive" else np.ones_like(part.best.tuning)
    apart = clustered(between(whole.stretch, tuning), whole.stretch.documents) * whole.stretch.documents / max(part.stretch.documents, 1)
    sampled = part.best.covariance - clustered(between(part.stretch, tuning), part.stretch.documents)
    pooled = (apart + (sampled if part.method == "borrowed" else np.diag(part.best.from_labels)))[np.ix_(columns, columns)]
    return replace(said, covariance=pooled), "pooled"


def group_rows(setting: Setting, scope: str, groups: Mapping[str, Sequence[str]]) -> Iterator[Row]:
    """A row a group: the weight of every narrative there; `groups`: by dimension, the value of each document."""
    whole = setting.shares(scope)
    for dimension, values in groups.items():
        for value in sorted(set(values)):
            part = setting.shares(scope, np.array([one == value for one in values]))
            if part.stretch.documents:
                yield {"scope": scope, "dimension": dimension, "value": value, **group_row(setting, whole, part)}


def group_row(setting: Setting, whole: Shares, part: Shares) -> Row:
    """The narratives in one group."""
    said, source = statements_of(setting, whole, part)
    weights = weigh(said, setting.model, setting.study.seed)
    level = setting.bars.interval
    narratives = [{"id": n.id, **weight_row(weights, n.id, level)} for n in setting.book.narratives]
    return {"documents": part.stretch.documents, "passages": int(part.stretch.sizes.sum()), "method": part.method,
            "interval_from": source, "narratives": narratives}  # fmt: skip


def turning_rows(setting: Setting, scope: str, dates: Sequence[str]) -> list[Row]:
    """The sharpest turn of each narrative's lean over documents in order of time, with its corrected p."""
    shares, model = setting.shares(scope), setting.model
    columns = setting.coded.statements
    said = Statements.of(shares, columns)
    order = [i for i in in_time(dates) if said.counts[i] > 0]
    series = leans(shares.expected()[order][:, columns], model.ratios[:-1])
    turns = turning_points(series, kish(said.counts[order], 1 / (1 + model.concentration)), setting.study.seed)
    dated = [(setting.coded.documents[i], dates[i]) for i in order]
    return [{
        "scope": scope, "narrative": model.names[turn.series], "first": dated[turn.first][0], "date": dated[turn.first][1],
        "before": round(turn.before, 3), "after": round(turn.after, 3), "shift": round(turn.after - turn.before, 3), "p": round(turn.p, 4),
        "significant": turn.p < SIGNIFICANT, "looks": turn.looks, "documents": len(order),
    } for turn in turns]  # fmt: skip
