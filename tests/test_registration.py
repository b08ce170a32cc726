"""Registration: what settles the verdict is fixed, dated, and later changes show."""

import json
import shutil

import pytest
import yaml
from conftest import ROOT
from labelling import label_row, write_labels

from pipeline import codebook, registration
from pipeline.errors import PipelineError
from pipeline.evidence import decide


@pytest.fixture
def own_book(project):
    """A codebook of the study's own, that a test may change."""
    shutil.copytree(ROOT / "codebook" / "alliance", project.study_file.parent / "mine")
    return project.study_file.parent / "mine"


def status_of(project, **changes):
    study = project.study(codebook="mine", **changes)
    return registration.status(study, codebook.load(study.codebook_folder))


def register(project):
    done = project.call("register", "--study", project.study_file)
    assert done.exit_code == 0, done.output
    return done.output


def test_status__before_any_registration(project, own_book):
    found = status_of(project)
    assert found["status"] == "not registered" and "policycode register" in found["words"]


def test_register__says_what_and_then_that_nothing_changed(project, own_book):
    project.study(codebook="mine")
    assert "Registered codebook" in register(project)
    before = (project.study_file.parent / "registered.json").read_bytes()
    assert "Nothing changed" in register(project)
    assert (project.study_file.parent / "registered.json").read_bytes() == before
    found = status_of(project)
    assert found["status"] == "registered" and found["changed"] == [] and "before any label" in found["words"]


def change_weights(project, folder):
    path = folder / "narratives.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("strong: 2.5", "strong: 3.5"), encoding="utf-8")


def change_definition(project, folder):
    path = folder / "codebook.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "\n# a second thought\n", encoding="utf-8")


CHANGES = {
    "weights": (change_weights, {}),
    "codebook": (change_definition, {}),
    "thresholds": (None, {"thresholds": {"margin": 3}}),
    "roles": (None, {"roles": {"self": {"name": "N", "aliases": ["N"]}, "partner": {"name": "S", "aliases": ["S"]},
                               "adversary": {"name": "O", "aliases": ["O"]}}}),
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
def test_status__says_what_changed_after(project, own_book, what):
    project.study(codebook="mine")
    register(project)
    change, keys = CHANGES[what]
    if change:
        change(project, own_book)
    found = status_of(project, **keys)
    assert (found["status"], found["changed"]) == ("changed after", [what]) and registration.PARTS[what] in found["words"]


def test_status__a_changed_decision_rule_shows(project, own_book, monkeypatch):
    project.study(codebook="mine")
    register(project)
    monkeypatch.setattr(registration, "RULE", decide.RULE + " or thereabouts")
    assert status_of(project)["changed"] == ["decision rule"]


def test_register__history_is_only_added_to(project, own_book):
    project.study(codebook="mine")
    register(project)
    path = project.study_file.parent / "registered.json"
    (first,) = json.loads(path.read_text(encoding="utf-8"))
    change_weights(project, own_book)
    register(project)
    history = json.loads(path.read_text(encoding="utf-8"))
    assert history[0] == first and len(history) == 2
    assert "registered 2 times" in status_of(project)["words"] and status_of(project)["status"] == "registered"


def test_register__after_labels_says_so(project, own_book):
    project.study(codebook="mine")
    passage = {"id": "a#00001", "document_id": "a", "start": 0, "end": 4, "text": "text"}
    write_labels(project, "ann", [label_row(passage, "ann", ["threat"], ["threat"])])
    assert "labels were there already" in register(project)
    assert "when the study had 1 labels" in status_of(project)["words"]


@pytest.mark.parametrize("content", ["{}", '[{"time": 1}]', '["x"]', "not json"])
def test_history__a_spoiled_file_is_told(project, own_book, content):
    (project.study_file.parent / "registered.json").write_text(content, encoding="utf-8")
    with pytest.raises(PipelineError, match=r"registered\.json"):
        status_of(project)


def test_register__is_of_the_file_as_it_is_read(project, own_book):
    """Hashes are of files: a codebook that means the same but is written otherwise counts as changed."""
    project.study(codebook="mine")
    register(project)
    path = own_book / "narratives.yaml"
    path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text(encoding="utf-8")), sort_keys=False), encoding="utf-8")
    assert status_of(project)["changed"] == ["weights"]


def test_status__a_later_program_is_told_but_breaks_no_promise(project, own_book, monkeypatch):
    project.study(codebook="mine")
    register(project)
    monkeypatch.setattr(registration, "code_hash", lambda *modules: "another")
    found = status_of(project)
    assert (found["status"], found["changed"]) == ("registered", ["program"]) and "program has been changed since" in found["words"]
