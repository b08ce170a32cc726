"""Model files: a classifier with its space, and the labelled rows that others can train on from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from pipeline import modelfile
from pipeline.classifier import Head, Model, RuleOdds, rules_alone
from pipeline.codebook import Codebook
from pipeline.features import UNKNOWN, Space, TrainingSet, column_map, moved_values


def save(path: Path, model: Model, training: TrainingSet | None = None) -> None:
    """Write the model file; with `training`, others can train on from it without the texts."""
    space = model.space
    parts: dict[str, Any] = {
        "codebook": model.book.version, "calibrated": model.calibrated,
        "heads": {code: [head.regression, head.slope, head.offset] for code, head in model.heads.items()},
        "odds": {code: [odds.hit, odds.miss] for code, odds in model.odds.items()}, "thresholds": dict(model.thresholds),
    }  # fmt: skip
    if space is not None:
        vars(space.words).pop("_stop_words_id", None)  # a memory address that scikit-learn keeps to warn only once
        parts |= {"words": space.words, "vectors": space.vectors, "rules": space.rules, "phrases": list(space.phrases)}
    if training is not None:
        groups, texts = list(training.groups), list(training.texts)
        x = training.x
        arrays = {"data": x.data.astype(np.float16), "indices": x.indices.astype(np.uint16), "indptr": x.indptr, "shape": list(x.shape)}
        parts["training"] = {"x": arrays, "codes": list(model.book.ids), "values": training.values, "groups": groups, "texts": texts}
    modelfile.save(path, parts)


def stored_space(parts: Mapping[str, Any]) -> Space:
    """The space of a model file; files of before 0.1.0 hold no phrases."""
    return Space(parts["words"], parts["vectors"], parts["rules"], tuple(parts.get("phrases", ())))


def load(path: Path, book: Codebook) -> Model:
    """Read the model file; without one, the rules alone."""
    if not path.is_file():
        return rules_alone(book)
    parts = modelfile.load(path)
    if not parts["calibrated"]:
        return rules_alone(book)
    heads = {code: Head(*head) for code, head in parts["heads"].items() if code in book.ids}
    odds = {code: RuleOdds(*pair) for code, pair in parts["odds"].items() if code in book.ids}
    if not heads and not odds:
        return rules_alone(book)  # trained for another codebook
    space = stored_space(parts)
    model = Model(book, space, heads, odds, parts["thresholds"])
    return realigned(model, book)


def load_training(path: Path, book: Codebook) -> tuple[Space, TrainingSet] | None:
    """Space and labelled rows of a base model, under the codebook's present codes and rules; None where there is no base."""
    if not path.is_file():
        return None
    parts = modelfile.load(path)
    old, said = stored_space(parts), parts["training"]
    space = old.with_rules_of(book)
    arrays = said["x"]
    cells = (arrays["data"].astype(np.float32), arrays["indices"].astype(np.int32), arrays["indptr"])
    x = csr_matrix(cells, shape=tuple(arrays["shape"])) @ column_map(old, space)
    values = moved_values(said["values"], said["codes"], book.ids)
    training = TrainingSet(csr_matrix(x), values, tuple(said["groups"]), tuple(said["texts"]))
    return space, training.rows(np.flatnonzero((values != UNKNOWN).any(axis=1)))


def realigned(model: Model, book: Codebook) -> Model:
    """A loaded model whose heads read the features of the codebook's present rules."""
    assert model.space is not None
    space = model.space.with_rules_of(book)
    if space.rules.vocabulary_ == model.space.rules.vocabulary_:
        return model
    moved = column_map(model.space, space)
    for head in model.heads.values():
        head.regression.coef_ = np.asarray(head.regression.coef_ @ moved)
        head.regression.n_features_in_ = moved.shape[1]
    return replace(model, space=space)
