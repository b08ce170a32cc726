"""Shares of every code in groups of passages: as the machine coded them, and corrected by hand labels where these allow it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student_t

from pipeline.coded import Coded
from pipeline.correction import SMOOTHING, Corrected, Design, Estimator, Group, clustered
from pipeline.estimate import clustered_share, freedom, wilson
from pipeline.model import Row

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

FEWEST_LABELS, FEWEST_DOCUMENTS = 40, 5  # from which a group corrects itself
NOTES = {
    "corrected": "",
    "borrowed": "too few labels here; corrected as the whole corpus is, as if the classifier erred alike everywhere",
    "naive": "no labels that could correct it; the interval covers the choice of documents, not the classifier's errors",
}


@dataclass(frozen=True)
class Stretch:
    """The passages of a scope (all, or those that touch the partner), summed by document.

    `sizes`: passages; `p`, `present`: sums of probabilities and decisions,
    documents x columns; `labelled`: which labels are in the scope.
    """

    sizes: Floats
    p: Floats
    present: Floats
    labelled: Bools

    @classmethod
    def of(cls, coded: Coded, design: Design, rows: Bools | None = None) -> Stretch:
        """The scope of some passages (all if not given)."""
        inside = np.ones(len(design.row), dtype=bool) if rows is None else rows[design.row]
        return cls(coded.sizes(rows), coded.sums(coded.p, rows), coded.sums(coded.present, rows), inside)

    @property
    def documents(self) -> int:
        """Documents with passages in it."""
        return int(np.count_nonzero(self.sizes))

    def within(self, chosen: Bools, design: Design) -> Stretch:
        """The part of it that lies in some documents."""
        keep = chosen[:, None]
        return Stretch(self.sizes * chosen, self.p * keep, self.present * keep, self.labelled & chosen[design.document])


@dataclass(frozen=True)
class Shares:
    """Shares of all columns in one stretch: the best figure and how it came about, and each estimate by name.

    `method`: corrected, borrowed or naive. `value`, `variance`, `from_labels`
    (the part of the variance that more labels would shrink), `error` (what each
    document adds, documents x columns). `considered` and `positives`: of the
    `labels`, how many considered a column, and gave it. `lacking`: columns that
    too few labels considered; their figures are naive.
    """

    stretch: Stretch
    method: str
    best: Corrected
    others: Mapping[str, Corrected]
    labels: int
    considered: Floats
    positives: Floats
    lacking: Bools

    def method_of(self, column: int) -> str:
        """How one column's figure came about."""
        return "naive" if self.lacking[column] else self.method

    def expected(self) -> Floats:
        """What each document says as the labels read the machine (documents x columns): its codes on the line from machine to hand."""
        sizes, tuning = self.stretch.sizes, self.best.tuning
        level = self.best.value - tuning * self.stretch.p.sum(axis=0) / max(sizes.sum(), 1.0)
        line = np.maximum(tuning * self.stretch.p + sizes[:, None] * level, 0)
        return np.where(self.lacking, self.stretch.present, line)


def naive(stretch: Stretch) -> Corrected:
    """Shares as the machine decided, with the variance of choosing documents."""
    size = max(stretch.sizes.sum(), 1.0)
    value = stretch.present.sum(axis=0) / size
    error = (stretch.present - stretch.sizes[:, None] * value) / size
    nothing = np.zeros_like(value)
    return Corrected(value, clustered(error, stretch.documents), nothing, nothing, nothing, error)


def between(stretch: Stretch, tuning: Floats) -> Floats:
    """What each document adds to the error of mean machine codes (documents x columns): documents differ."""
    size = max(stretch.sizes.sum(), 1.0)
    error: Floats = tuning * (stretch.p - stretch.sizes[:, None] * (stretch.p.sum(axis=0) / size)) / size
    return error


def borrowed(stretch: Stretch, whole: Estimator, tuning: Floats) -> Corrected:
    """The whole corpus's straight line from machine to hand codes, laid on a stretch."""
    line, drawn = whole.at(tuning), whole.sampled(tuning)
    there = whole.group.machine.sum(axis=0) / whole.group.sizes.sum()
    here = stretch.p.sum(axis=0) / max(stretch.sizes.sum(), 1.0)
    own = between(stretch, tuning)
    covariance = clustered(own, stretch.documents) + clustered(drawn.error, whole.documents) + np.diag(line.hidden)
    value = np.clip(line.value + tuning * (here - there), 0, 1)
    return Corrected(value, covariance, line.from_labels, line.hidden, tuning, own + drawn.error)


def patched(best: Corrected, plain: Corrected, lacking: Bools) -> Corrected:
    """Corrected shares with naive ones in the columns that labels say too little of."""
    value, error = np.where(lacking, plain.value, best.value), np.where(lacking, plain.error, best.error)
    kept, own = np.outer(~lacking, ~lacking), np.outer(lacking, lacking)
    covariance = np.where(kept, best.covariance, 0) + np.where(own, plain.covariance, 0)
    from_labels, hidden, tuning = (np.where(lacking, 0, part) for part in (best.from_labels, best.hidden, best.tuning))
    return Corrected(value, covariance, from_labels, hidden, tuning, error)


class Correction:
    """Corrects any stretch of one corpus; what the whole teaches is worked out once."""

    def __init__(self, coded: Coded, design: Design) -> None:
        self.coded, self.design = coded, design
        self.stretch = Stretch.of(coded, design)
        self.whole = self.estimator(self.stretch) if len(design.row) else None
        self.tuning = self.whole.tuned() if self.whole else np.zeros(coded.p.shape[1])

    def estimator(self, stretch: Stretch) -> Estimator:
        """The estimates of a stretch that has labels."""
        return Estimator(self.design, Group(stretch.sizes, stretch.p, stretch.labelled))

    def shares(self, stretch: Stretch) -> Shares:
        """The shares of a stretch, by its own labels where it has enough, else by the whole corpus's, else naive."""
        labels = int(stretch.labelled.sum())
        documents = len(set(self.design.document[stretch.labelled].tolist()))
        considered = self.design.known[stretch.labelled].sum(axis=0)
        positives = np.nansum(self.design.truth[stretch.labelled], axis=0)
        counts = (labels, considered, positives)
        others = {"naive": naive(stretch)}
        if self.whole is None or len(self.design.row) < FEWEST_LABELS:
            return Shares(stretch, "naive", others["naive"], others, *counts, np.ones(len(positives), dtype=bool))
        if labels < FEWEST_LABELS or documents < FEWEST_DOCUMENTS:
            lacking = self.design.known.sum(axis=0) < FEWEST_LABELS
            best = patched(borrowed(stretch, self.whole, self.tuning), others["naive"], lacking)
            return Shares(stretch, "borrowed", best, others, *counts, lacking)
        lacking = considered < FEWEST_LABELS
        found = self.estimator(stretch)
        others |= {
            "labels": found.labels_only(),
            "dsl": found.at(np.ones_like(self.tuning)),
            "ppi": found.at(found.tuned()),
        }
        return Shares(stretch, "corrected", patched(others["ppi"], others["naive"], lacking), others, *counts, lacking)


def interval(found: Corrected, hidden: Floats, documents: int, level: float) -> tuple[Floats, Floats]:
    """Interval of corrected shares: Wilson's, at the sample size that the variance stands for.

    `hidden`: the least variance that labels leave. Where none or all of the
    labels carry a code, the share that sets the effective size is what half a
    label would make it.
    """
    least = np.sqrt(SMOOTHING * hidden)
    share = np.clip(found.value, least, 1 - least)
    effective = np.maximum(share * (1 - share), 1e-9) / np.maximum(found.variance, 1e-12)
    return wilson(found.value, effective, freedom(found.error, documents), level)


def more_labels(found: Corrected, labels: int, documents: int, half_width: float, level: float, most: int) -> list[int | None]:
    """How many more labels, drawn as these were, would bring each interval to a half width; None where no number would.

    `most`: passages that are not labelled yet. Labels shrink only their own part of the variance (Egami et al. 2023, appendix
    on power: dsl's power_dsl); the rest is the choice of documents.
    """
    wanted = (half_width / float(student_t.ppf((1 + level) / 2, max(documents - 1, 1)))) ** 2
    rest = found.variance - found.from_labels
    made: list[int | None] = []
    for all_of_it, own, other in zip(found.variance, found.from_labels, rest, strict=True):
        possible = wanted > other
        more = int(np.ceil(labels * (own / (wanted - other) - 1))) if possible else 0
        made.append(0 if all_of_it <= wanted else min(more, most) if possible else None)
    return made


def labels_wanted(found: Shares, codes: int, half_width: float, level: float) -> list[int | None]:
    """More labels for each code's interval; for a stretch that has too few, how many until it corrects itself."""
    if found.method != "corrected":
        return [max(FEWEST_LABELS - found.labels, 0)] * codes
    unlabelled = int(found.stretch.sizes.sum()) - found.labels
    return more_labels(found.best, found.labels, found.stretch.documents, half_width, level, unlabelled)


def share_rows(found: Shares, ids: Sequence[str], level: float, half_width: float, flagged: Mapping[str, bool]) -> Iterator[Row]:
    """One row a code: the figure to show, how it came about, and every estimate beside it."""
    stretch, documents = found.stretch, found.stretch.documents
    corrected = {} if found.method == "naive" else {**found.others, "best": found.best}
    bounds = {name: interval(one, one.hidden, documents, level) for name, one in corrected.items() if name != "naive"}
    wanted = labels_wanted(found, len(ids), half_width, level)
    for i, code in enumerate(ids):
        plain = clustered_share(stretch.present[:, i], stretch.sizes, level)
        row: Row = {"share": plain.share, "low": plain.low, "high": plain.high}
        method = found.method_of(i)
        if method != "naive":
            row = dict(zip(row, (clip(found.best.value[i]), bounds["best"][0][i], bounds["best"][1][i]), strict=True))
        row |= {"method": method, "note": NOTES[method], "passages": plain.passages, "documents": documents,
                "labels": int(found.considered[i]), "positives": int(found.positives[i]), "flagged": flagged.get(code, False),
                "naive": plain.share, "naive_low": plain.low, "naive_high": plain.high}  # fmt: skip
        for name, key in (("labels", "labels_only"), ("dsl", "dsl"), ("ppi", "ppi")):
            one = None if found.lacking[i] else found.others.get(name)
            figures = (clip(one.value[i]), bounds[name][0][i], bounds[name][1][i]) if one else (None, None, None)
            row |= dict(zip((key, f"{name}_low", f"{name}_high"), figures, strict=True))
        yield {"code": code, **row, "lambda": float(found.best.tuning[i]) if method != "naive" else None, "more_labels": wanted[i]}


def clip(share: float) -> float:
    """A share as shown: an unbiased estimate may fall a little outside 0 and 1."""
    return float(min(max(share, 0.0), 1.0))
