"""The rows of reliability.json on codes: each group by code, over all codes, and by document."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from pipeline.agreement.coefficients import Table, double_coded
from pipeline.agreement.figures import Figure, figures, finite, row_of, standing
from pipeline.agreement.panel import Group, Kind, Panel
from pipeline.config import Study
from pipeline.model import Row


def head(group: Group) -> Row:
    """Whom a row speaks of."""
    return {"who": group.who, "kind": group.kind, "coders": list(group.names)}


def code_row(group: Group, code: int, panel: Panel, study: Study) -> Row | None:
    """Agreement of a group on one code; None where no two of it coded a passage."""
    said = group.said(code)
    double = double_coded(said)
    if not len(double):
        return None
    documents = [panel.documents[i] for i in double]
    found = figures(said[double], documents, study.thresholds.interval, study.seed)
    holds = (said[double] == 1).any(axis=1)
    holding = len({document for document, held in zip(documents, holds, strict=True) if held})
    counts = {"passages": len(double), "documents": len(set(documents)), "positives": int(holds.sum())}
    return {**head(group), "code": panel.codes[code], **counts, **row_of(found), **against_bar(found["alpha"], holding, study)}


def against_bar(alpha: Figure, holding: int, study: Study) -> Row:
    """Alpha's interval, and where it stands to the study's bar, by point and by interval."""
    bar = study.thresholds.reliability
    return {
        "low": finite(alpha.low), "high": finite(alpha.high),
        "reaches_bar": bool(np.isfinite(alpha.value) and alpha.value >= bar), "standing": standing(alpha, bar, holding),
    }  # fmt: skip


def all_codes(group: Group, panel: Panel) -> tuple[Table, list[str], int]:
    """What a group said of all codes in one table, the document of each row, and how many passages stand behind it."""
    parts, documents, passages = [], [], set()
    for code in range(len(panel.codes)):
        said = group.said(code)
        double = double_coded(said)
        parts.append(said[double])
        documents += [panel.documents[i] for i in double]
        passages |= set(double.tolist())
    return np.concatenate(parts), documents, len(passages)


def overall_row(group: Group, panel: Panel, study: Study) -> Row:
    """Agreement of a group over all codes, a unit being one code of one passage; nulls where they have no passage in common."""
    said, documents, passages = all_codes(group, panel)
    found = figures(said, documents, study.thresholds.interval, study.seed)
    return {**head(group), "passages": passages, "documents": len(set(documents)), **row_of(found)}


def document_rows(group: Group, panel: Panel) -> list[Row]:
    """Agreement of a group over all codes in each document; without intervals, which need several documents."""
    said, documents, _ = all_codes(group, panel)
    where = np.asarray(documents, dtype=str)
    made = []
    for name in sorted(set(documents)):
        found = row_of(figures(said[where == name], [name] * int((where == name).sum())))
        made.append({**head(group), "document": name, "decisions": int((where == name).sum()), **without_intervals(found)})
    return made


def without_intervals(row: Row) -> Row:
    """A row of figures without their intervals."""
    return {name: value for name, value in row.items() if name != "intervals"}


def code_rows(panel: Panel, study: Study, kinds: Collection[Kind]) -> list[Row]:
    """Every group of some kinds on every code that two of it coded, by code."""
    groups = [group for group in panel.groups if group.kind in kinds]
    rows = (code_row(group, code, panel, study) for code in range(len(panel.codes)) for group in groups)
    return [row for row in rows if row]
