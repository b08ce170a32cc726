"""The command `code` as a filter on anybody's passages, and with its reasons."""

import json

import pytest
from conftest import ROOT


@pytest.fixture
def based(project):
    """A project with the shipped base model and no study's outputs."""
    (project.folder / "models").mkdir()
    (project.folder / "models" / "base").symlink_to(ROOT / "models" / "base")
    return project


def lines(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


PASSAGES = [
    {"id": "a", "text": "The aggression of our enemies threatens the security of our nation, and they build up their missiles against us."},
    {"id": 7, "text": "The committee met on Tuesday and approved the minutes."},
    {"id": "c", "text": "Trade with our partners brings growth, exports and jobs to our economy."},
]


def test_filter__gives_the_fields_others_rely_on(based):
    source = lines(based.folder / "in.jsonl", PASSAGES)
    done = based.call("code", "--in", source, "--out", based.folder / "out.jsonl")
    assert done.exit_code == 0, done.output
    rows = [json.loads(line) for line in (based.folder / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row["id"] for row in rows] == ["a", 7, "c"]
    for row in rows:
        assert all(set(said) == {"p", "present"} and 0 <= said["p"] <= 1 for said in row["codes"].values())
        for span in row["spans"]:
            assert {"start", "end", "code", "rule", "negated", "attributed", "source", "target"} <= set(span)
        assert set(row["why"]) == {code for code, said in row["codes"].items() if said["present"]}
    present = [{code for code, said in row["codes"].items() if said["present"]} for row in rows]
    assert "threat" in present[0] and not present[1] and "profit" in present[2]


def test_filter__without_any_model_says_it_codes_by_rules_alone(project):
    source = lines(project.folder / "in.jsonl", PASSAGES)
    done = project.call("code", "--in", source, "--out", project.folder / "out.jsonl")
    assert done.exit_code == 0 and "rules alone" in done.output


@pytest.mark.parametrize(("bad", "line"), [('{"id": 1}', 2), ("no json", 2), ('{"id": 1, "text": 5}', 2), ("[1]", 2)])
def test_filter__bad_row_is_named_by_line_and_nothing_is_written(based, bad, line):
    source = based.folder / "in.jsonl"
    source.write_text(json.dumps(PASSAGES[0]) + "\n" + bad + "\n", encoding="utf-8")
    done = based.call("code", "--in", source, "--out", based.folder / "out.jsonl")
    assert done.exit_code == 1 and f"in.jsonl:{line}" in done.output
    assert not (based.folder / "out.jsonl").exists()


def test_filter__in_without_out_is_a_bad_call(based):
    assert based.call("code", "--in", lines(based.folder / "in.jsonl", PASSAGES)).exit_code == 2


def test_explain__prints_code_probability_words_and_rules(based):
    done = based.call("code", "--explain", PASSAGES[0]["text"])
    assert done.exit_code == 0, done.output
    assert "  threat  p = " in done.output and "aggression +" in done.output and "  rule " in done.output


def test_explain__says_so_where_no_code_holds(based):
    done = based.call("code", "--explain", PASSAGES[1]["text"])
    assert done.exit_code == 0 and "no code" in done.output


def test_filter__half_a_surrogate_pair_is_replaced_and_positions_stay(based):
    """JSON can spell what no text file can hold."""
    text = "\\ud800 Ostland threatens our nation with aggression."
    (based.folder / "in.jsonl").write_text(f'{{"id": "s", "text": "{text}"}}\n', encoding="utf-8")
    done = based.call("code", "--in", based.folder / "in.jsonl", "--out", based.folder / "out.jsonl")
    assert done.exit_code == 0, done.output
    (row,) = [json.loads(line) for line in (based.folder / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    words = json.loads(f'"{text}"')
    assert row["codes"]["threat"]["present"] and row["spans"]
    assert all(words[span["start"] : span["end"]].strip() == words[span["start"] : span["end"]] != "" for span in row["spans"])


def test_filter__order_and_fields_are_fixed(based):
    source = lines(based.folder / "in.jsonl", PASSAGES)
    assert based.call("code", "--in", source, "--out", based.folder / "out.jsonl").exit_code == 0
    row = json.loads((based.folder / "out.jsonl").read_text(encoding="utf-8").splitlines()[0])
    assert list(row)[:3] == ["id", "codes", "spans"]
    assert list(row["spans"][0]) == ["start", "end", "code", "rule", "negated", "attributed", "source", "target", "mood"]
