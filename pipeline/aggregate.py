"""Aggregate: from codings to shares by group and to the narratives' weight of evidence."""

from __future__ import annotations

import io
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from pipeline import codebook, evidence, ledger, store
from pipeline.codebook import Codebook
from pipeline.config import Study
from pipeline.errors import PipelineError
from pipeline.estimate import clustered_share
from pipeline.evidence import NONE, Verdict, Weights
from pipeline.model import Row
from pipeline.progress import Track, no_track

SCOPES = {"partner": "passages that touch the partner", "all": "the whole discourse"}
DIMENSIONS = ("all", "speaker", "country", "period", "year", "kind", "partner")
Cell = tuple[str, str, str]  # dimension, value, document


class Tally:
    """Per document and group, how many passages there are and on how many each code is present."""

    def __init__(self, ids: Sequence[str]) -> None:
        self.column = {code: i for i, code in enumerate(ids)}
        self.sizes: Counter[Cell] = Counter()
        self.counts: dict[Cell, Any] = defaultdict(lambda: np.zeros(len(ids)))
        self.calibrated = True

    def add(self, row: Row, groups: Iterable[tuple[str, str]]) -> None:
        """Count one coding in its groups."""
        present = [self.column[code] for code, decision in row["codes"].items() if decision["present"]]
        self.calibrated &= row["calibrated"]
        for dimension, value in groups:
            cell = (dimension, value, row["document_id"])
            self.sizes[cell] += 1
            self.counts[cell][present] += 1

    def by_value(self, dimension: str) -> dict[str, list[Cell]]:
        """The cells of a dimension by its values, in order."""
        found: dict[str, list[Cell]] = defaultdict(list)
        for cell in sorted(self.sizes):
            if cell[0] == dimension:
                found[cell[1]].append(cell)
        return dict(sorted(found.items()))

    def matrix(self, cells: Sequence[Cell]) -> Any:
        """Documents x codes of some cells."""
        return np.array([self.counts[cell] for cell in cells]).reshape(-1, len(self.column))


def facts_of(study: Study) -> dict[str, dict[str, str]]:
    """For each document the groups it belongs to as a whole."""
    facts = {}
    for row in store.read_jsonl(study.outputs / "documents.jsonl"):
        year = int(row["date"][:4]) if row["date"][:4].isdigit() else None
        facts[row["id"]] = {
            "all": "all", "speaker": row["speaker"] or "not given", "country": row["country"] or "not given",
            "kind": row["kind"] or "not given", "period": study.period_of(year), "year": str(year or "undated"),
        }  # fmt: skip
    return facts


def tally(codings: Iterable[Row], facts: Mapping[str, Mapping[str, str]], ids: Sequence[str]) -> Tally:
    """Count all codings, one at a time."""
    counted = Tally(ids)
    for row in codings:
        partner = ("partner", "named" if "partner" in row["roles"] else "not named")
        counted.add(row, [*facts[row["document_id"]].items(), partner])
    return counted


def share_rows(counted: Tally, book: Codebook, level: float) -> Iterator[Row]:
    """The share of every code in every group, with its interval."""
    for dimension in DIMENSIONS:
        for value, cells in counted.by_value(dimension).items():
            sizes = np.array([counted.sizes[cell] for cell in cells], dtype=float)
            matrix = counted.matrix(cells)
            for code in book.ids:
                share = clustered_share(matrix[:, counted.column[code]], sizes, level)
                yield {"dimension": dimension, "value": value, "code": code, **rounded(asdict(share))}


def rounded(row: Mapping[str, Any], digits: int = 5) -> Row:
    """Figures as the outputs give them."""
    return {k: round(v, digits) if isinstance(v, float) else v for k, v in row.items()}


def scope_cells(counted: Tally, scope: str) -> list[Cell]:
    """The cells a scope of the verdict is made of."""
    if scope == "all":
        return counted.by_value("all").get("all", [])
    return counted.by_value("partner").get("named", [])


def scope_result(counted: Tally, scope: str, study: Study, book: Codebook) -> Row:
    """Weights, verdict and what pushes them, over one set of passages."""
    cells = scope_cells(counted, scope)
    matrix = counted.matrix(cells)
    weights = evidence.weigh(matrix, book, seed=study.seed)
    bars = study.thresholds
    verdict = evidence.decide(weights, book.evidence, bars.margin, bars.interval, counted.calibrated)
    chances = evidence.posterior(weights, book.evidence.priors)
    return {
        "scope": scope, "means": SCOPES[scope], "passages": sum(counted.sizes[cell] for cell in cells),
        "documents": weights.documents, "effective_documents": round(weights.effective, 2), "verdict": rounded(asdict(verdict), 2),
        "narratives": narrative_rows(weights, chances, book, bars.interval, evidence.pushes(matrix, book)),
    }  # fmt: skip


def narrative_rows(
    weights: Weights, chances: Mapping[str, float], book: Codebook, level: float, pushed: Mapping[str, Mapping[str, float]]
) -> list[Row]:
    """One row a narrative: its weight against "none", interval, posterior, and its codes' pushes."""
    rows = []
    for narrative in book.narratives:
        low, high = weights.interval(narrative.id, level) if weights.documents else (0.0, 0.0)
        strongest = sorted(pushed[narrative.id].items(), key=lambda item: -abs(item[1]))
        rows.append({
            "id": narrative.id, "name": narrative.name,
            "decibans": round(float(weights.decibans[weights.names.index(narrative.id)]), 2), "low": round(low, 2), "high": round(high, 2),
            "posterior": round(chances[narrative.id], 4), "pushes": {code: round(push, 2) for code, push in strongest},
        })  # fmt: skip
    return [*rows, {"id": NONE, "name": "None of these", "decibans": 0.0, "low": 0.0, "high": 0.0,
                    "posterior": round(chances[NONE], 4), "pushes": {}}]  # fmt: skip


def in_words(result: Row, study: Study, book: Codebook) -> str:
    """A verdict as a sentence."""
    verdict = Verdict(**result["verdict"])
    names = {n.id: n.name.lower() for n in book.narratives} | {NONE: "“none of these”"}
    where = f"in the passages that touch {study.roles.partner.name}" if result["scope"] == "partner" else "in the whole discourse"
    rest = f"{result['passages']:,} passages, {result['documents']} documents with codes"
    if verdict.grade == "undecided":
        return f"Undecided {where}: {verdict.reason} ({rest})."
    interval = f"{study.thresholds.interval:.0%} interval {verdict.low:.1f} to {verdict.high:.1f}"
    lead = f"{names[verdict.narrative]} leads {names[verdict.runner_up]} by {verdict.margin:.1f} decibans ({interval})"
    return f"{verdict.grade.capitalize()} {where}: {lead}; {verdict.reason} ({rest})."


def run(study: Study, track: Track = no_track) -> Counter[str]:
    """Write narratives.json, narratives.csv and shares.csv; counts for the log."""
    book = codebook.load(study.codebook_folder)
    data = study.outputs / "codings.jsonl"
    total = len(ledger.load(data))
    if not total:
        raise PipelineError(f"{data} is missing or empty.", "Run `policycode run` (or `make all`) first.")
    counted = tally(track(store.read_jsonl(data), total=0, label="codings"), facts_of(study), book.ids)
    shares = list(share_rows(counted, book, study.thresholds.interval))
    results = [scope_result(counted, scope, study, book) for scope in SCOPES]
    for result in results:
        result["words"] = in_words(result, study, book)
    store.write_json(study.outputs / "narratives.json", {
        "study": study.name, "question": study.question, "codebook": book.version, "calibrated": counted.calibrated,
        "basis": "classifier and rules, trained on hand labels" if counted.calibrated else "rules alone: no hand labels",
        "interval": study.thresholds.interval, "bar": study.thresholds.margin, "scopes": results,
    })  # fmt: skip
    flat = [{"scope": r["scope"], **{k: v for k, v in row.items() if k != "pushes"}} for r in results for row in r["narratives"]]
    write_csv(study, "narratives.csv", flat)
    write_csv(study, "shares.csv", shares)
    return Counter(groups=len({(row["dimension"], row["value"]) for row in shares}), documents=total)


def write_csv(study: Study, name: str, rows: Sequence[Row]) -> None:
    """Write rows as CSV."""
    out = io.StringIO()
    pd.DataFrame(rows).to_csv(out, index=False, lineterminator="\n")
    store.write_text(study.outputs / name, out.getvalue())
