"""The list of problems: complete, by stage, stable; and how problems and errors read."""

import pytest

from pipeline import problems
from pipeline.errors import PipelineError, Problem


def test_replace__renews_one_stage_and_keeps_the_others(tmp_path):
    problems.replace(tmp_path, "train", [Problem("l.jsonl", 3, "odd")])
    problems.replace(tmp_path, "ingest", [Problem("b.txt", 0, "bad"), Problem("a.txt", 0, "bad"), Problem("a.txt", 0, "bad")])
    problems.replace(tmp_path, "ingest", [Problem("c.txt", 0, "bad"), Problem("a.txt", 0, "bad")])
    assert [(row["stage"], row["file"]) for row in problems.read(tmp_path)] == [
        ("ingest", "a.txt"),
        ("ingest", "c.txt"),
        ("train", "l.jsonl"),
    ]
    problems.replace(tmp_path, "ingest", [])
    assert [row["stage"] for row in problems.read(tmp_path)] == ["train"]


def test_read__is_empty_where_nothing_ran(tmp_path):
    assert problems.read(tmp_path) == []


@pytest.mark.parametrize(("problem", "text"), [(Problem("a.txt", 0, "bad"), "a.txt: bad"), (Problem("a.csv", 7, "bad"), "a.csv:7: bad")])
def test_problem__reads_as_place_and_message(problem, text):
    assert str(problem) == text


def test_pipeline_error__reads_as_message_places_hint():
    error = PipelineError("Wrong.", "Do this.", (Problem("a", 1, "x"), Problem("b", 0, "y")))
    assert str(error) == "Wrong.\n  a:1: x\n  b: y\nHint: Do this."
    assert str(PipelineError("Wrong.")) == "Wrong."
