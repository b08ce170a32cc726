"""Hand labels: the last one counts, the adjudicated one settles, and none is lost in silence."""

import pytest
from labelling import label_row, write_labels

from pipeline import codebook, labels, store
from pipeline.errors import PipelineError


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ({"a": {"threat": True}}, True),
        ({"a": {"threat": True}, "b": {"threat": True}}, True),
        ({"a": {"threat": True}, "b": {"threat": False}}, None),
        ({"a": {"threat": True}, "b": {"threat": False}, "adjudicated": {"threat": False}}, False),
        ({"a": {"threat": True}, "b": {"threat": True}, "adjudicated": {"threat": False}}, False),
        ({"a": {"threat": True}, "b": {"profit": False}}, True),
    ],
)
def test_settled__agreement_else_adjudication_else_unknown(said, wanted):
    assert labels.settled(said)["threat"] is wanted


DECIDED = {"time": "2026-11-24T10:00:00Z", "codebook_version": "1.2"}


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"time": "2026-11-24T11:00:00Z"}, []),  # came round after the ruling
        ({"time": "2026-11-24T09:30:00Z"}, ["threat"]),
        ({"time": "2026-11-24T11:00:00Z", "codebook_version": "1.3"}, ["threat"]),  # coded anew under another codebook
        ({"time": "2026-11-24T11:00:00Z", "status": "withdrawn"}, []),
    ],
)
def test_latest_blind__what_a_coder_says_after_the_ruling_does_not_count(changes, wanted):
    passage = {"id": "d#00001", "document_id": "d", "start": 0, "end": 4, "text": "text"}
    codes = [] if changes.get("status") else ["threat"]
    rows = [label_row(passage, labels.ADJUDICATED, ["threat"], ["threat"], **DECIDED), label_row(passage, "ann", [], ["threat"]),
            label_row(passage, "ann", codes, [] if changes.get("status") else ["threat"], **changes)]  # fmt: skip
    kept = {label.coder: label for label in labels.latest_blind(map(labels.Label.model_validate, rows))}
    assert set(kept) == {labels.ADJUDICATED, "ann"} and list(kept["ann"].codes) == wanted


@pytest.fixture
def cut(project):
    """A project whose passages are cut; its study, codes and passages."""
    project.write_texts()
    for stage in ("ingest", "segment"):
        assert project.call(stage, "--study", project.study_file).exit_code == 0
    study = project.study()
    return project, study, codebook.load(study.codebook_folder).ids, project.rows("passages.jsonl")


def test_gold__takes_the_coders_last_word(cut):
    project, study, ids, passages = cut
    write_labels(project, "ann", [label_row(passages[0], "ann", [], ids), label_row(passages[0], "ann", ["threat"], ids)])
    write_labels(project, "ben", [label_row(passages[0], "ben", ["threat"], ids)])
    gold, lost = labels.gold(study, ids)
    assert not lost and len(gold) == 1
    assert gold[0].values["threat"] is True and gold[0].values["profit"] is False
    assert gold[0].text == passages[0]["text"] and gold[0].drawn.probability == 0.5


def test_gold__finds_the_passage_again_under_another_id(cut):
    project, study, ids, passages = cut
    moved = label_row(passages[1], "ann", ["identity"], ids, passage_id="1950_first#00099", start=0, end=5)
    write_labels(project, "ann", [moved])
    gold, lost = labels.gold(study, ids)
    assert [one.passage_id for one in gold] == [passages[1]["id"]] and not lost


def test_gold__lists_a_label_whose_text_is_gone(cut):
    project, study, ids, passages = cut
    write_labels(project, "ann", [label_row(passages[0], "ann", [], ids, text_sha256="0" * 64), label_row(passages[1], "ann", [], ids)])
    gold, lost = labels.gold(study, ids)
    assert len(gold) == 1
    assert [passages[0]["id"] in problem.message for problem in lost] == [True]


def test_read__lists_every_bad_line_at_once(cut):
    project, study, ids, passages = cut
    good = label_row(passages[0], "ann", ["threat"], ids)
    bad = [{**good, "codes": ["treat"]}, {**good, "considered": ["profit"]}, {**good, "text_sha256": "short"}, {**good, "mood": "fine"}]
    write_labels(project, "ann", [good, *bad])
    with pytest.raises(PipelineError) as caught:
        labels.read(study.labels, ids)
    assert [problem.line for problem in caught.value.problems] == [2, 3, 4, 5]
    assert "treat" in caught.value.problems[0].message


def test_read__refuses_words_marked_for_an_unknown_code(cut):
    project, study, ids, passages = cut
    write_labels(project, "ann", [label_row(passages[0], "ann", ["threat"], ids, spans=[{"code": "treat", "start": 0, "end": 4}])])
    with pytest.raises(PipelineError, match="cannot be used"):
        labels.read(study.labels, ids)


def test_read__a_torn_line_hides_no_other(tmp_path):
    """Lines that are no JSON, no UTF-8, no object or no passage are listed with the rest, in every file."""
    good = label_row({"id": "d#00001", "document_id": "d", "start": 0, "end": 4, "text": "text"}, "ann", [], ["threat"])
    bad = [b"{torn", b"\xff\xfe", b"[1]", store.dumps({**good, "start": 4}).encode(), store.dumps({**good, "codes": ["profit"]}).encode()]
    content = b"\n\n".join([store.dumps(good).encode(), *bad]) + b"\n"
    for name in ("ann.jsonl", "ben.jsonl"):
        (tmp_path / name).write_bytes(content)
    with pytest.raises(PipelineError, match="10 label") as caught:
        labels.read(tmp_path, ["threat", "profit"])
    wanted = [(str(tmp_path / name), line) for name in ("ann.jsonl", "ben.jsonl") for line in (3, 5, 7, 9, 11)]
    assert [(problem.file, problem.line) for problem in caught.value.problems] == wanted
    assert "end is not after start" in caught.value.problems[3].message


def test_locate__the_nearest_of_equal_texts():
    rows = [{"id": f"d#{i}", "document_id": "d", "start": start, "end": start + 4, "text": "text"} for i, start in enumerate((0, 500, 900))]
    given = labels.Label.model_validate(label_row(rows[1], "ann", [], ["threat"]))
    moved = [{**row, "start": row["start"] + 60} for row in rows]
    assert [labels.locate(given, rows, "d"), labels.locate(given, moved, "d")] == ["d#1", "d#1"]
    assert labels.locate(given, [{**rows[1], "text": "other"}], "d") is None


def test_gold__after_cutting_anew_a_label_is_placed_or_listed(cut):
    project, _, ids, passages = cut
    write_labels(project, "ann", [label_row(passage, "ann", [], ids) for passage in passages])
    small = project.study(passages={"min_words": 2, "max_words": 10})
    assert project.call("segment", "--study", project.study_file).exit_code == 0
    gold, lost = labels.gold(small, ids)
    assert len(gold) + len(lost) == len(passages) and lost and {problem.severity for problem in lost} == {"warning"}
    assert {one.text for one in gold} <= {row["text"] for row in project.rows("passages.jsonl")}


def test_gold__a_passage_coded_anew_after_its_adjudication_is_open_again(cut):
    project, study, ids, passages = cut
    write_labels(project, "ann", [label_row(passages[0], "ann", ["threat"], ids)])
    write_labels(project, "ben", [label_row(passages[0], "ben", [], ids)])
    write_labels(project, "adjudicated", [label_row(passages[0], "adjudicated", ["threat"], ids, time="2026-11-24T10:00:00Z")])
    assert labels.gold(study, ids)[0][0].values["threat"] is True
    write_labels(project, "ann", [label_row(passages[0], "ann", [], ids, time="2026-11-25T09:00:00Z")])
    reopened = labels.gold(study, ids)[0][0]
    assert reopened.values["threat"] is False and "adjudicated" not in reopened.by_coder
