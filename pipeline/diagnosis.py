"""What a model does not know yet: how quality grows with labels, which codes it mistakes for which, its surest errors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from pipeline import measure, store
from pipeline.classifier import Model, out_of_fold
from pipeline.codebook import Codebook
from pipeline.features import UNKNOWN, Bools, Floats, Ints, Space, TrainingSet, hits_of
from pipeline.labels import Gold
from pipeline.model import Row

SHARES = (0.1, 0.2, 0.4, 0.6, 0.8, 1.0)  # of the training documents, for the learning curve
Splits = list[tuple[Ints, Ints]]
Said = tuple[Floats, Bools]  # probabilities and decisions, rows x codes


def code_rows(
    book: Codebook, training: TrainingSet, said: Said, level: float, heads: Model | None = None, rows: Ints | None = None
) -> list[Row]:
    """Quality of every code on some rows of a training set (all by default); intervals of `level`."""
    index = np.arange(len(training.groups)) if rows is None else rows
    within = [training.groups[int(i)] for i in index]
    by = {code: heads is None or code in heads.heads for code in book.ids}
    return measure.quality_rows(book, training.values[index], said[0][index], said[1][index], within, by, level)


def frames_only(book: Codebook, rows: list[Row]) -> list[Row]:
    """The rows of the frames."""
    return [row for row in rows if row["code"] in book.frames]


def learning_curve(
    book: Codebook, space: Space, training: TrainingSet, splits: Splits, level: float, shares: Sequence[float] = SHARES, first: int = 0
) -> list[Row]:
    """Quality of the frames on the same held-out documents as the documents trained on grow to these shares of them.

    Rows before `first` (those of a base model) are trained on at every point.
    """
    own = training.groups[first:]
    order = {group: i for i, group in enumerate(np.random.default_rng(0).permutation(sorted(set(own))))}
    place = np.array([-1.0] * first + [order[group] / len(order) for group in own])
    tested = np.concatenate([test for _, test in splits])
    made = []
    for share in shares:
        smaller = [(train[place[train] < share], test) for train, test in splits]
        said = out_of_fold(book, space, training, smaller, book.frames)
        size = int(np.mean([(place[train] >= 0).sum() for train, _ in smaller]))
        made += [{"labels_trained": size, **row} for row in frames_only(book, code_rows(book, training, said, level, rows=tested))]
    return made


def calibration(book: Codebook, training: TrainingSet, ps: Floats, bins: int = 10) -> list[Row]:
    """For each frame and tenth of the probability scale: mean probability, share truly coded, passages."""
    made: list[Row] = []
    for column, code in enumerate(book.ids):
        known = np.flatnonzero(training.values[:, column] != UNKNOWN) if code in book.frames else np.array([], dtype=np.int64)
        p, truth = ps[known, column], training.values[known, column] == 1
        which = np.minimum((p * bins).astype(int), bins - 1)
        for b in sorted(set(which.tolist())):
            at = which == b
            made.append({"code": code, "p": round(float(p[at].mean()), 4), "share": round(float(truth[at].mean()), 4), "n": int(at.sum())})
    return made


def confusion(book: Codebook, training: TrainingSet, present: Bools) -> list[Row]:
    """For each sub-code: how often hand-coded, found, and which other sub-codes stand in its place."""
    subs = [(i, code.id) for i, code in enumerate(book.codes) if code.parent]
    made = []
    for i, code in subs:
        true, found = training.values[:, i] == 1, present[:, i]
        false = int((found & (training.values[:, i] == 0)).sum())
        instead = Counter({name: int((true & ~found & present[:, j]).sum()) for j, name in subs if j != i})
        row: Row = {"code": code, "hand": int(true.sum()), "found": int((true & found).sum()), "false": false}
        made.append(row | {"instead": {name: count for name, count in instead.most_common(3) if count}})
    return made


def worst_errors(book: Codebook, space: Space, gold: Sequence[Gold], training: TrainingSet, ps: Floats) -> list[Row]:
    """The twenty held-out decisions on frames that were surest and wrong, by passage id (no text leaves the corpus).

    `kind` says what led there: whether a rule of the frame held, was denied, or none was in the passage.
    """
    ids = {store.sha256_text(one.text): one.passage_id for one in gold}
    made: list[Row] = []
    for column, code in enumerate(book.ids):
        if code not in book.frames:
            continue
        live, denied = (hits_of(training.x, f"{state}:{code}", space) for state in ("live", "denied"))
        for i in np.flatnonzero(training.values[:, column] != UNKNOWN):
            truth, collection = training.values[i, column], training.groups[int(i)].split("/")[0]
            how = "a rule held" if live[i] else "a rule was denied" if denied[i] else "no rule"
            row = {
                "code": code,
                "gap": round(abs(float(truth - ps[i, column])), 3),
                "kind": f"{'missed' if truth else 'false alarm'}, {how}",
            }
            made.append(row | {"collection": collection, "passage": ids[training.texts[int(i)]]})
    return sorted(made, key=lambda row: (-row["gap"], row["passage"]))[:20]
