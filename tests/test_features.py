"""Passages as numbers, and how they move to another codebook's rules and codes."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from pipeline.features import (
    RULE_WEIGHT,
    UNKNOWN,
    Item,
    Space,
    TrainingSet,
    column_map,
    has_live_hit,
    live_hits,
    moved_values,
    rule_features,
    value_table,
)
from pipeline.model import Hit

TEXTS = ["enemy threatens border", "commerce brings growth", "neighbours sing songs", "rivers flood valleys"] * 3
ENEMY = Hit(0, 5, "threat.common_enemy", "threat.common-enemy-of", source="adversary", target="self")


@pytest.fixture(scope="module")
def space(book):
    return Space.learn(TEXTS, book)


def other_rules(book, *, without, extra):
    """The codebook with some rules taken out and one added."""
    kept = tuple(rule for rule in book.rules if rule.id not in without)
    return dataclasses.replace(book, rules=(*kept, dataclasses.replace(book.rules[0], id=extra)))


def test_rule_features__many_hits_of_a_code_count_three_at_most(book):
    assert rule_features(Item("", (ENEMY,) * 7, ()), book)["live:threat"] == 3


def test_rule_features__a_sub_code_that_implies_nothing_brings_no_frame(book):
    found = rule_features(Item("", (Hit(0, 1, "threat.unimportant", "r"),), ()), book)
    assert found["live:threat.unimportant"] == 1 and "live:threat" not in found


@pytest.mark.parametrize("mark", ["negated", "attributed"])
def test_rule_features__what_is_denied_or_reported_is_told_apart(book, mark):
    found = rule_features(Item("", (dataclasses.replace(ENEMY, **{mark: True}),), ()), book)
    assert set(found) == {"denied:threat", "denied:threat.common_enemy"}


@pytest.mark.parametrize(
    ("hit", "code", "holds"),
    [
        (ENEMY, "threat.common_enemy", True),
        (ENEMY, "threat", True),
        (ENEMY, "profit", False),
        (dataclasses.replace(ENEMY, negated=True), "threat", False),
        (dataclasses.replace(ENEMY, code="threat.unimportant"), "threat", False),
        (dataclasses.replace(ENEMY, code="threat"), "threat.common_enemy", False),
    ],
)
def test_live_hits__items_and_their_features_say_the_same(book, space, hit, code, holds):
    item = Item("the enemy threatens", (hit,), ())
    assert has_live_hit(item, code, book) is holds
    assert live_hits(space.matrix([item], book), code, space).tolist() == [holds]


def test_matrix__words_have_unit_length_and_rules_their_weight(book, space):
    x = space.matrix([Item("enemy at the border", (ENEMY,), ("partner",)), Item("zzz", (), ())], book).toarray()
    size = space.vectors.shape[1]
    assert np.linalg.norm(x[0, :size]) == pytest.approx(1) and not x[1].any()
    assert x[0, size + space.rules.vocabulary_["role:partner"]] == pytest.approx(RULE_WEIGHT)


def test_matrix__of_no_items_has_the_columns_of_some(book, space):
    assert space.matrix([], book).shape == (0, space.matrix([Item("enemy", (), ())], book).shape[1])


def test_matrix__a_passage_is_the_same_alone_and_among_others(book, space):
    items = [Item(text, (ENEMY,) if "enemy" in text else (), ()) for text in TEXTS[:4]]
    together = space.matrix(items, book).toarray()
    assert together == pytest.approx(np.vstack([space.matrix([item], book).toarray() for item in items]))


def test_matrix__a_rule_or_role_the_space_does_not_know_is_passed_over(book, space):
    known, strange = Item("enemy", (), ()), Item("enemy", (), ("bystander",))
    assert (space.matrix([known], book) != space.matrix([strange], book)).nnz == 0


def test_column_map__features_keep_their_names_under_other_rules(book, space):
    """A row made under the old rules and moved is the row made under the new rules."""
    gone, kept = book.rules[0].id, book.rules[5].id
    changed = other_rules(book, without={gone}, extra="aaa.first-in-order")
    new = space.with_rules_of(changed)
    item = Item("enemy at the border", (dataclasses.replace(ENEMY, rule=kept),), ("adversary",))
    moved = space.matrix([item], book) @ column_map(space, new)
    assert moved.toarray() == pytest.approx(new.matrix([item], changed).toarray())
    lost = Item("enemy at the border", (dataclasses.replace(ENEMY, rule=gone),), ())
    assert (space.matrix([lost], book) @ column_map(space, new)).sum() == pytest.approx(
        space.matrix([lost], book).sum() - RULE_WEIGHT, abs=1e-5
    )


CODES = st.lists(st.sampled_from("abcdef"), unique=True, min_size=1, max_size=6)


@given(CODES, CODES, st.randoms(use_true_random=False))
def test_moved_values__each_code_keeps_its_column(old, new, random):
    given_values = [{code: random.choice([0, 1, UNKNOWN]) for code in old} for _ in range(4)]
    moved = moved_values(np.array([[row[code] for code in old] for row in given_values], dtype=np.int8), old, new)
    assert moved.tolist() == [[row.get(code, UNKNOWN) for code in new] for row in given_values]


def test_value_table__true_false_and_unknown(book):
    table = value_table(book, [{"threat": True, "profit": False, "identity": None}, {}])
    found = dict(zip(book.ids, table[0].tolist(), strict=True))
    assert (found["threat"], found["profit"], found["identity"], found["threat.proximity"]) == (1, 0, UNKNOWN, UNKNOWN)
    assert set(table[1].tolist()) == {UNKNOWN}


def rows(*texts, value=0):
    x = csr_matrix(np.arange(1.0, len(texts) + 1)[:, None])
    return TrainingSet(x, np.full((len(texts), 1), value, np.int8), tuple(f"d-{text}" for text in texts), texts)


def test_after__own_labels_take_the_place_of_others_on_the_same_text():
    both = rows("b", "c", value=1).after(rows("a", "b", value=0))
    assert (both.texts, both.groups) == (("a", "b", "c"), ("d-a", "d-b", "d-c"))
    assert both.values.tolist() == [[0], [1], [1]] and both.x.toarray().ravel().tolist() == [1, 1, 2]


def test_rows__features_values_document_and_text_stay_together():
    some = rows("a", "b", "c", value=1).rows([2, 0])
    assert (some.texts, some.groups, some.x.toarray().ravel().tolist()) == (("c", "a"), ("d-c", "d-a"), [3, 1])
