"""What aggregate writes: shares by group, scopes, verdict, groups over time, on counts small enough to do by hand."""

import csv
import json

import numpy as np
import pytest
from coded import document, write_study
from labelling import label_row, write_labels

from pipeline import aggregate, codebook, store
from pipeline.errors import PipelineError
from pipeline.estimate import clustered_share


def written(study, name):
    with (study.outputs / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def narratives(study):
    found = json.loads((study.outputs / "narratives.json").read_text(encoding="utf-8"))
    return found, {scope["scope"]: scope for scope in found["scopes"]}


@pytest.fixture(scope="module")
def spoken(module_project):
    """Six documents of one passage: two speakers, two decades and one undated, three that name the partner."""
    study = module_project.study(periods=[{"name": "the thaw", "from_year": 1955, "to_year": 1965}])
    threat, trade = ("threat", "threat.common_enemy"), ("profit", "profit.economic_gain")
    said = [
        (document("d1", "One.", speaker="Ann", date="1950"), threat, (), ("partner",)),
        (document("d2", "Two.", speaker="Ann", date="1951-02"), threat, (), ()),
        (document("d3", "Three.", speaker="Ann", date="1960-01-02"), trade, (), ("partner", "self")),
        (document("d4", "Four.", speaker="Bob", date="1962"), (), (), ("partner",)),
        (document("d5", "Five.", speaker="Bob", date="", kind="book"), trade, (), ()),
        (document("d6", "Six.", speaker="", date="1971"), threat, (), ("adversary",)),
    ]
    write_study(study, said)
    return study


SHARES = {
    ("all", "all", "threat"): (3, 6),
    ("all", "all", "threat.common_enemy"): (3, 6),
    ("all", "all", "profit"): (2, 6),
    ("all", "all", "identity"): (0, 6),
    ("speaker", "Ann", "threat"): (2, 3),
    ("speaker", "Bob", "profit"): (1, 2),
    ("speaker", "not given", "threat"): (1, 1),
    ("period", "1950s", "threat"): (2, 2),
    ("period", "the thaw", "profit"): (1, 2),
    ("period", "undated", "profit"): (1, 1),
    ("year", "1951", "threat"): (1, 1),
    ("kind", "book", "threat"): (0, 1),
    ("partner", "named", "threat"): (1, 3),
    ("partner", "not named", "threat"): (2, 3),
}


@pytest.mark.parametrize("group", SHARES, ids=" ".join)
def test_shares__by_hand(spoken, group):
    (row,) = [row for row in written(spoken, "shares.csv") if (row["dimension"], row["value"], row["code"]) == group]
    hits, passages = SHARES[group]
    assert (float(row["share"]), int(row["passages"]), int(row["documents"])) == (round(hits / passages, 5), passages, passages)
    assert (row["low"] == "") == (passages == 1)  # one document allows no interval


def test_shares__intervals_are_those_of_documents(spoken):
    (row,) = [row for row in written(spoken, "shares.csv") if row["dimension"] == "all" and row["code"] == "profit"]
    share = clustered_share(np.array([0, 0, 1, 0, 1, 0.0]), np.ones(6), spoken.thresholds.interval)
    assert (float(row["low"]), float(row["high"])) == pytest.approx((share.low, share.high), abs=1e-5)


def test_shares__every_group_has_every_code_once(spoken, book):
    rows = written(spoken, "shares.csv")
    keys = [(row["dimension"], row["value"], row["code"]) for row in rows]
    assert len(set(keys)) == len(keys) == len({key[:2] for key in keys}) * len(book.ids)


def test_shares__passages_of_a_dimension_add_up_to_all(spoken):
    rows = [row for row in written(spoken, "shares.csv") if row["code"] == "threat"]
    for dimension in aggregate.DIMENSIONS:
        assert sum(int(row["passages"]) for row in rows if row["dimension"] == dimension) == 6


def test_scopes__the_partner_scope_holds_only_passages_that_name_the_partner(spoken):
    _, scopes = narratives(spoken)
    assert (scopes["partner"]["passages"], scopes["partner"]["documents"]) == (3, 2)  # d4 carries no code
    assert (scopes["all"]["passages"], scopes["all"]["documents"]) == (6, 5)


def test_scopes__too_few_documents_are_undecided_and_say_so(spoken):
    partner = narratives(spoken)[1]["partner"]
    assert partner["verdict"]["grade"] == "undecided"
    assert partner["words"].startswith("Undecided in the passages that touch Sudland: only 2 documents carry any code; at least 5")


def test_scopes__the_csv_says_what_the_json_says(spoken, book):
    _, scopes = narratives(spoken)
    rows = {(row["scope"], row["id"]): row for row in written(spoken, "narratives.csv")}
    assert set(rows) == {(scope, name) for scope in scopes for name in (*(n.id for n in book.narratives), "none")}
    for scope, result in scopes.items():
        assert sum(row["posterior"] for row in result["narratives"]) == pytest.approx(1, abs=1e-3)
        for row in result["narratives"]:
            assert float(rows[scope, row["id"]]["decibans"]) == row["decibans"]


BALANCE = ("threat", "threat.common_enemy", "threat.aggressive_intentions", "threat.security_alliance")


def many(present, calibrated=True, count=40):
    return [(document(f"d{i:02}", f"Text {i}."), present, (), ("partner",)) for i in range(count)], calibrated


def hand_coded(project, study, book, present, alpha=0.9):
    """Labels of every passage by two coders who agree, held-out codes, and the agreement of each code."""
    rows = list(store.read_jsonl(study.outputs / "passages.jsonl"))
    drawn = {"scheme": "random-1", "stratum": "all", "probability": 1.0}
    for coder in ("ann", "bob"):
        write_labels(project, coder, [label_row(row, coder, present, book.ids, drawn=drawn) for row in rows])
    codes = {code: {"p": 0.9 if code in present else 0.1, "present": code in present} for code in book.ids}
    store.write_jsonl(
        study.outputs / "heldout.jsonl", [{"id": row["id"], "document_id": row["document_id"], "codes": codes} for row in rows]
    )
    said = [{"who": "ann / bob", "kind": "coders", "code": code, "alpha": alpha, "low": alpha - 0.1} for code in book.ids]
    store.write_json(study.outputs / "reliability.json", {"study": study.name, "passages": len(rows), "note": "", "rows": said})
    aggregate.run(study)


def test_verdict__a_hand_coded_discourse_of_common_enemies_supports_balance_of_threat(project, book):
    study = project.study()
    write_study(study, *many(BALANCE))
    hand_coded(project, study, book, BALANCE)
    found, scopes = narratives(study)
    for scope in scopes.values():
        assert (scope["verdict"]["grade"], scope["verdict"]["narrative"]) == ("supported", "balance_of_threat"), scope["words"]
        assert scope["words"].startswith("Supported") and "95% interval" in scope["words"] and scope["verdict"]["would_decide"] == ""
        assert scope["method"] == "corrected" and scope["labels"] == 40 and scope["verdict"]["stands"] >= 0.8
    assert found["calibrated"] is True and found["correction"]["labels"] == 40


def test_verdict__codes_on_which_coders_part_refuse_it(project, book):
    study = project.study()
    write_study(study, *many(BALANCE))
    hand_coded(project, study, book, BALANCE, alpha=0.5)
    found, scopes = narratives(study)
    assert {scope["verdict"]["grade"] for scope in scopes.values()} == {"refused"}
    assert all("coders agree too little" in scope["words"] for scope in scopes.values())
    assert all(code["flagged"] for code in found["codes"])
    assert {row["flagged"] for row in written(study, "shares.csv")} == {"True"}


@pytest.mark.parametrize("calibrated", [True, False])
def test_verdict__the_same_discourse_without_labels_of_its_own_is_never_supported(project, calibrated):
    study = project.study()
    write_study(study, *many(BALANCE, calibrated))
    found, scopes = narratives(study)
    assert found["calibrated"] is calibrated and ("no hand labels" in found["basis"]) is not calibrated
    assert {scope["verdict"]["grade"] for scope in scopes.values()} == {"leaning"}
    assert all("no hand labels of this corpus correct the codes" in scope["words"] for scope in scopes.values())
    assert all("Hand labels of this corpus" in scope["verdict"]["would_decide"] for scope in scopes.values())


def test_verdict__nothing_coded_is_undecided(project):
    study = project.study()
    write_study(study, *many(()))
    _, scopes = narratives(study)
    assert {(scope["verdict"]["grade"], scope["documents"]) for scope in scopes.values()} == {("undecided", 0)}
    assert all(row["decibans"] == 0 for scope in scopes.values() for row in scope["narratives"])


def test_run__same_bytes_again(spoken):
    names = ("narratives.json", "narratives.csv", "evidence.csv", "shares.csv")
    before = [store.sha256_file(spoken.outputs / name) for name in names]
    aggregate.run(spoken)
    assert [store.sha256_file(spoken.outputs / name) for name in names] == before


def test_run__without_codings_says_what_to_run(project):
    with pytest.raises(PipelineError, match=r"codings\.jsonl is missing or empty") as caught:
        aggregate.run(project.study())
    assert "policycode run" in caught.value.hint


def test_run__is_for_the_codebook_that_the_study_names(spoken):
    assert narratives(spoken)[0]["codebook"] == codebook.load(spoken.codebook_folder).version


def test_groups__narratives_over_time_and_by_speaker(spoken):
    found, _ = narratives(spoken)
    groups = {(row["scope"], row["dimension"], row["value"]): row for row in found["groups"]}
    assert {key[2] for key in groups if key[1] == "speaker" and key[0] == "all"} == {"Ann", "Bob", "not given"}
    assert groups["all", "year", "1950"]["interval_from"] == "pooled" and groups["all", "year", "1950"]["documents"] == 1
    for row in groups.values():
        for one in row["narratives"]:
            assert one["low"] <= one["decibans"] <= one["high"]


def test_turning_points__two_speakers_of_two_minds(project):
    study = project.study()
    said = [(document(f"d{i:02}", f"Text {i}.", date=str(1950 + i)), ("profit", "profit.economic_gain") if i >= 12 else BALANCE, (), ())
            for i in range(24)]  # fmt: skip
    write_study(study, said)
    found, _ = narratives(study)
    turns = {row["narrative"]: row for row in found["turning_points"] if row["scope"] == "all"}
    turn = turns["balance_of_threat"]
    assert (turn["first"], turn["date"], turn["significant"]) == ("d12", "1962", True) and turn["shift"] < 0
    assert turns["economic_interdependence"]["shift"] > 0
    assert not [row for row in found["turning_points"] if row["scope"] == "partner"]


def test_evidence__rows_are_those_of_the_json(spoken):
    _, scopes = narratives(spoken)
    listed = {(s, n["id"], kind, item["code"]) for s, scope in scopes.items() for n in scope["narratives"]
              for kind, items in n["evidence"].items() for item in items}  # fmt: skip
    rows = written(spoken, "evidence.csv")
    assert {(row["scope"], row["narrative"], row["kind"], row["code"]) for row in rows} == listed
    texts = {row["passage"] for row in rows} - {""}
    assert texts and texts <= {f"d{i}#00001" for i in range(1, 7)}


def test_registration__is_part_of_the_result(project):
    study = project.study()
    write_study(study, *many(BALANCE))
    assert narratives(study)[0]["registration"]["status"] == "not registered"
    assert project.call("register", "--study", project.study_file).exit_code == 0
    aggregate.run(study)
    assert narratives(study)[0]["registration"]["status"] == "registered"


BOTH_KINDS = {
    "for profit (Schweller)": ("profit", "profit.status_gain", "profit.revisionist_opportunity"),
    "by capitulation (Walt)": ("profit", "profit.capitulation", "threat", "threat.aggregate_power"),
}


@pytest.mark.parametrize("kind", BOTH_KINDS)
def test_bandwagoning__schwellers_and_walts_are_told_apart(project, kind):
    study = project.study()
    write_study(study, *many(BOTH_KINDS[kind]))
    for scope in narratives(study)[1].values():
        found = scope["bandwagoning"]
        assert kind in found["words"] and found["margin"] == pytest.approx(found["schweller"] - found["walt"], abs=0.02)
        assert found["codes"][0]["code"] in BOTH_KINDS[kind]
