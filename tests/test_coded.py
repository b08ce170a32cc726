"""The corpus as arrays, and labels laid beside it round by round."""

import numpy as np
import pytest

from pipeline.coded import arrays, in_rounds, laid_beside, with_bare_frames
from pipeline.labels import Drawn, Gold


def row(book, document, number, present=(), roles=(), calibrated=True):
    codes = {code: {"p": 0.9 if code in present else 0.1, "present": code in present} for code in book.ids}
    return {"id": f"{document}#{number:05}", "document_id": document, "codes": codes, "roles": list(roles), "calibrated": calibrated}


def gold(passage, values, scheme="r", stratum="all", probability=0.5):
    return Gold(passage, passage.split("#")[0], "text", values, {}, Drawn(scheme=scheme, stratum=stratum, probability=probability))


@pytest.fixture
def corpus(book):
    rows = [row(book, "a", 1, ["threat", "threat.proximity"], ["partner"]), row(book, "a", 2, ["threat"]), row(book, "b", 1)]
    return arrays(rows, book)


def test_arrays__passages_documents_and_partner(corpus):
    assert corpus.passages == ("a#00001", "a#00002", "b#00001") and corpus.documents == ("a", "b")
    assert corpus.document.tolist() == [0, 0, 1] and corpus.partner.tolist() == [True, False, False] and corpus.calibrated


def test_statements__a_frame_counts_only_where_no_sub_code_does(corpus, book):
    said = corpus.present[:, corpus.statements]
    column = {code: i for i, code in enumerate(book.ids)}
    assert said[:, column["threat"]].tolist() == [False, True, False]
    assert said[:, column["threat.proximity"]].tolist() == [True, False, False]


def test_sums__by_document(corpus, book):
    sums = corpus.sums(corpus.present.astype(float))
    assert sums[:, book.ids.index("threat")].tolist() == [2, 0] and corpus.sizes().tolist() == [2, 1]
    assert corpus.sizes(corpus.partner).tolist() == [1, 0]


def test_with_bare_frames__hand_codes_probabilities_and_unsettled(book):
    codes = np.zeros((4, len(book.ids)))
    threat, near = book.ids.index("threat"), book.ids.index("threat.proximity")
    codes[0, threat] = 1
    codes[1, [threat, near]] = 1
    codes[2, threat] = np.nan
    codes[3, [threat, near]] = [np.nan, 1]
    bare = with_bare_frames(codes, book, "code")[:, len(book.ids) + book.frames.index("threat")]
    assert bare[0] == 1 and bare[1] == 0 and np.isnan(bare[2]) and bare[3] == 0
    p = np.tile([[0.1]], (1, len(book.ids)))
    p[0, threat], p[0, near] = 0.7, 0.4
    assert with_bare_frames(p, book, "p")[0, len(book.ids) + book.frames.index("threat")] == pytest.approx(0.3)


def test_laid_beside__only_held_out_codes_correct_what_labels_trained(corpus, book):
    values = dict.fromkeys(book.ids, False) | {"threat": True}
    labelled = [gold("a#00001", values), gold("b#00001", values)]
    held = {"b#00001": [0.25] * len(book.ids)}
    hand = laid_beside(corpus, book, labelled, held, {})
    assert hand.design.row.tolist() == [2] and set(hand.said) == {"a#00001", "b#00001"}
    assert hand.design.machine[0, : len(book.ids)].tolist() == [0.25] * len(book.ids)
    assert hand.design.weight.tolist() == [2.0] and hand.design.truth[0, 0] == 1


def test_laid_beside__a_machine_without_labels_may_speak_for_itself(book):
    corpus = arrays([row(book, "a", 1, ["threat"], calibrated=False), row(book, "b", 1, calibrated=False)], book)
    hand = laid_beside(corpus, book, [gold("a#00001", dict.fromkeys(book.ids, True))], {}, {})
    assert hand.design.machine[0, 0] == 0.9


def test_laid_beside__labels_without_a_probability_correct_nothing(corpus, book):
    labelled = [gold("a#00001", dict.fromkeys(book.ids, True), probability=None)]
    assert not len(laid_beside(corpus, book, labelled, {"a#00001": [0.5] * len(book.ids)}, {}).design.row)


def test_in_rounds__as_they_were_labelled_each_among_what_is_left():
    first = [gold(f"a#{i}", {}, "random", "all", 0.02) for i in range(2)]
    second = [gold(f"b#{i}", {}, "more", stratum, 1 / weight) for i, (stratum, weight) in enumerate([("likely", 8), ("rest", 90)])]
    kept, rounds = in_rounds(second + first, 100, {"random": "2026-11-22", "more": "2026-11-23"})
    assert [one.passage_id for one in kept] == ["a#0", "a#1", "b#0", "b#1"]
    assert [(row["scheme"], row["frame"], row["used"]) for row in rounds] == [("random", 100, True), ("more", 98, True)]


def test_in_rounds__a_round_with_a_stratum_missing_is_not_used_and_says_why():
    half = [gold("a#1", {}, "strata", "likely", 1 / 6), gold("a#2", {}, "strata", "unsure", 1 / 8)]
    kept, (row,) = in_rounds(half, 100, {})
    assert kept == [] and not row["used"] and "14 of 100 passages" in row["why_not"]
    one_stratum = [gold("a#1", {}, "random", "all", 1 / 30)]
    assert len(in_rounds(one_stratum, 100, {})[0]) == 1  # unfinished, but of one stratum
