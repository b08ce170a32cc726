"""Stopping advice for a study, from its labels, its held-out predictions and its last figures."""

from __future__ import annotations

import csv
from statistics import NormalDist

import numpy as np

from pipeline import advice, labels, store
from pipeline.advice import Narrowing
from pipeline.config import Study
from pipeline.labels import Gold
from pipeline.model import Row
from pipeline.workbench.bench import Bench

MORE = 50
FEWEST = 10  # labels without which nothing can be said


def study_advice(bench: Bench) -> Row:
    """For each frame the interval of its share now and with 50 more labels; the same for the lead of the verdict."""
    study = bench.study
    gold, _ = labels.gold(study, bench.book.ids)
    drawn = [one for one in gold if one.drawn.probability]
    machine = held_out(study)
    known = [one for one in drawn if one.passage_id in machine]
    if len(known) < FEWEST:
        return {"labels": len(drawn), "more": MORE, "fewest": FEWEST, "new": len(drawn) - len(known), "frames": [], "verdicts": []}
    frames = [frame_row(study, frame, known, machine) for frame in bench.book.frames]
    parts = [row["from_labels"] / (row["from_labels"] + row["rest"]) for row in frames]
    return {"labels": len(known), "more": MORE, "fewest": FEWEST, "new": len(drawn) - len(known), "frames": frames,
            "verdicts": verdict_rows(study, float(np.mean(parts)), len(known))}  # fmt: skip


def held_out(study: Study) -> dict[str, dict[str, float]]:
    """What a classifier that did not see its document gives each labelled passage; nothing before the first training."""
    path = study.outputs / "heldout.jsonl"
    rows = store.read_jsonl(path) if path.is_file() else iter(())
    return {row["id"]: {code: said["p"] for code, said in row["codes"].items()} for row in rows}


def frame_row(study: Study, frame: str, gold: list[Gold], machine: dict[str, dict[str, float]]) -> Row:
    """The narrowing of one frame's share."""
    settled = [one for one in gold if one.values.get(frame) is not None and frame in machine[one.passage_id]]
    residuals = np.array([float(bool(one.values[frame])) - machine[one.passage_id][frame] for one in settled])
    weights = np.array([1 / (one.drawn.probability or 1.0) for one in settled])
    _, strata = np.unique([f"{one.drawn.scheme}/{one.drawn.stratum}" for one in settled], return_inverse=True)
    of_labels = advice.label_variance(residuals, weights, strata.astype(np.int64))
    rest = rest_variance(study, frame, of_labels)
    found = advice.narrowing(of_labels, rest, len(settled), MORE, quantile(study))
    return {"code": frame, "narrowing": found, "words": advice.in_words(found.by, MORE), "from_labels": of_labels, "rest": rest}


def quantile(study: Study) -> float:
    """Of the normal distribution, for the study's level."""
    return NormalDist().inv_cdf((1 + study.thresholds.interval) / 2)


def rest_variance(study: Study, frame: str, of_labels: float) -> float:
    """The part of a share's variance that choosing documents makes, from the last shares: all of it where they are not corrected yet."""
    path = study.outputs / "shares.csv"
    if not path.is_file():
        return 0.0
    with store.opened(path) as file:
        row = next((row for row in csv.DictReader(file) if row["dimension"] == "all" and row["code"] == frame), None)
    if row is None or not row["low"] or not row["high"]:
        return 0.0
    whole = ((float(row["high"]) - float(row["low"])) / 2 / quantile(study)) ** 2
    return max(whole - of_labels, 0.0) if row.get("method") == "corrected" else whole


def verdict_rows(study: Study, part: float, count: int) -> list[Row]:
    """The narrowing of each verdict's lead, were labels as large a part of its variance as they are of the frames' shares."""
    path = study.outputs / "narratives.json"
    rows = []
    for scope in store.read_json(path)["scopes"] if path.is_file() else []:
        verdict = scope["verdict"]
        if verdict.get("low") is None or verdict.get("high") is None:
            continue
        half = (verdict["high"] - verdict["low"]) / 2
        found = Narrowing(half, half * advice.narrowing(part, 1 - part, count, MORE, 1.0).then)
        rows.append({"means": scope["means"], "words": scope["words"], "narrowing": found, "advice": advice.in_words(found.by, MORE)})
    return rows
