"""Train: fit the study's classifier on its hand labels and measure it on documents it did not see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pipeline import classifier, codebook, labels, ledger, problems, quality, store
from pipeline.agreement import alpha_interval, krippendorff_alpha, value_counts
from pipeline.card import card_markdown
from pipeline.classifier import Item
from pipeline.codebook import Codebook
from pipeline.config import Study
from pipeline.labels import ADJUDICATED, Gold
from pipeline.model import Row, Tag
from pipeline.progress import Track, no_track


def items_of(study: Study, gold: Sequence[Gold]) -> list[Item]:
    """What the classifier sees of the labelled passages."""
    tags = ledger.Reader(study.outputs / "tags.jsonl")
    by_document: dict[str, dict[str, Tag]] = {}
    items = []
    for one in gold:
        if one.document_id not in by_document:
            by_document[one.document_id] = {row["id"]: Tag.from_row(row) for row in tags.rows(one.document_id)}
        tag = by_document[one.document_id][one.passage_id]
        items.append(Item(one.text, tag.hits, tag.roles))
    tags.close()
    return items


def number(value: float) -> float | None:
    """A figure for JSON: four decimals, null where undefined."""
    return None if not np.isfinite(value) else round(float(value), 4)


def measure(code: str, p: Any, present: Any, truth: Any, groups: Sequence[str], level: float) -> Row:
    """Held-out quality of one code, with intervals by document."""
    precision, recall, f1 = quality.precision_recall_f1(truth, present)
    low, high = quality.bootstrap(lambda rows: quality.precision_recall_f1(truth[rows], present[rows])[2], groups, level)
    return {
        "code": code, "labels": len(truth), "positives": int(truth.sum()), "precision": number(precision),
        "recall": number(recall), "f1": number(f1), "f1_interval": [number(low), number(high)],
        "average_precision": number(quality.average_precision(truth, p)),
        "calibration_error": number(quality.expected_calibration_error(truth, p)),
    }  # fmt: skip


def held_out_quality(book: Codebook, gold: Sequence[Gold], model: classifier.Model, ps: Any, level: float) -> list[Row]:
    """Quality of every code that was considered, on probabilities of held-out documents."""
    rows = []
    decided = [model.decision(row) for row in ps]
    for column, code in enumerate(book.ids):
        known = [i for i, one in enumerate(gold) if one.values.get(code) is not None]
        if known:
            truth = np.array([bool(gold[i].values[code]) for i in known])
            present = np.array([decided[i][code].present for i in known])
            groups = [gold[i].document_id for i in known]
            rows.append(
                measure(code, ps[known, column], present, truth, groups, level) | {"by": "classifier" if code in model.heads else "rules"}
            )
    return rows


def coder_agreement(book: Codebook, gold: Sequence[Gold], level: float) -> list[Row]:
    """Krippendorff's alpha of the coders, before adjudication, for every code."""
    rows = []
    for code in book.ids:
        given = [[v.get(code) for c, v in one.by_coder.items() if c != ADJUDICATED] for one in gold]
        counts = value_counts(given)
        double = counts[counts.sum(axis=1) >= 2]
        groups = [one.document_id for one, row in zip(gold, counts, strict=True) if row.sum() >= 2]
        if len(double):
            low, high = alpha_interval(double, groups, level)
            rows.append({"code": code, "passages": len(double), "alpha": number(krippendorff_alpha(double)),
                         "interval": [number(low), number(high)], "prevalence": number(double[:, 1].sum() / double.sum())})  # fmt: skip
    return rows


def card(study: Study, book: Codebook, gold: Sequence[Gold], quality_rows: list[Row]) -> Row:
    """Everything the model card says, as data."""
    level = study.thresholds.interval
    drawn = Counter(f"{one.drawn.scheme}/{one.drawn.stratum}" for one in gold)
    coders = Counter(coder for one in gold for coder in one.by_coder)
    return {
        "study": study.name, "codebook": book.version, "level": level, "passages": len(gold),
        "documents": len({one.document_id for one in gold}), "coders": dict(sorted(coders.items())),
        "drawn": dict(sorted(drawn.items())), "contested": sum(None in one.values.values() for one in gold),
        "agreement": coder_agreement(book, gold, level), "quality": quality_rows,
    }  # fmt: skip


def held_out_rows(gold: Sequence[Gold], model: classifier.Model, ps: Any) -> list[Row]:
    """What a model that never saw its document says of each labelled passage."""
    made = []
    for one, row in zip(gold, ps, strict=True):
        codes: Mapping[str, Any] = {c: {"p": d.p, "present": d.present} for c, d in model.decision(row).items()}
        made.append({"id": one.passage_id, "document_id": one.document_id, "codes": codes})
    return made


def run(study: Study, track: Track = no_track) -> Counter[str]:
    """Write the model, its card, and its held-out predictions; counts for the log."""
    book = codebook.load(study.codebook_folder)
    gold, unplaced = labels.gold(study, book.ids)
    problems.replace(study.outputs, "train", unplaced)
    quality_rows: list[Row] = []
    held_out: list[Row] = []
    model = classifier.rules_alone(book)
    if len({one.document_id for one in gold}) >= 2:
        items, values, groups = items_of(study, gold), [one.values for one in gold], [one.document_id for one in gold]
        model = classifier.fit(book, items, values, groups)
        ps = classifier.out_of_fold(book, items, values, groups)
        quality_rows = held_out_quality(book, gold, model, ps, study.thresholds.interval)
        held_out = held_out_rows(gold, model, ps)
    said = card(study, book, gold, quality_rows)
    classifier.save(study.model / "model.skops", model)
    store.write_json(study.model / "card.json", said)
    store.write_text(study.model / "card.md", card_markdown(said))
    store.write_jsonl(study.outputs / "heldout.jsonl", held_out)
    return Counter(labelled=len(gold), classifiers=len(model.heads), unplaced=len(unplaced))
