"""The classifier: calibrated, split by document, a sub-code never without its frame, the same bytes each time."""

import numpy as np
import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from pipeline import classifier, codebook, saved_model
from pipeline.classifier import RuleOdds, best_f1, document_folds, threshold_for
from pipeline.explain import Explainer
from pipeline.features import Item, Space, TrainingSet, rule_features, value_table
from pipeline.model import Hit

BOOK = codebook.load(ROOT / "codebook" / "alliance")
BASE = saved_model.load(ROOT / "models" / "base" / "model.skops", BOOK)
SENTENCES = {True: "Their armies threaten our borders with war number {}.", False: "The harvest of village number {} was good this year."}


def small_training_set(documents=12):
    """Two passages a document, one a threat and one none."""
    texts = [SENTENCES[side].format(i) for i in range(documents) for side in (True, False)]
    items = [Item(text, (), ()) for text in texts]
    space = BASE.space
    values = value_table(BOOK, [dict.fromkeys(BOOK.ids, False) | {"threat": "armies" in text} for text in texts])
    groups = tuple(f"d{i // 2}" for i in range(len(texts)))
    return space, TrainingSet(space.matrix(items, BOOK), values, groups, tuple(texts))


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=2, max_size=30).filter(lambda rows: any(y for _, y in rows)))
def test_best_f1__is_no_less_than_any_threshold_gives(rows):
    p, truth = np.array([p for p, _ in rows]), np.array([y for _, y in rows])
    assert best_f1(p, truth) >= max(f1_score(truth, p >= bar, zero_division=0) for bar in p) - 1e-9


@pytest.mark.parametrize(("f1", "bar"), [(1.0, 0.5), (0.6, 0.3), (0.05, 0.15)])
def test_threshold__is_half_the_best_f1_within_bounds(f1, bar):
    assert threshold_for(f1) == bar


def test_rule_odds__go_from_what_is_stated_to_what_labels_say():
    none = RuleOdds.estimate(np.zeros(0, dtype=bool), np.zeros(0, dtype=bool))
    assert (none.hit, none.miss) == (classifier.STATED_PRECISION, classifier.STATED_MISS)
    many = RuleOdds.estimate(np.ones(1000, dtype=bool), np.zeros(1000, dtype=bool))
    assert many.hit < 0.01


@given(st.lists(st.sampled_from("abcdefghij"), min_size=6, max_size=40).filter(lambda names: len(set(names)) > 1))
def test_document_folds__never_split_a_document(names):
    seen = []
    for train, test in document_folds(names):
        assert not {names[i] for i in train} & {names[i] for i in test}
        seen += list(test)
    assert sorted(seen) == list(range(len(names)))


@given(st.lists(st.floats(0, 1), min_size=len(BOOK.ids), max_size=len(BOOK.ids)))
def test_decision__a_sub_code_is_no_likelier_than_its_frame_and_never_without_it(row):
    made = BASE.decision(np.array(row))
    for code, decision in made.items():
        frame = BOOK.implied(code)
        if frame:
            assert decision.p <= made[frame].p
            assert made[frame].present or not decision.present


def test_space__of_words_that_never_meet_is_still_a_space():
    space = Space.learn(["alpha 1", "beta 2", "gamma 3", "delta 4"] * 2, BOOK)
    assert space.matrix([Item("alpha", (), ())], BOOK).shape[0] == 1


def test_fit__few_labels_leave_a_code_to_its_rules():
    space, training = small_training_set(documents=6)
    model = classifier.fit(BOOK, space, training)
    assert not model.heads and set(model.odds) == set(BOOK.ids)


def test_fit__learns_what_the_labels_show(monkeypatch):
    monkeypatch.setattr(classifier, "MIN_POSITIVES", 10)
    space, training = small_training_set()
    model = classifier.fit(BOOK, space, training)
    yes, no = (model.decide([Item(SENTENCES[side].format(77), (), ())])[0]["threat"] for side in (True, False))
    assert yes.present and not no.present and yes.p > 0.7 > 0.3 > no.p


def test_save__same_model_same_bytes_and_reads_back_alike(tmp_path, monkeypatch):
    monkeypatch.setattr(classifier, "MIN_POSITIVES", 10)
    space, training = small_training_set()
    for name in ("one", "two"):
        saved_model.save(tmp_path / f"{name}.skops", classifier.fit(BOOK, space, training), training)
    assert (tmp_path / "one.skops").read_bytes() == (tmp_path / "two.skops").read_bytes()
    back = saved_model.load(tmp_path / "one.skops", BOOK)
    item = [Item(SENTENCES[True].format(5), (), ())]
    assert back.decide(item) == classifier.fit(BOOK, space, training).decide(item)
    found = saved_model.load_training(tmp_path / "one.skops", BOOK)
    kept = training.x.toarray().astype(np.float16)
    assert found is not None and found[1].groups == training.groups and (found[1].x.toarray() == kept).all()


def test_rule_features__tell_meant_from_denied_and_who_from_whom():
    hit = Hit(0, 5, "threat.aggressive_intentions", "r1", source="adversary", target="self")
    denied = Hit(0, 5, "threat.aggressive_intentions", "r1", negated=True)
    meant = rule_features(Item("", (hit,), ("adversary",)), BOOK)
    assert meant["live:threat"] == meant["rule:r1"] == meant["way:threat:adversary>self"] == meant["role:adversary"] == 1
    assert "live:threat" not in rule_features(Item("", (denied,), ()), BOOK)


def test_base_model__is_shipped_small_and_calibrated():
    assert BASE.calibrated and (ROOT / "models" / "base" / "model.skops").stat().st_size < 5_000_000


def test_explanations__parts_and_constant_add_up_to_the_score():
    hit = Hit(4, 14, "threat.aggressive_intentions", BOOK.rules[0].id, source="adversary", target="self")
    item = Item("The aggression of the Soviet Union threatens freedom and trade.", (hit,), ("adversary",))
    score = BASE.probabilities(BASE.space.matrix([item], BOOK))[0]
    (parts,) = Explainer(BASE).parts([item], [BOOK.ids])
    assert set(parts) == set(BASE.heads)
    for code, pieces in parts.items():
        head = BASE.heads[code]
        constant = head.slope * head.regression.intercept_[0] + head.offset
        total = constant + sum(part for _, part in pieces)
        assert 1 / (1 + np.exp(-total)) == pytest.approx(score[BOOK.ids.index(code)], abs=1e-6)
