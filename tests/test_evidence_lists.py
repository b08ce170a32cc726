"""What confirms, what speaks against, what is missing, and the passages behind it."""

import numpy as np
from said import leaning, statements

from pipeline.coded import arrays
from pipeline.evidence.lists import LEAST_PUSH, MOST_PASSAGES, Sources, code_rows, evidence_rows, lists
from pipeline.evidence.mixes import Model

BALANCE = 0


def rows_for(book, shares):
    said, model = statements(book, shares, error=0.01), Model.of(book)
    return code_rows(said, book, model, {"threat.proximity": True}, said.draws(1), 0.95)


def items(book, shares):
    return lists(rows_for(book, shares)[BALANCE], {code: [{"id": f"a#{code}", "p": 0.9, "hand": None}] for code in book.ids})


def codes_of(found, kind):
    return [item["code"] for item in found[kind]]


def test_lists__by_hand(book):
    """Balance of threat, in a discourse with many a common enemy, much faith, and no word of aggressive intentions."""
    shares = {code: 0.5 * share for code, share in book.evidence.reference.items()}
    shares |= {"threat.common_enemy": 0.2, "identity.religion": 0.1, "threat.aggressive_intentions": 0.0, "profit.economic_gain": 0.0}
    found = items(book, shares)
    assert codes_of(found, "confirming")[0] == "threat.common_enemy" and codes_of(found, "disconfirming")[0] == "identity.religion"
    assert codes_of(found, "absent")[0] == "threat.aggressive_intentions"
    assert "profit.economic_gain" in codes_of(found, "confirming")  # not expected, and rare


def test_lists__no_code_stands_twice_and_signs_are_right(book):
    found = items(book, leaning(book, "identity"))
    every = [code for kind in found for code in codes_of(found, kind)]
    assert len(every) == len(set(every))
    for kind, sign in (("confirming", 1), ("disconfirming", -1), ("absent", -1)):
        assert all(sign * item["push"] >= LEAST_PUSH for item in found[kind])
    assert all(item["level"] in {"strong", "some"} and item["share"] < item["reference"] for item in found["absent"])


def test_lists__what_is_rare_has_no_passages_to_show(book):
    found = items(book, leaning(book, "identity"))
    for kind in found:
        for item in found[kind]:
            assert bool(item["passages"]) == (item["share"] > item["reference"])


def test_code_rows__figures_and_flags(book):
    rows = {row["code"]: row for row in rows_for(book, leaning(book, "balance_of_threat"))[BALANCE]}
    row, against = rows["threat.proximity"], rows["threat.unimportant"]
    assert row["flagged"] and row["level"] == "some" and row["low"] < row["share"] < row["high"]
    assert row["ratio_low"] <= row["ratio_high"]
    assert row["expected"] / row["reference"] > against["expected"] / against["reference"]


def coding(book, number, present, p=0.8):
    codes = {code: {"p": p if code in present else 0.1, "present": code in present} for code in book.ids}
    return {"id": f"d#{number:05}", "document_id": "d", "codes": codes, "roles": [], "calibrated": True}


def test_passages__hand_coded_first_then_by_probability_and_never_denied_ones(book):
    rows = [coding(book, i, {"threat", "threat.proximity"}, p) for i, p in enumerate([0.6, 0.9, 0.95, 0.7])] + [coding(book, 4, set())]
    corpus = arrays(rows, book)
    said = {"d#00000": {"threat.proximity": True}, "d#00002": {"threat.proximity": False}, "d#00004": {"threat.proximity": True}}
    found = Sources(corpus, np.ones(5, dtype=bool), said).passages("threat.proximity", book)
    assert [(row["id"][-1], row["hand"]) for row in found] == [("0", True), ("4", True), ("1", None), ("3", None)]


def test_passages__of_a_bare_frame(book):
    rows = [coding(book, 0, {"threat"}), coding(book, 1, {"threat", "threat.proximity"})]
    said = {"d#00000": {"threat": True, "threat.proximity": False}, "d#00001": {"threat": True, "threat.proximity": True}}
    found = Sources(arrays(rows, book), np.ones(2, dtype=bool), said).passages("threat", book)
    assert [row["id"] for row in found] == ["d#00000"]


def test_passages__only_those_in_scope_and_not_too_many(book):
    corpus = arrays([coding(book, i, {"profit"}) for i in range(30)], book)
    assert len(Sources(corpus, np.ones(30, dtype=bool), {}).passages("profit", book)) == MOST_PASSAGES
    assert Sources(corpus, np.arange(30) == 7, {}).passages("profit", book)[0]["id"] == "d#00007"


def test_evidence_rows__one_a_passage_or_one_a_code(book):
    codes = rows_for(book, leaning(book, "identity"))[BALANCE]
    found = lists(codes, {code: [{"id": "a#1", "p": 0.9, "hand": True}, {"id": "b#2", "p": 0.8, "hand": None}] for code in book.ids})
    rows = list(evidence_rows("all", [{"id": "balance_of_threat", "codes": codes, "evidence": found}]))
    assert len(rows) == sum(max(1, len(item["passages"])) for kind in found for item in found[kind])
    assert {(row["passage"], row["document"]) for row in rows} == {("a#1", "a"), ("b#2", "b"), ("", "")}
