"""Reliability: agreement of coders with each other, with the rules and with the classifier."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np

from pipeline import codebook, labels, ledger, store
from pipeline.agreement import alpha_interval, krippendorff_alpha, value_counts
from pipeline.codebook import Codebook
from pipeline.config import Study
from pipeline.labels import ADJUDICATED, Gold
from pipeline.model import Row, Tag
from pipeline.progress import Track, no_track

Unit = Sequence[bool | None]  # what each coder says of one passage
Said = Mapping[str, Mapping[str, bool]]  # passage id -> code -> present


def rule_codes(study: Study, gold: Sequence[Gold], book: Codebook) -> Said:
    """What the rules alone say of the labelled passages."""
    tags = ledger.Reader(study.outputs / "tags.jsonl")
    wanted = {one.passage_id for one in gold}
    said = {}
    for document in sorted({one.document_id for one in gold}):
        for tag in map(Tag.from_row, tags.rows(document)):
            if tag.id in wanted:
                live = {c for hit in tag.hits if hit.live for c in (hit.code, book.implied(hit.code))}
                said[tag.id] = {code: code in live for code in book.ids}
    tags.close()
    return said


def model_codes(study: Study) -> Said:
    """What the classifier says of labelled passages whose documents it did not see."""
    rows = store.read_jsonl(study.outputs / "heldout.jsonl")
    return {row["id"]: {code: d["present"] for code, d in row["codes"].items()} for row in rows}


def agreement_row(who: str, code: str, gold: Sequence[Gold], units: Sequence[Unit], study: Study) -> Row | None:
    """Agreement of some coders on one code, from what each says of each passage; None where no two coded one."""
    double = [(one.document_id, unit) for one, unit in zip(gold, units, strict=True) if sum(v is not None for v in unit) >= 2]
    if not double:
        return None
    counts = value_counts([unit for _, unit in double])
    alpha = krippendorff_alpha(counts)
    low, high = alpha_interval(counts, [document for document, _ in double], study.thresholds.interval, seed=study.seed)
    return {
        "who": who, "code": code, "passages": len(double), "prevalence": round(float(counts[:, 1].sum() / counts.sum()), 4),
        "alpha": finite(alpha), "low": finite(low), "high": finite(high),
        "reaches_bar": bool(np.isfinite(alpha) and alpha >= study.thresholds.reliability),
    }  # fmt: skip


def finite(value: float) -> float | None:
    """A figure for JSON; null where it is undefined."""
    return round(value, 4) if np.isfinite(value) else None


def reliability(gold: Sequence[Gold], machine: Mapping[str, Said], book: Codebook, study: Study) -> list[Row]:
    """Rows for every pair of coders, all coders together, and the hand codes against each machine."""
    coders = sorted({coder for one in gold for coder in one.by_coder} - {ADJUDICATED})
    groups = [list(pair) for pair in combinations(coders, 2)] if len(coders) > 2 else []
    groups += [coders] if len(coders) > 1 else []
    rows = []
    for code in book.ids:
        for group in groups:
            units = [[one.by_coder.get(who, {}).get(code) for who in group] for one in gold]
            rows.append(agreement_row(" / ".join(group), code, gold, units, study))
        for name, said in machine.items():
            units = [[one.values.get(code), said.get(one.passage_id, {}).get(code)] for one in gold]
            rows.append(agreement_row(f"hand / {name}", code, gold, units, study))
    return [row for row in rows if row]


def run(study: Study, track: Track = no_track) -> Counter[str]:
    """Write reliability.json; counts for the log."""
    book = codebook.load(study.codebook_folder)
    gold, _ = labels.gold(study, book.ids)
    machine = {"rules": rule_codes(study, gold, book), "classifier": model_codes(study)} if gold else {}
    rows = reliability(gold, machine, book, study)
    store.write_json(study.outputs / "reliability.json", {
        "study": study.name, "codebook": book.version, "bar": study.thresholds.reliability, "passages": len(gold),
        "note": "" if gold else "No passage is hand-labelled, so nothing is known of reliability.", "rows": rows,
    })  # fmt: skip
    return Counter(passages=len(gold), rows=len(rows))
