"""Bad input through the command line: one clear message, exit code 1, no traceback, and what was built stands."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest
import yaml
from conftest import ROOT, STUDY, TEXTS

LABEL = {
    "passage_id": "1950_first#00001", "document_id": "1950_first", "start": 0, "end": 9, "text_sha256": "0" * 64, "coder": "ann",
    "codes": ["threat"], "considered": ["threat"], "codebook_version": "1", "time": "2026-01-01T00:00:00Z", "drawn": {"scheme": "random"},
}  # fmt: skip


def clear_failure(result, *parts):
    """Whether a call failed as it should: exit code 1, one message naming the parts, no traceback; its words."""
    assert result.exit_code == 1, result.output
    assert isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output and result.stderr.count("Error: ") == 1
    for part in parts:
        assert str(part) in result.stderr, result.stderr
    return result.stderr


@pytest.fixture(scope="module")
def built_once(tmp_path_factory):
    """The trial built once in full: what a mistake afterwards may not harm."""
    folder = tmp_path_factory.mktemp("built")
    (folder / "codebook").symlink_to(ROOT / "codebook")
    texts = folder / "corpus" / "trial" / "texts"
    texts.mkdir(parents=True)
    (texts.parent / "study.yaml").write_text(yaml.safe_dump(STUDY, sort_keys=False))
    for name, text in TEXTS.items():
        (texts / f"{name}.txt").write_text(text)
    done = subprocess.run(
        [sys.executable, "-m", "pipeline", "run", "--study", "trial"], cwd=folder, env=environment(folder), capture_output=True
    )
    assert done.returncode == 0, done.stderr
    return folder


def environment(folder):
    return {**os.environ, "POLICYCODE_HOME": str(folder), "POLICYCODE_JOBS": "1", "PYTHONPATH": str(ROOT)}


@pytest.fixture
def built(project, built_once):
    """A project of its own in which everything is built."""
    for name in ("corpus", "outputs", "models"):
        shutil.rmtree(project.folder / name, ignore_errors=True)
        shutil.copytree(built_once / name, project.folder / name)
    return project


def trained(project):
    """Bytes of the study's model and its card."""
    return {path.name: path.read_bytes() for path in (project.folder / "models" / "trial").iterdir()}


def unknown_key(project):
    project.study_file.write_text(yaml.safe_dump({**STUDY, "colour": "red"}, sort_keys=False))
    line = project.study_file.read_text().splitlines().index("colour: red") + 1
    return [f"{project.study_file.relative_to(project.folder)}:{line}", "[colour] unknown key"]


def missing_role(project):
    roles = {name: role for name, role in STUDY["roles"].items() if name != "adversary"}
    project.study_file.write_text(yaml.safe_dump({**STUDY, "roles": roles}, sort_keys=False))
    line = project.study_file.read_text().splitlines().index("roles:") + 1
    return [f"study.yaml:{line}", "[roles.adversary] Field required"]


def missing_source(project):
    project.study(sources=[{"form": "path", "path": "nowhere"}])
    return ["nowhere does not exist", "study.yaml"]


def dangling_parent(project):
    own = project.study_file.parent / "own"
    shutil.copytree(ROOT / "codebook" / "alliance", own)
    lines = (own / "codebook.yaml").read_text().splitlines(keepends=True)
    where = next(i for i, line in enumerate(lines) if "parent: threat" in line)
    lines[where] = lines[where].replace("parent: threat", "parent: threatt")
    (own / "codebook.yaml").write_text("".join(lines))
    project.study(codebook="own")
    return ["codebook.yaml:", "'threatt'"]


def unknown_code(project):
    project.labels.mkdir()
    lines = [{**LABEL, "codes": [], "considered": ["threat"]}, {**LABEL, "considered": ["threat", "no.such"]}]
    (project.labels / "ann.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return ["ann.jsonl:2", "no.such"]


def broken_label(project):
    project.labels.mkdir()
    (project.labels / "ann.jsonl").write_text(json.dumps(LABEL) + "\n{torn\n")
    return ["ann.jsonl:2"]


def only_binary(project):
    shutil.rmtree(project.texts)
    project.write("blob.txt", bytes(range(256)) * 20)
    return ["blob.txt", "binary data"]


def only_long_line(project):
    shutil.rmtree(project.texts)
    project.write("long.txt", b"short\n" + b"x" * 50_000_000)
    return ["long.txt", "line 2 has 50,000,000 characters"]


def no_text_column(project):
    (project.texts / "t.csv").write_text("id,words\na,b\n")
    project.study(sources=[{"form": "path", "path": "texts/t.csv"}])
    return ["t.csv", "no column 'text'"]


@pytest.mark.parametrize(
    "spoil",
    [unknown_key, missing_role, missing_source, dangling_parent, unknown_code, broken_label, only_binary, only_long_line, no_text_column],
    ids=lambda f: f.__name__,
)
def test_run__says_what_is_wrong_and_harms_nothing(built, spoil):
    before, model = built.built(), trained(built)
    parts = spoil(built)
    clear_failure(built.call("run", "--study", "trial"), *parts)
    assert {name: content for name, content in built.built().items() if "journal" not in name} == before
    assert trained(built) == model and set(model) == {"model.skops", "card.md", "card.json"}


@pytest.mark.parametrize(("arguments", "part"), [
    (["run", "--study", "nowhere"], "corpus/nowhere/study.yaml"),
    (["run", "--study", "trial", "--source", "nowhere"], "nowhere does not exist"),
    (["segment", "--study", "trial"], "documents.jsonl"), (["code", "--study", "trial"], "passages.jsonl"),
    (["codebook", "check", "--codebook", "nowhere"], "nowhere"),
])  # fmt: skip
def test_commands__say_what_is_missing(project, arguments, part):
    clear_failure(project.call(*arguments), part)


def test_run__one_unreadable_file_stops_nothing_else(built):
    built.write("blob.txt", bytes(range(256)) * 20)
    built.write("long.txt", b"x" * 50_000_000)
    built.write("1980_fourth.txt", "A fourth text about Sudland, its harbours and its trade with us.")
    for _ in range(2):  # said again when nothing is left to be done
        result = built.call("run", "--study", "trial")
        assert result.exit_code == 1 and "Traceback" not in result.output
        assert "blob.txt" in result.stderr and "long.txt" in result.stderr and "everything else was done" in result.stderr
    assert {row["document_id"] for row in built.rows("codings.jsonl")} == {*TEXTS, "1980_fourth"}
    errors = [os.path.basename(row["file"]) for row in built.rows("problems.jsonl") if row["severity"] == "error"]
    assert errors == ["blob.txt", "long.txt"] and (built.outputs / "report.html").is_file()


def test_run__a_text_without_spaces_stops_nothing(project):
    project.write_texts()
    project.write("nospace.txt", "Ostland-threatens-our-borders," * 40_000)
    assert project.call("run", "--study", "trial").exit_code == 0
    assert max(len(row["text"]) for row in project.rows("passages.jsonl")) <= 40 * 200


def test_run__one_changed_document_is_the_only_one_done_again(built):
    built.write("1960_second.txt", "Other words about Sudland and about the trade we do with its harbours.")
    result = built.call("run", "--study", "trial")
    assert result.exit_code == 0, result.stderr
    counts = {name: stage["counts"] for name, stage in json.loads((built.outputs / "run.json").read_text())["stages"].items()}
    assert [counts[name]["computed"] for name in ("ingest", "segment", "tag", "code")] == [1, 1, 1, 1]


def test_run__built_from_nothing_has_the_same_bytes(built):
    before = built.built()
    shutil.rmtree(built.outputs)
    assert built.call("run", "--study", "trial").exit_code == 0
    assert built.built() == before


@pytest.mark.parametrize("name", ["documents.jsonl", "passages.jsonl", "tags.jsonl"])
def test_run__a_cut_data_file_is_never_built_upon(built, name):
    right = built.built()
    path = built.outputs / name
    path.write_bytes(path.read_bytes()[:-40])
    result = built.call("run", "--study", "trial")
    if result.exit_code:
        assert name in clear_failure(result, "is damaged")
        path.unlink()
        assert built.call("run", "--study", "trial").exit_code == 0
    assert {k: v for k, v in built.built().items() if k.endswith(".jsonl")} == {k: v for k, v in right.items() if k.endswith(".jsonl")}


def test_run__killed_in_the_middle_goes_on_and_ends_with_the_same_bytes(project, tmp_path):
    texts = {f"{1900 + i}": "\n\n".join(f"{TEXTS['1950_first']} Number {i} of {j}." for j in range(8)) for i in range(40)}
    project.write_texts(texts)
    call = [sys.executable, "-m", "pipeline", "run", "--study", "trial"]
    run = subprocess.Popen(call, cwd=project.folder, env=environment(project.folder), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    journals = project.outputs / ".ledger"
    until = time.monotonic() + 60
    while time.monotonic() < until and run.poll() is None:
        if any(path.stat().st_size > 2_000 for path in [journals / "tags.journal"] if path.exists()):
            break
        time.sleep(0.002)
    os.kill(run.pid, signal.SIGKILL)
    stopped = datetime.now(UTC).isoformat(timespec="seconds")
    assert run.wait() == -signal.SIGKILL and not (project.outputs / "codings.jsonl").exists()
    done = subprocess.run(call, cwd=project.folder, env=environment(project.folder), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    counts = json.loads((project.outputs / "run.json").read_text())["stages"]
    assert counts["ingest"]["counts"]["computed"] == 40  # done before the kill and not again
    assert counts["segment"]["finished"] <= stopped and 0 < counts["tag"]["counts"]["computed"] < 40
    resumed = {name: content for name, content in project.built().items() if name.endswith(".jsonl")}
    shutil.rmtree(project.outputs)
    assert subprocess.run(call, cwd=project.folder, env=environment(project.folder), capture_output=True).returncode == 0
    assert {name: content for name, content in project.built().items() if name.endswith(".jsonl")} == resumed
