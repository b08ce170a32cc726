"""Studies: what is refused, where it is said, what is derived."""

import copy

import pytest
import yaml
from conftest import ROOT, STUDY

from pipeline.config import load_study
from pipeline.errors import PipelineError

NPM = {"form": "npm", "package": "words", "version": "1.0.0", "sha512": "0" * 128}


def changed(path, value):
    """The trial's data with one place changed (removed where the value is None)."""
    data = copy.deepcopy(STUDY)
    place = data
    for part in path[:-1]:
        place = place[part]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return data


def refused(project, data):
    """The problems for which a study is refused, with the text of the line each names."""
    project.study_file.write_text(yaml.safe_dump(data, sort_keys=False))
    with pytest.raises(PipelineError) as caught:
        load_study(str(project.study_file))
    lines = project.study_file.read_text().splitlines()
    assert all(problem.file == str(project.study_file) for problem in caught.value.problems)
    return [(lines[problem.line - 1].strip(), problem.message) for problem in caught.value.problems]


@pytest.mark.parametrize(("path", "value", "line", "message"), [
    (["colour"], "red", "colour: red", "[colour] unknown key"),
    (["roles", "friend"], "x", "friend: x", "[roles.friend] unknown key"),
    (["roles", "partner"], None, "roles:", "[roles.partner] Field required"),
    (["roles", "self", "aliases"], [], "aliases: []", "[roles.self.aliases]"),
    (["roles", "self", "aliases"], ["Norland", " "], "- ' '", "[roles.self.aliases.1]"),
    (["roles", "self", "name"], "", "name: ''", "[roles.self.name]"),
    (["title"], None, "name: trial", "[title] Field required"),
    (["name"], "Big Name", "name: Big Name", "[name]"), (["name"], "../up", "name: ../up", "[name]"),
    (["language"], "english", "language: english", "[language]"),
    (["passages"], {"min_words": 30, "max_words": 40}, "passages:", "at least twice"),
    (["passages", "max_words"], 3, "max_words: 3", "[passages.max_words]"),
    (["thresholds"], {"interval": 1.5}, "interval: 1.5", "[thresholds.interval]"),
    (["periods"], [{"name": "p", "from_year": 2000, "to_year": 1990}], "- name: p", "from_year is after to_year"),
    (["sources"], [{"form": "ftp", "url": "x"}], "- form: ftp", "[sources.0]"),
    (["sources"], [{"form": "path", "path": ""}], "path: ''", "[sources.0.path.path]"),
    (["sources"], [{"form": "path", "path": "x", "typo": 1}], "typo: 1", "unknown key"),
    (["sources"], [{**NPM, "sha512": "abc"}], "sha512: abc", "[sources.0.npm.sha512]"),
    (["sources"], [{**NPM, "package": "@x/.."}], "package: '@x/..'", "[sources.0.npm.package]"),
    (["sources"], [{**NPM, "package": "--registry=x"}], "package: --registry=x", "[sources.0.npm.package]"),
    (["sources"], [{**NPM, "name_pattern": "(?P<date"}], "name_pattern: (?P<date", "not a regular expression"),
])  # fmt: skip
def test_load_study__refuses_and_names_the_line(project, path, value, line, message):
    found = refused(project, changed(path, value))
    assert len(found) == 1 and found[0][0] == line and message in found[0][1]


def test_load_study__reports_all_problems_at_once(project):
    data = changed(["colour"], "red")
    del data["roles"]["partner"]
    data["language"] = "english"
    assert len(refused(project, data)) == 3


def test_load_study__names_the_studies_there_are(project):
    with pytest.raises(PipelineError, match="no study file") as caught:
        load_study("nowhere")
    assert "trial" in caught.value.hint


def test_load_study__says_when_the_codebook_is_missing(project):
    with pytest.raises(PipelineError, match="no codebook `none`"):
        project.study(codebook="none")


@pytest.mark.parametrize("name", ["trial", "corpus/trial", "corpus/trial/study.yaml"])
def test_load_study__takes_a_name_a_folder_or_a_file(project, name):
    study = load_study(name)
    assert study.name == "trial" and study.outputs == project.outputs


@pytest.mark.parametrize("name", sorted(p.parent.name for p in (ROOT / "corpus").glob("*/study.yaml")))
def test_load_study__every_study_of_the_project_loads(monkeypatch, name):
    monkeypatch.setenv("POLICYCODE_HOME", str(ROOT))
    assert [role for role, _ in load_study(name).role_items()][:3] == ["self", "partner", "adversary"]


def test_codebook_folder__may_lie_beside_the_study(project):
    (project.study_file.parent / "own").mkdir()
    assert project.study(codebook="own").codebook_folder == project.study_file.parent / "own"


@pytest.mark.parametrize(
    ("year", "period"), [(None, "undated"), (1944, "1940s"), (1945, "early"), (1960, "early"), (1961, "1960s"), (2000, "2000s")]
)
def test_period_of__named_else_decade_else_undated(project, year, period):
    study = project.study(periods=[{"name": "early", "from_year": 1945, "to_year": 1960}])
    assert study.period_of(year) == period
