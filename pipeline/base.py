"""The base model: one classifier from the hand labels of several studies, shipped so that first runs are useful.

It is measured twice: on documents it did not see, and on whole collections it
did not see (word vectors, too, are then learned without the collection).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.sparse import csr_matrix, diags, hstack

from pipeline import classifier, codebook, embeddings, labels, measure, saved_model, store
from pipeline.base_card import base_markdown
from pipeline.card_charts import calibration_chart, learning_chart
from pipeline.classifier import document_folds, out_of_fold
from pipeline.codebook import Codebook
from pipeline.config import Study, home
from pipeline.diagnosis import Said, calibration, code_rows, confusion, frames_only, learning_curve, worst_errors
from pipeline.errors import PipelineError
from pipeline.features import Ints, Space, TrainingSet, live_hits
from pipeline.labels import Gold
from pipeline.model import Row
from pipeline.train import training_set

LEVEL = 0.95
Corpus = dict[str, list[str]]


def texts_of(study: Study) -> list[str]:
    """All passages of a study, for its word vectors."""
    return [row["text"] for row in store.read_jsonl(study.outputs / "passages.jsonl")]


def gold_of(studies: Sequence[Study], book: Codebook) -> tuple[dict[str, list[Gold]], int]:
    """The labelled passages of each study, and how many labels fit no passage of its present texts."""
    found, unplaced = {}, 0
    for study in studies:
        found[study.name], lost = labels.gold(study, book.ids)
        unplaced += len(lost)
        if not found[study.name]:
            hint = f"Label some passages, or run it on the texts its labels were given on: make all STUDY={study.name} SOURCE=…"
            raise PipelineError(f"{study.name}: no label fits a passage of its present texts.", hint)
    return found, unplaced


def pooled(studies: Sequence[Study], book: Codebook, space: Space, gold: dict[str, list[Gold]]) -> TrainingSet:
    """The labelled passages of all studies as one training set."""
    whole = training_set(studies[0], book, space, gold[studies[0].name])
    for study in studies[1:]:
        whole = training_set(study, book, space, gold[study.name]).after(whole)
    return whole


def collection_of(training: TrainingSet) -> np.ndarray[tuple[int], np.dtype[np.str_]]:
    """The study each row comes from."""
    return np.array([group.split("/")[0] for group in training.groups])


def only(training: TrainingSet, space: Space, part: str) -> TrainingSet:
    """The training set with words or rules blanked out."""
    rules = np.zeros(training.x.shape[1], dtype=bool)
    rules[space.rule_columns] = True
    keep = (rules if part == "rules" else ~rules).astype(float)
    return replace(training, x=csr_matrix(training.x @ diags(keep)))


def rules_decide(training: TrainingSet, book: Codebook, space: Space) -> Said:
    """What the rules alone say: a live hit or none."""
    hits = np.column_stack([live_hits(training.x, code, space) for code in book.ids])
    return hits.astype(float), hits


def ablation(
    book: Codebook, space: Space, training: TrainingSet, splits: list[tuple[Ints, Ints]], full: Said, gold: Sequence[Gold]
) -> list[Row]:
    """Quality of the frames by parts of the classifier on the same held-out documents; sentence embeddings where that extra is there."""
    variants = {
        "rules alone, as they are": rules_decide(training, book, space),
        "classifier on rule hits alone": out_of_fold(book, space, only(training, space, "rules"), splits, book.frames),
        "classifier on words alone": out_of_fold(book, space, only(training, space, "words"), splits, book.frames),
        "words and rules (shipped)": full,
    }
    if embeddings.available():
        variants["words, rules and sentence embeddings"] = out_of_fold(book, space, embedded(training, gold), splits, book.frames)
    rows = {name: frames_only(book, code_rows(book, training, said, LEVEL)) for name, said in variants.items()}
    return [{"variant": name, **row} for name, made in rows.items() for row in made]


def embedded(training: TrainingSet, gold: Sequence[Gold]) -> TrainingSet:
    """The training set with the sentence embeddings of its passages beside its features."""
    texts = {store.sha256_text(one.text): one.text for one in gold}
    vectors = embeddings.embed([texts[name] for name in training.texts])
    return replace(training, x=csr_matrix(hstack([training.x, csr_matrix(vectors)])))


def across_collections(studies: Sequence[Study], book: Codebook, gold: dict[str, list[Gold]], corpus: Corpus) -> list[Row]:
    """Quality of the frames on each collection, from a model that saw nothing of it, word vectors included."""
    made = []
    for study in studies:
        others = [text for name, texts in corpus.items() if name != study.name for text in texts]
        space = Space.learn(others, book)
        training = pooled(studies, book, space, gold)
        at = collection_of(training) == study.name
        split = [(np.flatnonzero(~at), np.flatnonzero(at))]
        said = out_of_fold(book, space, training, split)
        made += [{"left out": study.name, **row} for row in frames_only(book, code_rows(book, training, said, LEVEL, rows=split[0][1]))]
    return made


def random_part(studies: Sequence[Study], gold: dict[str, list[Gold]], training: TrainingSet) -> Ints:
    """The rows that were drawn at random from their collection."""
    drawn = {store.sha256_text(one.text) for study in studies for one in gold[study.name] if one.drawn.scheme.startswith("random")}
    return np.array([i for i, text in enumerate(training.texts) if text in drawn], dtype=np.int64)


def build(studies: Sequence[Study]) -> Row:
    """Train, measure and write the base model; its card."""
    book = codebook.load(studies[0].codebook_folder)
    gold, unplaced = gold_of(studies, book)
    corpus = {study.name: texts_of(study) for study in studies}
    space = Space.learn([text for texts in corpus.values() for text in texts], book)
    training = pooled(studies, book, space, gold)
    model = classifier.fit(book, space, training)
    splits = document_folds(training.groups)
    full = out_of_fold(book, space, training, splits)
    everyone = [one for study in studies for one in gold[study.name]]
    card = {
        "codebook": book.version, "level": LEVEL, "studies": {study.name: len(gold[study.name]) for study in studies}, "unplaced": unplaced,
        **measure.label_facts(everyone), "agreement": measure.agreement_rows(book, everyone, LEVEL),
        "quality": code_rows(book, training, full, LEVEL, model),
        "quality_random": frames_only(book, code_rows(book, training, full, LEVEL, model, random_part(studies, gold, training))),
        "across": across_collections(studies, book, gold, corpus), "ablation": ablation(book, space, training, splits, full, everyone),
        "learning": learning_curve(book, space, training, splits, LEVEL), "confusion": confusion(book, training, full[1]),
        "errors": worst_errors(book, space, everyone, training, full[0]),
        "calibration": calibration(book, training, full[0]), "thresholds": dict(model.thresholds),
    }  # fmt: skip
    path = home() / "models" / "base"
    saved_model.save(path / "model.skops", model, training)
    store.write_json(path / "card.json", card)
    store.write_text(path / "learning.svg", learning_chart(card["learning"], book))
    store.write_text(path / "calibration.svg", calibration_chart(card["calibration"], book))
    store.write_text(path / "card.md", base_markdown(card))
    return card
