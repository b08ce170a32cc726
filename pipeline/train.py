"""Train: fit the study's classifier on its hand labels, on top of the shipped base, and measure it on documents it did not see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from pipeline import classifier, codebook, labels, ledger, problems, saved_model, store
from pipeline.card import card_markdown
from pipeline.card_charts import calibration_chart, learning_chart
from pipeline.classifier import Model, document_folds, out_of_fold
from pipeline.codebook import Codebook
from pipeline.config import Study, base_model_file
from pipeline.diagnosis import calibration, code_rows, confusion, learning_curve, worst_errors
from pipeline.features import Bools, Floats, Ints, Item, Space, TrainingSet, value_table
from pipeline.labels import Gold
from pipeline.measure import agreement_rows, label_facts
from pipeline.model import Row, Tag
from pipeline.progress import Track, no_track
from pipeline.vectors import TooFewWords

ENOUGH = 100  # own labels from which a learning curve tells something
POINTS = (0.25, 0.5, 0.75, 1.0)  # of the own documents, on it
MOST_PASSAGES = 50_000  # of a study's own from which a space is learned, where there is no base


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


def training_set(study: Study, book: Codebook, space: Space, gold: Sequence[Gold]) -> TrainingSet:
    """A study's labelled passages as numbers; documents are named with their study."""
    x = space.matrix(items_of(study, gold), book)
    groups = tuple(f"{study.name}/{one.document_id}" for one in gold)
    texts = tuple(store.sha256_text(one.text) for one in gold)
    return TrainingSet(x, value_table(book, [one.values for one in gold]), groups, texts)


def passage_texts(study: Study) -> list[str]:
    """The texts from which a study without a base learns its word vectors."""
    texts = []
    for row in store.read_jsonl(study.outputs / "passages.jsonl"):
        texts.append(row["text"])
        if len(texts) == MOST_PASSAGES:
            break
    return texts


def first_space(study: Study, book: Codebook) -> Space | None:
    """The space of a study without a base; None where its passages are too few to learn one."""
    try:
        return Space.learn(passage_texts(study), book)
    except TooFewWords:
        return None


def own_folds(training: TrainingSet, own: int) -> list[tuple[Ints, Ints]]:
    """Splits that test on the study's own rows (the last `own`) and train on all rows of other documents, the base's too."""
    first = len(training.groups) - own
    splits = []
    for _, test in document_folds(training.groups[first:]):
        held = {training.groups[first + i] for i in test}
        train = np.array([i for i, group in enumerate(training.groups) if group not in held], dtype=np.int64)
        splits.append((train, test + first))
    return splits


def held_out_rows(book: Codebook, gold: Sequence[Gold], ps: Floats, present: Bools) -> list[Row]:
    """What a model that never saw its document says of each labelled passage."""
    made = []
    for one, chances, decided in zip(gold, ps, present, strict=True):
        codes: Mapping[str, Row] = {
            code: {"p": float(p), "present": bool(yes)} for code, p, yes in zip(book.ids, chances, decided, strict=True)
        }
        made.append({"id": one.passage_id, "document_id": one.document_id, "codes": codes})
    return made


@dataclass(frozen=True, slots=True)
class Trained:
    """A model, how many rows of the base stand behind it, and what it says of own passages from documents it did not see."""

    model: Model
    base_rows: int = 0
    figures: Row = field(default_factory=lambda: {"quality": []})
    held_out: Sequence[Row] = ()


def trained(study: Study, book: Codebook, gold: Sequence[Gold]) -> Trained:
    """The model on base and own labels, measured on the study's own documents; without own labels the base as it is."""
    base = saved_model.load_training(base_model_file(), book)
    if base and not gold:
        return Trained(saved_model.load(base_model_file(), book), len(base[1].groups))
    enough = (base and base[1].groups) or len({one.document_id for one in gold}) > 1
    space = (base[0] if base else first_space(study, book)) if enough else None
    if space is None:
        return Trained(classifier.rules_alone(book))
    own = training_set(study, book, space, gold)
    training = own.after(base[1]) if base else own
    model, first = classifier.fit(book, space, training), len(training.groups) - len(gold)
    if len(set(own.groups)) < 2:
        return Trained(model, first)
    return measured(study, model, gold, training, first)


def measured(study: Study, model: Model, gold: Sequence[Gold], training: TrainingSet, first: int) -> Trained:
    """Quality on the study's own rows (from `first` on), and what the model does not know yet where labels are enough to tell."""
    book, space, level = model.book, model.space, study.thresholds.interval
    assert space is not None
    splits = own_folds(training, len(gold))
    ps, present = out_of_fold(book, space, training, splits)
    own, ps, present = training.rows(np.arange(first, len(training.groups))), ps[first:], present[first:]
    figures: Row = {"quality": code_rows(book, own, (ps, present), level, model)}
    if len(gold) >= ENOUGH:
        figures |= {
            "learning": learning_curve(book, space, training, splits, level, POINTS, first), "calibration": calibration(book, own, ps),
            "confusion": confusion(book, own, present), "errors": worst_errors(book, space, gold, own, ps),
        }  # fmt: skip
    return Trained(model, first, figures, held_out_rows(book, gold, ps, present))


def write_card(study: Study, book: Codebook, card: Row) -> None:
    """The card as JSON and Markdown, with its pictures."""
    store.write_json(study.model / "card.json", card)
    store.write_text(study.model / "card.md", card_markdown(card))
    if card.get("learning"):
        store.write_text(study.model / "learning.svg", learning_chart(card["learning"], book))
        store.write_text(study.model / "calibration.svg", calibration_chart(card["calibration"], book))


def run(study: Study, track: Track = no_track) -> Counter[str]:
    """Write the model, its card, and its held-out predictions; counts for the log."""
    book = codebook.load(study.codebook_folder)
    gold, unplaced = labels.gold(study, book.ids)
    problems.replace(study.outputs, "train", unplaced)
    done = trained(study, book, gold)
    level = study.thresholds.interval
    head = {"study": study.name, "codebook": book.version, "level": level, "base_passages": done.base_rows}
    saved_model.save(study.model / "model.skops", done.model)
    write_card(study, book, {**head, **label_facts(gold), "agreement": agreement_rows(book, gold, level), **done.figures})
    store.write_jsonl(study.outputs / "heldout.jsonl", done.held_out)
    return Counter(labelled=len(gold), base=done.base_rows, classifiers=len(done.model.heads), unplaced=len(unplaced))
