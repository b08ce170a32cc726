"""Training a study's classifier: on nothing, on the base alone, on little text, under a codebook of its own."""

import json
import shutil

import numpy as np
import pytest
import yaml
from conftest import ROOT
from labelling import label_row, write_labels

from pipeline import classifier, codebook, saved_model, store
from pipeline.features import UNKNOWN
from pipeline.train import own_folds


@pytest.fixture
def based(project):
    """The trial's texts, and the shipped base model."""
    project.write_texts()
    (project.folder / "models").mkdir()
    (project.folder / "models" / "base").symlink_to(ROOT / "models" / "base")
    return project


def run(project, command="run"):
    done = project.call(command, "--study", "trial")
    assert done.exit_code == 0, done.output
    return done.output


def up_to_tags(project):
    for stage in ("ingest", "segment", "tag"):
        run(project, stage)
    return project.rows("passages.jsonl")


def card(project):
    folder = project.folder / "models" / "trial"
    return json.loads((folder / "card.json").read_text(encoding="utf-8")), (folder / "card.md").read_text(encoding="utf-8")


def own_codebook(project, change):
    """The study with a codebook of its own: the alliance codebook after a change of its parts."""
    own = project.study_file.parent / "own"
    shutil.copytree(ROOT / "codebook" / "alliance", own)
    codes = yaml.safe_load((own / "codebook.yaml").read_text(encoding="utf-8"))
    stories = yaml.safe_load((own / "narratives.yaml").read_text(encoding="utf-8"))
    rules = [json.loads(line) for line in (own / "patterns.jsonl").read_text(encoding="utf-8").splitlines()]
    change(codes, stories, rules)
    store.write_text(own / "codebook.yaml", yaml.safe_dump(codes, sort_keys=False, allow_unicode=True))
    store.write_text(own / "narratives.yaml", yaml.safe_dump(stories, sort_keys=False, allow_unicode=True))
    store.write_jsonl(own / "patterns.jsonl", rules)
    project.study(codebook="own")
    return codebook.load(own)


def sub_codes_first(codes, stories, rules):
    codes["codes"].sort(key=lambda code: code["parent"] is None)


def renamed(codes, stories, rules):
    """Every code under another name."""
    for code in codes["codes"]:
        code["id"], code["parent"] = f"my{code['id']}", code["parent"] and f"my{code['parent']}"
    for rule in rules:
        rule["label"] = f"my{rule['label']}"
    stories["evidence"]["reference"] = {f"my{code}": share for code, share in stories["evidence"]["reference"].items()}
    for story in stories["narratives"]:
        story["expects"] = {f"my{code}": level for code, level in story["expects"].items()}


def test_run__without_labels_codes_with_the_base_and_says_that_it_is_not_measured(based):
    run(based)
    figures, words = card(based)
    assert figures["passages"] == 0 and figures["base_passages"] > 1000 and figures["quality"] == []
    assert f"base model, trained on {figures['base_passages']} hand-labelled" in words and "is not measured" in words
    assert {row["calibrated"] for row in based.rows("codings.jsonl")} == {True} and based.rows("heldout.jsonl") == []


def test_run__without_labels_and_base_says_that_rules_decide_alone(project):
    project.write_texts()
    run(project)
    figures, words = card(project)
    assert figures["base_passages"] == 0 and "rules alone" in words
    assert {row["calibrated"] for row in project.rows("codings.jsonl")} == {False}


def test_train__own_labels_are_added_to_those_of_the_base_and_held_out_by_document(based, book):
    passages = up_to_tags(based)
    for coder in ("ann", "ben"):
        write_labels(based, coder, [label_row(passage, coder, ["threat"] if not i else [], book.ids) for i, passage in enumerate(passages)])
    run(based, "train")
    figures, _ = card(based)
    assert figures["passages"] == len(passages) and figures["coders"] == {"ann": len(passages), "ben": len(passages)}
    assert {row["labels"] for row in figures["quality"]} == {len(passages)}
    assert [row["id"] for row in based.rows("heldout.jsonl")] == sorted(passage["id"] for passage in passages)


def test_train__so_little_text_that_no_word_recurs_leaves_the_rules(project, book):
    project.write_texts()
    passages = up_to_tags(project)
    write_labels(project, "ann", [label_row(passage, "ann", [], book.ids) for passage in passages])
    assert f"{len(passages)} labelled, 0 base, 0 classifiers" in run(project, "train")
    run(project)


def test_train__a_codebook_that_lists_sub_codes_before_frames(based):
    own = own_codebook(based, sub_codes_first)
    assert own.ids[0] != "threat"
    run(based)
    for row in based.rows("codings.jsonl"):
        for code, said in row["codes"].items():
            frame = own.implied(code)
            assert frame is None or not said["present"] or row["codes"][frame]["present"]


def test_load_training__base_labels_follow_their_codes_by_name(based, book):
    """Another order of codes moves the columns; a code the base does not know is unknown throughout."""
    own = own_codebook(based, sub_codes_first)
    path = ROOT / "models" / "base" / "model.skops"
    (_, base), (_, moved) = saved_model.load_training(path, book), saved_model.load_training(path, own)
    for code in book.ids:
        assert (base.values[:, book.ids.index(code)] == moved.values[:, own.ids.index(code)]).all(), code


def test_run__a_codebook_the_base_knows_nothing_of_is_left_to_its_rules(based):
    own = own_codebook(based, renamed)
    path = ROOT / "models" / "base" / "model.skops"
    space, training = saved_model.load_training(path, own)
    assert training.groups == () and not (training.values != UNKNOWN).any() and len(space.words.vocabulary_) > 1000
    assert not saved_model.load(path, own).calibrated
    assert "rules alone: no hand labels" in run(based)


def test_own_folds__test_own_rows_only_and_train_on_no_row_of_their_documents():
    groups = ("base/a", "base/b", "own/x", "own/x", "own/y", "own/z", "own/z")
    training = classifier.TrainingSet(None, None, groups, ())
    tested = []
    for train, test in own_folds(training, 5):
        assert not {groups[i] for i in train} & {groups[i] for i in test} and {0, 1} <= set(train.tolist())
        tested += test.tolist()
    assert sorted(tested) == [2, 3, 4, 5, 6] and np.asarray(tested).dtype.kind == "i"
