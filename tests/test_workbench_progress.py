"""Progress, stopping advice and retraining: on the study as it is run, with real stages in the background."""

import json
import time

import pytest
from workbench import running, segmented, submission

from pipeline import definitions, plan, tag
from pipeline.codebook import load
from pipeline.workbench import changed
from pipeline.workbench.bench import Bench
from pipeline.workbench.second_look import word_changes

THREAT = "Ostland threatens our borders with missiles, and its enemy forces plot against Norland day and night."
PLAIN = "The committee met in the morning and approved the report on roads of the northern district."


def finished(bench):
    deadline = time.monotonic() + 600
    while time.monotonic() < deadline:
        said = bench.json("/api/retrain")
        if said["state"] != "running":
            return said
        time.sleep(0.3)
    raise AssertionError("never ended")


def test_retraining__runs_the_stages_and_shows_what_changed_without_unblinding(project):
    texts = {f"{1950 + d}_a": "\n\n".join(f"{THREAT if (n + d) % 3 == 0 else PLAIN} Item {n} of {d}." for n in range(8)) for d in range(6)}
    project.write_texts(texts)
    project.study(labelling={"round": 30})
    assert project.call("run", "--study", project.study_file).exit_code == 0
    with running(project) as bench:
        assert "Nothing has been retrained" in bench.request("/progress/changes")[1]
        for number in range(29):  # one is left, so that no further round is drawn
            view = bench.json("/api/passage")["passage"]
            sent = submission(view, ["profit" if "committee" in view["text"] else "threat"])
            assert bench.request("/api/labels", sent)[0] == 200, number
        bench.json("/api/retrain", {})
        said = finished(bench)
        assert said["state"] == "done", said["lines"]
        assert [line.split()[0] for line in said["lines"] if line] == [
            "tag",
            "train",
            "code",
            "reliability",
            "aggregate",
            "report",
            "export",
        ]
        status, page = bench.request("/progress/changes")
        assert status == 200 and "0 before, 29 after" in page
        labelled = {json.loads(line)["passage_id"] for line in (project.labels / "anna.jsonl").read_text().splitlines()}
        found = json.loads((project.outputs / ".before" / "comparison.json").read_text())
        flipped = {row["id"] for row in found["flips"]}
        assert flipped, "the labels against the rules change some passages"
        assert all((name in page) == (name in labelled) for name in flipped)
        assert "interval" in bench.request("/progress/advice")[1].lower()
        shown = bench.request("/progress/changes?show=all")[1]
        drawn = {one.passage_id for rows in plan.rounds(project.study(labelling={"round": 30})) for one in rows}
        later = sorted(name for name in flipped - labelled - drawn if name in shown)
        assert later
        view = bench.json(f"/api/passage?id={later[0].replace('#', '%23')}")["passage"]
        bench.json("/api/labels", submission(view, []))
    last = json.loads((project.labels / "anna.jsonl").read_text().splitlines()[-1])
    assert last["passage_id"] == later[0] and last["assisted"] and last["drawn"]["scheme"] == "chosen"


@pytest.mark.parametrize(("options", "hits"), [((), False), (("--assist",), True)])
def test_assist__shows_rule_hits_only_when_asked_and_records_it(project, options, hits):
    tag.run(segmented(project, {"1950_a": f"{THREAT}\n\n{PLAIN}"}))
    with running(project, "anna", *options) as bench:
        view = bench.json("/api/passage?id=1950_a%2300001")["passage"]
        assert bool(view["hits"]) == hits
        bench.json("/api/labels", submission(view, ["threat"]))
    assert json.loads((project.labels / "anna.jsonl").read_text())["assisted"] == hits


def test_blind__neither_machine_codes_nor_another_coders_reach_the_page(project):
    segmented(project, labelling={"round": 10, "double": 1})
    with running(project, "ben") as ben:
        view = ben.json("/api/passage")["passage"]
        ben.json("/api/labels", {**submission(view, ["threat"]), "memo": "a telling memo"})
    with running(project, "anna") as anna:
        answer = anna.request("/api/passage?id=" + view["id"].replace("#", "%23"))[1]
        assert json.loads(answer)["passage"]["label"] is None and "telling" not in answer and '"p"' not in answer


def test_plan__the_same_study_gives_the_same_queue_and_a_second_round_leaves_the_first_out(project, tmp_path):
    study = segmented(project, labelling={"round": 30, "random": 0.5})
    book = load(study.codebook_folder)
    first = plan.draw_round(study, book.ids, set())
    (plan.folder(study) / "round-1.jsonl").unlink()
    assert plan.draw_round(study, book.ids, set()) == first
    second = plan.draw_round(study, book.ids, set())
    assert {one.scheme for one in second} == {"round-2"} and not {one.key for one in first} & {one.key for one in second}
    assert {one.probability for one in second} == {30 / 42}
    assert plan.queue(first, "anna", study.seed) == plan.queue(first, "anna", study.seed)


def test_flips__are_codes_whose_decision_changed_and_nothing_else():
    was = {"threat": {"p": 0.2, "present": False}, "profit": {"p": 0.6, "present": True}}
    now = {"threat": {"p": 0.7, "present": True}, "profit": {"p": 0.9, "present": True}, "identity": {"p": 1, "present": True}}
    assert changed.flipped_codes("d#1", was, now) == [{"id": "d#1", "code": "threat", "present": True, "p": [0.2, 0.7]}]


def test_definitions__only_what_coders_read_counts_as_a_change(book):
    then = definitions.texts(book)
    assert definitions.changes(then, book) == {}
    then["threat"] = {**then["threat"], "exclude": ["Nothing."]}
    del then["profit.capitulation"]
    found = definitions.changes(then, book)
    assert set(found) == {"threat", "profit.capitulation"} and found["profit.capitulation"].then is None


def test_word_changes__give_both_texts_back():
    then, now = "A state: any danger.\nInclude: war", "A state or bloc: any grave danger.\nInclude: war and siege"
    pieces = word_changes(then, now)
    assert "".join(" ".join(w for kind, w in pieces if kind != "new").split()) == "".join(then.split())
    assert "".join(" ".join(w for kind, w in pieces if kind != "gone").split()) == "".join(now.split())


def test_queue__follows_its_passages_when_the_study_is_cut_anew_and_leaves_out_what_is_gone(project):
    settings = {"passages": {"min_words": 3, "max_words": 40}, "labelling": {"round": 10, "double": 1}}
    kept = "Seven eight nine ten eleven twelve."
    study = segmented(project, {"1950_a": f"One two three four five six.\n\n{kept}\n\nAnd more words stand here."}, **settings)
    assert len(plan.draw_round(study, (), set())) == 3
    segmented(project, {"1950_a": f"{kept}\n\nAnd a new paragraph of several words."}, **settings)
    bench = Bench(study, "anna")
    assert [(one.passage_id, bench.corpus.passage(one.passage_id)["text"]) for one in bench.queue] == [("1950_a#00001", kept)]
