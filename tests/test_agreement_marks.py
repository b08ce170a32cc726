"""Span rows of reliability.json: whose marks count, where, and what is left out."""

import pytest
from labelling import label_row

from pipeline.agreement import marks
from pipeline.labels import ADJUDICATED, Label, Placed
from pipeline.model import Hit

TEXT = "Ostland threatens our borders, and Sudland stands with us."
ALL = ("threat", "threat.common_enemy", "profit")


def passage(number, start=100, **labels):
    """A labelled passage; each coder's codes, words marked (`code: words`), and codes considered."""
    row = {"id": f"d{number}#00001", "document_id": f"d{number}", "start": start, "end": start + len(TEXT), "text": TEXT}
    given = [Label.model_validate(label_row(row, coder, codes, ALL, spans=[spot(*mark, start) for mark in marked]))
             for coder, (codes, *marked) in labels.items()]  # fmt: skip
    return Placed(row["id"], row["document_id"], start, TEXT, tuple(given))


def spot(code, words, start):
    at = TEXT.index(words) + start
    return {"code": code, "start": at, "end": at + len(words)}


@pytest.fixture
def rows_of(book, project):
    def rows(placed, hits=None):
        return {row["who"]: row for row in marks.span_rows(placed, hits or {}, book, project.study())}

    return rows


SAME = (["threat"], ("threat", "threatens our borders"))
SHORTER = (["threat"], ("threat", "threatens"))
OTHER = (["profit"], ("profit", "threatens our borders"))


def test_span_rows__position_apart_from_category(rows_of):
    row = rows_of([passage(0, ann=SAME, ben=SAME), passage(1, ann=SAME, ben=OTHER)])["ann / ben"]
    assert (row["position_f1"], row["category_agreement"], row["passages"], row["left_out"]) == (1, 0.5, 2, 0)


def test_span_rows__characters_by_code(rows_of):
    row = rows_of([passage(i, ann=SAME, ben=SHORTER) for i in range(3)])["ann / ben"]
    of_code = {one["code"]: one for one in row["codes"]}
    assert list(of_code) == ["threat"] and of_code["threat"]["characters"] == 3 * len(TEXT)
    long, short = len("threatens our borders"), len("threatens")
    assert of_code["threat"]["positive_agreement"] == round(2 * short / (long + short), 4)
    assert 0 < of_code["threat"]["alpha"] < 1


def test_span_rows__a_sub_code_s_mark_is_its_frame_s_too(rows_of):
    sub = (["threat", "threat.common_enemy"], ("threat.common_enemy", "threatens our borders"))
    row = rows_of([passage(0, ann=sub, ben=SAME)])["ann / ben"]
    assert row["left_out"] == 0 and row["category_agreement"] == 0.5
    assert {one["code"]: one["alpha"] for one in row["codes"]}["threat"] == 1


def test_span_rows__a_code_given_without_marking_words_says_nothing_of_place(rows_of):
    row = rows_of([passage(0, ann=SAME, ben=(["threat"],)), passage(1, ann=SAME, ben=SAME)])["ann / ben"]
    assert (row["passages"], row["left_out"], row["position_f1"]) == (1, 1, 1)
    assert row["codes"][0]["characters"] == len(TEXT)


def test_span_rows__no_code_given_means_nothing_is_marked_there(rows_of):
    row = rows_of([passage(0, ann=SAME, ben=([],)), passage(1, ann=SAME, ben=SAME)])["ann / ben"]
    assert row["left_out"] == 0 and row["position_f1"] == pytest.approx(2 / 3, abs=1e-4)


def test_span_rows__who_never_marks_and_the_adjudicator_have_no_say(rows_of):
    assert rows_of([passage(0, ann=(["threat"],), ben=(["threat"],))]) == {}
    found = rows_of([passage(0, ann=SAME, ben=SAME, cay=(["threat"],), **{ADJUDICATED: SAME})])
    assert set(found) == {"ann / ben"}


def test_span_rows__no_passage_in_common_gives_no_row(rows_of):
    assert rows_of([passage(0, ann=SAME), passage(1, ben=SAME)]) == {}


def test_span_rows__three_coders_together_in_pairs_and_beside_the_rules(rows_of):
    place = TEXT.index("threatens")
    hits = {"d0#00001": (Hit(place, place + 9, "threat", "r"), Hit(0, 7, "profit", "r", negated=True))}
    found = rows_of([passage(0, ann=SAME, ben=SAME, cay=SHORTER)], hits)
    assert list(found) == ["ann / ben / cay", "ann / ben", "ann / cay", "ben / cay", "ann / rules", "ben / rules", "cay / rules"]
    assert found["cay / rules"]["close_position_f1"] == 1 and found["ann / rules"]["close_position_f1"] == 0
    assert found["ann / rules"]["position_f1"] == 1


def test_span_rows__marks_follow_their_passage_when_the_document_shifts(rows_of):
    """A label given when the passage began elsewhere still marks the same words."""
    old, new = passage(0, start=100, ann=SAME), passage(0, start=140, ben=SAME)
    both = Placed(new.passage_id, new.document_id, 140, TEXT, (*old.labels, *new.labels))
    row = rows_of([both])["ann / ben"]
    assert row["close_position_f1"] == 1
