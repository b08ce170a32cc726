"""A whole study from texts to verdict: what is printed, what is computed again, and a golden run."""

import json
import os
import shutil

import pytest
from conftest import ROOT, SAMPLES, TEXTS
from labelling import label_row, write_labels

from pipeline import codebook
from pipeline.stages import STAGES

NAMES = {stage.name for stage in STAGES}
GOLDEN = SAMPLES / "golden" / "expected.json"


def run(project):
    done = project.call("run", "--study", project.study_file)
    assert done.exit_code == 0, done.output
    return done.output


def ran(output):
    """The stages that did work, by the lines they printed."""
    return [line.split()[0] for line in output.splitlines() if line.split() and line.split()[0] in NAMES]


def computed(project, stage):
    return json.loads((project.outputs / "run.json").read_text(encoding="utf-8"))["stages"][stage]["counts"]["computed"]


@pytest.fixture
def built(project):
    project.write_texts()
    run(project)
    return project


def test_run__ends_with_verdict_basis_and_what_to_open(project):
    project.write_texts()
    output = run(project)
    assert "decided" in output.lower() or "supported" in output.lower() or "leaning" in output.lower()
    assert "Basis: rules alone: no hand labels" in output
    for line in output.split("Open next:")[1].split():
        assert (project.folder / line).is_file(), line


def test_run__again_does_nothing(built):
    before = built.built()
    output = run(built)
    assert ran(output) == [] and "Everything is up to date." in output
    assert built.built() == before


def test_run__from_scratch_gives_the_same_bytes(built):
    before = built.built()
    shutil.rmtree(built.folder / "outputs")
    shutil.rmtree(built.folder / "models")
    run(built)
    assert built.built() == before


def test_run__one_changed_document_is_the_only_one_coded_again(built):
    built.write("1950_first.txt", TEXTS["1950_first"] + "\n\nOstland masses its missiles against us and threatens war.")
    output = run(built)
    assert [computed(built, stage) for stage in ("ingest", "segment", "tag", "code")] == [1, 1, 1, 1]
    assert {"ingest", "segment", "tag", "code", "aggregate", "report", "export"} <= set(ran(output))


def test_run__a_new_label_trains_and_codes_without_reading_texts_again(built):
    (built.folder / "models" / "base").symlink_to(ROOT / "models" / "base")
    run(built)
    ids = codebook.load(ROOT / "codebook" / "alliance").ids
    passages = built.rows("passages.jsonl")
    for coder in ("ann", "ben"):
        write_labels(built, coder, [label_row(passage, coder, ["threat"] if i == 0 else [], ids) for i, passage in enumerate(passages)])
    output = run(built)
    assert not {"fetch", "ingest", "segment", "tag"} & set(ran(output))
    assert {"train", "code", "reliability", "aggregate"} <= set(ran(output))
    assert f"{len(passages)} labelled" in output and "trained on hand labels" in output
    agreement = json.loads((built.outputs / "reliability.json").read_text(encoding="utf-8"))
    assert agreement["passages"] == len(passages)


def test_run__a_changed_rule_tags_again_but_reads_no_text(built):
    book = built.folder / "codebook"
    book.unlink()
    shutil.copytree(ROOT / "codebook", book)
    run(built)
    rule = {"label": "threat", "pattern": [{"LOWER": "borders"}], "id": "threat.test-borders"}
    with (book / "alliance" / "patterns.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(rule) + "\n")
    output = run(built)
    assert not {"ingest", "segment"} & set(ran(output)) and "tag" in ran(output)
    assert any(hit["rule"] == "threat.test-borders" for row in built.rows("tags.jsonl") for hit in row["hits"])


def test_status__names_what_is_to_be_run(built):
    built.write("1950_first.txt", "Another text altogether, about the weather and the harvest.")
    done = built.call("status", "--study", built.study_file)
    states = {line.split()[0]: line for line in done.output.splitlines() if line.split()[0] in NAMES}
    assert set(states) == NAMES and "to be run" in states["ingest"]


def test_unknown_study__names_those_there_are(project):
    done = project.call("run", "--study", "nowhere")
    assert done.exit_code == 1 and "trial" in done.output and "Traceback" not in done.output


@pytest.mark.parametrize(
    "arguments", [["export", "--study", "corpus/trial", "--out", "x.csv"], ["run", "--colour"], ["fly"], ["codebook", "show", "treat"]]
)
def test_bad_call__ends_with_two(project, arguments):
    assert project.call(*arguments).exit_code == 2


def summary(project):
    """What a user reads off a run, rounded."""
    narratives = json.loads((project.outputs / "narratives.json").read_text(encoding="utf-8"))
    return {
        "passages": {row["id"]: [row["start"], row["end"]] for row in project.rows("passages.jsonl")},
        "present": {r["id"]: [c for c, d in r["codes"].items() if d["present"]] for r in project.rows("codings.jsonl")},
        "hits": {
            row["id"]: [[h["rule"], h["negated"], h["attributed"], h["source"], h["target"]] for h in row["hits"]]
            for row in project.rows("tags.jsonl")
        },
        "verdicts": {scope["scope"]: [scope["verdict"]["grade"], scope["documents"]] for scope in narratives["scopes"]},
    }


def test_golden_run__codes_as_it_always_did(built):
    """Refresh with POLICYCODE_REFRESH_GOLDEN=1, and read the difference before committing it."""
    found = summary(built)
    if os.environ.get("POLICYCODE_REFRESH_GOLDEN"):
        GOLDEN.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    assert found == json.loads(GOLDEN.read_text(encoding="utf-8"))
