"""Aggregate: from codings to corrected shares by group, the narratives' weight of evidence, and the verdict."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from pipeline import registration, store
from pipeline.coded import Coded, Hand
from pipeline.config import Study
from pipeline.evidence.groups import group_rows, turning_rows
from pipeline.evidence.inputs import setting_of
from pipeline.evidence.lists import evidence_rows
from pipeline.evidence.scope import SCOPES, Setting, scope_result
from pipeline.model import Row
from pipeline.progress import Track, no_track
from pipeline.shares import Stretch, share_rows

DIMENSIONS = ("all", "speaker", "country", "period", "year", "kind", "partner")
OVER_TIME = ("period", "year", "speaker")  # by which narratives are weighed too
LONG = ("pushes", "codes", "evidence")  # parts of a narrative's row that are no figures


def by_dimension(facts: Mapping[str, Mapping[str, str]], found: Coded, dimensions: Sequence[str]) -> dict[str, list[str]]:
    """For each dimension the value of every coded document."""
    return {dimension: [facts[name][dimension] for name in found.documents] for dimension in dimensions}


def all_share_rows(setting: Setting, facts: Mapping[str, Mapping[str, str]]) -> Iterator[Row]:
    """The share of every code in every group, as coded and as corrected."""
    study, found = setting.study, setting.coded
    for dimension in DIMENSIONS:
        for value, stretch in stretches(setting, facts, dimension):
            made = share_rows(
                setting.correction.shares(stretch), found.ids, study.thresholds.interval, study.thresholds.half_width, setting.flagged
            )
            for row in made:
                yield {"dimension": dimension, "value": value, **rounded(row)}


def stretches(setting: Setting, facts: Mapping[str, Mapping[str, str]], dimension: str) -> Iterator[tuple[str, Stretch]]:
    """The groups of a dimension, in order."""
    found, design = setting.coded, setting.correction.design
    if dimension == "partner":
        for value, rows in (("named", found.partner), ("not named", ~found.partner)):
            if rows.any():
                yield value, Stretch.of(found, design, rows)
        return
    values = np.array(by_dimension(facts, found, [dimension])[dimension])
    for value in sorted(set(values.tolist())):
        yield value, setting.correction.stretch.within(values == value, design)


def rounded(row: Mapping[str, object], digits: int = 5) -> Row:
    """Figures as the tables give them."""
    return {k: round(v, digits) if isinstance(v, float) else v for k, v in row.items()}


def correction_row(hand: Hand, found: Coded) -> Row:
    """How labels correct the shares, in figures and in words."""
    design = hand.design
    labels, documents = len(design.row), len(set(design.document.tolist()))
    left = [row for row in hand.rounds if not row["used"]]
    words = (
        f"{labels:,} hand labels of {documents:,} documents, drawn in {len(hand.rounds) - len(left)} rounds with recorded probabilities, "
        "correct the shares; the classifier's codes of these passages are from a model that did not see their documents."
    )
    if not labels:
        words = "No hand labels correct the shares: they are the machine's."
    if left:
        words += f" Not used: {'; '.join(row['scheme'] + ' (' + row['why_not'] + ')' for row in left)}."
    return {"labels": labels, "documents": documents, "schemes": list(hand.rounds), "words": words}


def whole(setting: Setting, facts: Mapping[str, Mapping[str, str]], codes: Sequence[Row]) -> Row:
    """All of narratives.json."""
    study, found = setting.study, setting.coded
    groups = by_dimension(facts, found, OVER_TIME)
    dates = [facts[name]["date"] for name in found.documents]
    return {
        "study": study.name, "question": study.question, "codebook": setting.book.version, "calibrated": found.calibrated,
        "basis": "classifier and rules, trained on hand labels" if found.calibrated else "rules alone: no hand labels",
        "interval": study.thresholds.interval, "bar": study.thresholds.margin, "thresholds": study.thresholds.model_dump(),
        "registration": registration.status(study, setting.book), "correction": correction_row(setting.hand, found), "codes": list(codes),
        "scopes": [scope_result(setting, scope) for scope in SCOPES],
        "groups": [row for scope in SCOPES for row in group_rows(setting, scope, groups)],
        "turning_points": [row for scope in SCOPES for row in turning_rows(setting, scope, dates)],
    }  # fmt: skip


def run(study: Study, track: Track = no_track) -> Counter[str]:
    """Write narratives.json and .csv, evidence.csv and shares.csv; counts for the log."""
    setting, facts, codes = setting_of(study, track)
    shares = list(all_share_rows(setting, facts))
    result = whole(setting, facts, codes)
    store.write_json(study.outputs / "narratives.json", result)
    scopes = result["scopes"]
    flat = [{"scope": s["scope"], **{k: v for k, v in row.items() if k not in LONG}} for s in scopes for row in s["narratives"]]
    write_csv(study, "narratives.csv", flat)
    write_csv(study, "evidence.csv", [row for s in scopes for row in evidence_rows(s["scope"], s["narratives"])])
    write_csv(study, "shares.csv", shares)
    return Counter(groups=len({(row["dimension"], row["value"]) for row in shares}), documents=len(setting.coded.documents))


def write_csv(study: Study, name: str, rows: Sequence[Row]) -> None:
    """Write rows as CSV."""
    out = io.StringIO()
    pd.DataFrame(rows).to_csv(out, index=False, lineterminator="\n")
    store.write_text(study.outputs / name, out.getvalue())
