"""The base model: one classifier from the hand labels of several studies, shipped so that first runs are useful.

It is measured twice: on documents it did not see, and on whole collections it
did not see (word vectors, too, are then learned without the collection).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.sparse import csr_matrix, diags

from pipeline import classifier, codebook, labels, measure, store
from pipeline.base_card import base_markdown, learning_chart
from pipeline.classifier import Model, document_folds, out_of_fold
from pipeline.codebook import Codebook
from pipeline.config import Study, home
from pipeline.errors import PipelineError
from pipeline.features import UNKNOWN, Bools, Floats, Ints, Space, TrainingSet, live_hits
from pipeline.labels import Gold
from pipeline.model import Row
from pipeline.train import training_set

LEVEL = 0.95
SHARES = (0.1, 0.2, 0.4, 0.6, 0.8, 1.0)  # of the training documents, for the learning curve
Splits = list[tuple[Ints, Ints]]
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
    size = space.vectors.shape[1]
    keep = np.ones(training.x.shape[1])
    keep[slice(0, size) if part == "rules" else slice(size, None)] = 0
    return replace(training, x=csr_matrix(training.x @ diags(keep)))


def rules_decide(training: TrainingSet, book: Codebook, space: Space) -> tuple[Floats, Bools]:
    """What the rules alone say: a live hit or none."""
    hits = np.column_stack([live_hits(training.x, code, space) for code in book.ids])
    return hits.astype(float), hits


def frame_rows(
    book: Codebook, training: TrainingSet, said: tuple[Floats, Bools], heads: Model | None = None, rows: Ints | None = None
) -> list[Row]:
    """Quality on some rows, per code."""
    index = np.arange(len(training.groups)) if rows is None else rows
    within = [training.groups[int(i)] for i in index]
    by = {code: heads is None or code in heads.heads for code in book.ids}
    return measure.quality_rows(book, training.values[index], said[0][index], said[1][index], within, by, LEVEL)


def frames_only(book: Codebook, rows: list[Row]) -> list[Row]:
    """The rows of the frames."""
    return [row for row in rows if row["code"] in book.frames]


def ablation(book: Codebook, space: Space, training: TrainingSet, splits: Splits, full: tuple[Floats, Bools]) -> list[Row]:
    """Quality of the frames by rules alone, words alone, and both, on the same held-out documents."""
    variants = {
        "rules alone, as they are": rules_decide(training, book, space),
        "classifier on rule hits alone": out_of_fold(book, space, only(training, space, "rules"), splits),
        "classifier on words alone": out_of_fold(book, space, only(training, space, "words"), splits),
        "words and rules (shipped)": full,
    }
    return [{"variant": name, **row} for name, said in variants.items() for row in frames_only(book, frame_rows(book, training, said))]


def learning_curve(book: Codebook, space: Space, training: TrainingSet, splits: Splits) -> list[Row]:
    """Quality of the frames on the same held-out documents as the training documents grow."""
    rng = np.random.default_rng(0)
    order = {group: i for i, group in enumerate(rng.permutation(sorted(set(training.groups))))}
    place = np.array([order[group] for group in training.groups]) / len(order)
    made = []
    for share in SHARES:
        smaller = [(train[place[train] < share], test) for train, test in splits]
        said = out_of_fold(book, space, training, smaller)
        size = int(np.mean([len(train) for train, _ in smaller]))
        made += [{"labels_trained": size, **row} for row in frames_only(book, frame_rows(book, training, said))]
    return made


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
        made += [{"left out": study.name, **row} for row in frames_only(book, frame_rows(book, training, said, rows=split[0][1]))]
    return made


def random_part(studies: Sequence[Study], gold: dict[str, list[Gold]], training: TrainingSet) -> Ints:
    """The rows that were drawn at random from their collection."""
    drawn = {store.sha256_text(one.text) for study in studies for one in gold[study.name] if one.drawn.scheme.startswith("random")}
    return np.array([i for i, text in enumerate(training.texts) if text in drawn], dtype=np.int64)


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


def worst_errors(book: Codebook, gold: Sequence[Gold], training: TrainingSet, ps: Floats) -> list[Row]:
    """The twenty held-out decisions on frames that were surest and wrong, by passage id (no text leaves the corpus)."""
    ids = {store.sha256_text(one.text): one.passage_id for one in gold}
    made: list[Row] = []
    for column, code in enumerate(book.ids):
        for i in np.flatnonzero(training.values[:, column] != UNKNOWN) if code in book.frames else ():
            truth, collection = training.values[i, column], training.groups[int(i)].split("/")[0]
            row = {"code": code, "gap": round(abs(float(truth - ps[i, column])), 3), "kind": "missed" if truth else "false alarm"}
            made.append(row | {"collection": collection, "passage": ids[training.texts[int(i)]]})
    return sorted(made, key=lambda row: (-row["gap"], row["passage"]))[:20]


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
        "quality": frame_rows(book, training, full, model),
        "quality_random": frames_only(book, frame_rows(book, training, full, model, random_part(studies, gold, training))),
        "across": across_collections(studies, book, gold, corpus), "ablation": ablation(book, space, training, splits, full),
        "learning": learning_curve(book, space, training, splits), "confusion": confusion(book, training, full[1]),
        "errors": worst_errors(book, everyone, training, full[0]), "thresholds": dict(model.thresholds),
    }  # fmt: skip
    path = home() / "models" / "base"
    classifier.save(path / "model.skops", model, training)
    store.write_json(path / "card.json", card)
    store.write_text(path / "learning.svg", learning_chart(card["learning"], book))
    store.write_text(path / "card.md", base_markdown(card))
    return card
