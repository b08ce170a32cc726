"""Agreement of coders, rules and classifier: who is set beside whom, on which passages."""

import json

import pytest
from coded import write_stage
from labelling import label_row, write_labels

from pipeline import reliability, store
from pipeline.agreement.panel import panel
from pipeline.agreement.rows import code_rows, document_rows, overall_row
from pipeline.labels import ADJUDICATED, Drawn, Gold, Placed, settled
from pipeline.model import Document, Hit, Passage, Tag

# Two coders on four passages of four documents: one present for both, two absent for both, one parted.
PAIRS = [(True, True), (False, False), (True, False), (False, False)]
ALPHA = 1 - 7 * 1 / (3 * 5)  # 1 - (n - 1) o / (n1 n0): n = 8 codes, one parted passage, three present and five absent


def coded(number, **by_coder):
    said = {coder: {"threat": value} for coder, value in by_coder.items() if value is not None}
    return Gold(f"d{number}#00001", f"d{number}", "text", settled(said), said, Drawn(scheme="random"))


def rows_of(gold, book, study, **machine):
    people = panel(gold, machine, book.ids)
    kinds = ("pair", "coders", "hand", "coder")
    return {(row["who"], row["code"]): row for row in code_rows(people, study, kinds)}


def overall_of(gold, book, study, **machine):
    people = panel(gold, machine, book.ids)
    return {group.who: overall_row(group, people, study) for group in people.groups}


@pytest.fixture
def study(project):
    return project.study()


def test_reliability__alpha_by_hand(book, study):
    gold = [coded(i, ann=a, ben=b) for i, (a, b) in enumerate(PAIRS)]
    row = rows_of(gold, book, study)["ann / ben", "threat"]
    assert (row["alpha"], row["passages"], row["prevalence"]) == (round(ALPHA, 4), 4, 3 / 8)
    assert (row["low"], row["high"], row["reaches_bar"]) == (None, None, False)  # four documents are too few for an interval


@pytest.mark.parametrize(("bar", "reached"), [(0.5, True), (0.55, False)])
def test_reliability__the_bar_is_the_study_s(project, book, bar, reached):
    gold = [coded(i, ann=a, ben=b) for i, (a, b) in enumerate(PAIRS)]
    rows = rows_of(gold, book, project.study(thresholds={"reliability": bar}))
    assert rows["ann / ben", "threat"]["reaches_bar"] is reached


def test_reliability__three_coders_in_pairs_and_together_and_the_adjudicator_in_none(book, study):
    gold = [coded(i, ann=a, ben=b, cay=a, **{ADJUDICATED: b}) for i, (a, b) in enumerate(PAIRS)]
    rows = rows_of(gold, book, study)
    assert {who for who, _ in rows} == {"ann / ben", "ann / cay", "ben / cay", "ann / ben / cay"}
    assert rows["ann / cay", "threat"]["alpha"] == 1 and rows["ann / ben", "threat"]["alpha"] == round(ALPHA, 4)


def test_reliability__one_coder_agrees_with_nobody(book, study):
    assert rows_of([coded(i, ann=True) for i in range(3)], book, study) == {}


def test_reliability__passages_only_one_coder_saw_are_left_out(book, study):
    gold = [coded(i, ann=a, ben=b) for i, (a, b) in enumerate(PAIRS)] + [coded(9, ann=True), coded(10, ben=False)]
    assert rows_of(gold, book, study)["ann / ben", "threat"]["passages"] == 4


def test_reliability__no_variation_gives_no_figure_and_reaches_no_bar(book, study):
    row = rows_of([coded(i, ann=False, ben=False) for i in range(5)], book, study)["ann / ben", "threat"]
    assert row["alpha"] is None and row["reaches_bar"] is False


def test_reliability__a_machine_is_held_against_what_was_settled(book, study):
    """A passage on which coders part unadjudicated says nothing of the machine; an adjudicated one does."""
    gold = [*(coded(i, ann=a, ben=b) for i, (a, b) in enumerate(PAIRS)), coded(4, ann=True, ben=False, adjudicated=True)]
    said = {one.passage_id: {"threat": bool(one.values["threat"])} for one in gold}
    row = rows_of(gold, book, study, rules=said)["hand / rules", "threat"]
    assert (row["passages"], row["alpha"]) == (4, 1.0)
    wrong = {name: {"threat": not codes["threat"]} for name, codes in said.items()}
    assert rows_of(gold, book, study, rules=wrong)["hand / rules", "threat"]["alpha"] < 0


def test_reliability__each_coder_is_held_against_the_machine_where_hand_codes_are_contested(book, study):
    """Settled codes leave out contested passages, which flatters a machine; one coder's own do not."""
    gold = [coded(i, ann=a, ben=b) for i, (a, b) in enumerate(PAIRS)]
    said = {one.passage_id: {"threat": one.by_coder["ben"]["threat"]} for one in gold}
    rows = rows_of(gold, book, study, rules=said)
    assert rows["hand / rules", "threat"]["alpha"] == 1 == rows["ben / rules", "threat"]["alpha"]
    assert rows["ann / rules", "threat"]["alpha"] == round(ALPHA, 4)
    assert {row["kind"] for row in rows.values()} == {"coders", "hand", "coder"}


def test_reliability__flagged_by_the_interval_not_only_the_point(book, study):
    """Nine of ten cases agreed upon: alpha is over the bar, but ten documents do not make that sure."""
    gold = [coded(i, ann=i < 6, ben=i < 5) for i in range(10)]
    row = rows_of(gold, book, study)["ann / ben", "threat"]
    assert row["reaches_bar"] is True and row["low"] < 0.667 and row["standing"] == "open"
    sure = [coded(i, ann=i % 2 == 0, ben=i % 2 == 0 and i > 2) for i in range(200)]
    assert rows_of(sure, book, study)["ann / ben", "threat"]["standing"] == "above"


def test_reliability__one_rare_case_agreed_upon_proves_nothing(book, study):
    row = rows_of([coded(i, ann=i == 0, ben=i == 0) for i in range(50)], book, study)["ann / ben", "threat"]
    assert (row["alpha"], row["low"], row["positives"], row["standing"]) == (1, 1, 1, "unknown")


def test_overall_row__coders_without_a_common_passage_are_undefined_not_one(book, study):
    gold = [coded(0, ann=True, cay=True), coded(1, ben=True, cay=True)]
    row = overall_of(gold, book, study)["ann / ben"]
    assert row["passages"] == 0 and [row[name] for name in ("alpha", "ac1", "kappa", "raw_agreement")] == [None] * 4
    assert overall_of(gold, book, study)["ann / cay"]["raw_agreement"] == 1


def test_overall_row__pools_codes(book, study):
    said = {"ann": {"threat": True, "profit": False}, "ben": {"threat": True, "profit": True}}
    gold = [Gold(f"d{i}#00001", f"d{i}", "text", settled(said), said, Drawn(scheme="random")) for i in range(3)]
    row = overall_of(gold, book, study)["ann / ben"]
    assert (row["passages"], row["documents"], row["raw_agreement"]) == (3, 3, 0.5)


def test_document_rows__each_document_by_itself(book, study):
    gold = [coded(i, ann=a, ben=b) for i, (a, b) in enumerate(PAIRS)] + [coded(9, ann=True)]
    people = panel(gold, {}, book.ids)
    rows = {row["document"]: row for row in document_rows(people.groups[0], people)}
    assert {name: row["raw_agreement"] for name, row in rows.items()} == {"d0": 1, "d1": 1, "d2": 0, "d3": 1}
    assert all(row["decisions"] == 1 and "intervals" not in row for row in rows.values())


def test_rule_codes__only_what_the_speaker_asserts_and_its_frame(book, study):
    hits = {
        "d0": (Hit(0, 4, "threat.common_enemy", "r"),),
        "d1": (Hit(0, 4, "threat.common_enemy", "r", negated=True), Hit(0, 4, "profit", "r", attributed=True)),
        "d2": (Hit(0, 4, "threat.unimportant", "r"),),
        "d3": (Hit(0, 4, "profit", "r"),),
    }
    write_stage(study, "tags", {name: [Tag(f"{name}#00001", name, found)] for name, found in hits.items()})
    labelled = [Placed(f"d{i}#00001", f"d{i}", 0, "text", ()) for i in range(3)]
    said = reliability.rule_codes(reliability.rule_hits(study, labelled), book)
    present = {name: {code for code, yes in codes.items() if yes} for name, codes in said.items()}
    assert present == {"d0#00001": {"threat", "threat.common_enemy"}, "d1#00001": set(), "d2#00001": {"threat.unimportant"}}
    assert all(set(codes) == set(book.ids) for codes in said.values())


def test_run__labels_on_disk_against_rules_and_held_out_predictions(project, book):
    """The classifier is judged by predictions on documents it did not see, as train wrote them."""
    study = project.study()
    texts = {f"d{i}": f"Text number {i}." for i in range(4)}
    passages = {name: Passage(f"{name}#00001", name, 0, len(text), text) for name, text in texts.items()}
    write_stage(study, "documents", {n: [Document(n, n, "", "", "", "", "en", "", t, "0" * 64)] for n, t in texts.items()})
    write_stage(study, "passages", {name: [passage] for name, passage in passages.items()})
    hit = (Hit(0, 4, "threat", "r"),)
    write_stage(study, "tags", {name: [Tag(f"{name}#00001", name, hit if name == "d0" else ())] for name in texts})
    heldout = [{"id": f"d{i}#00001", "document_id": f"d{i}", "codes": {"threat": {"p": 0.5, "present": i == 3}}} for i in range(4)]
    store.write_jsonl(study.outputs / "heldout.jsonl", heldout)
    for coder, column in (("ann", 0), ("ben", 1)):
        rows = [
            label_row(project.rows("passages.jsonl")[i], coder, ["threat"] if pair[column] else [], ["threat"])
            for i, pair in enumerate(PAIRS)
        ]
        write_labels(project, coder, rows)
    counts = reliability.run(study)
    found = json.loads((study.outputs / "reliability.json").read_text(encoding="utf-8"))
    rows = {row["who"]: row for row in found["rows"]}
    assert counts == {"passages": 4, "rows": 3, "flagged": 1} and set(rows) == {"ann / ben", "hand / rules", "hand / classifier"}
    each = {f"{coder} / {machine}" for coder in ("ann", "ben") for machine in ("rules", "classifier")}
    assert {row["who"] for row in found["each_coder"]} == each
    assert rows["ann / ben"]["alpha"] == round(ALPHA, 4)
    assert (rows["hand / rules"]["alpha"], rows["hand / rules"]["passages"]) == (1.0, 3)
    assert rows["hand / classifier"]["alpha"] < 0


def test_run__without_labels_says_that_nothing_is_known(project):
    study = project.study()
    reliability.run(study)
    found = json.loads((study.outputs / "reliability.json").read_text(encoding="utf-8"))
    assert found["rows"] == [] and found["passages"] == 0 and "nothing is known of reliability" in found["note"]
