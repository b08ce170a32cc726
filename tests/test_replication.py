"""A replication package, unpacked into an empty folder: it reproduces itself, finds every change, and leaks no word it may not."""

import re
import shutil
import subprocess
import sys
import zipfile

import pytest
import yaml
from conftest import TEXTS
from labelling import label_row, write_labels

from pipeline import codebook, export, store
from pipeline.config import load_study
from pipeline.errors import PipelineError
from pipeline.replication import manifest, withhold
from pipeline.replication.package import shares_texts

RARE = "Zyxomma"  # a word that only the texts hold


@pytest.fixture(scope="module")
def trial(module_project):
    """A small study with labels of two coders, run from end to end once."""
    module_project.write_texts({name: f"{RARE} {text}" for name, text in TEXTS.items()})
    for stage in ("ingest", "segment"):
        module_project.call(stage, "--study", module_project.study_file)
    book = codebook.load(module_project.study().codebook_folder)
    for coder in ("rita", "sam"):
        passages = module_project.rows("passages.jsonl")[::2]
        rows = [label_row(row, coder, ["threat"] if number or coder == "rita" else [], book.ids) for number, row in enumerate(passages)]
        write_labels(module_project, coder, rows)
    assert module_project.call("run", "--study", module_project.study_file).exit_code == 0
    return module_project


def packed(trial, path, *, shared):
    study = load_study(str(trial.study_file))
    said = study.model_copy(update={"texts_may_be_shared": shared})
    said._file = study.file
    return export.export_to(said, "package", path)


def unpacked(trial, folder, *, shared):
    done = packed(trial, folder / "p.zip", shared=shared)
    with zipfile.ZipFile(folder / "p.zip") as archive:
        archive.extractall(folder / "p")
    return folder / "p", shared, done.losses


@pytest.fixture(scope="module")
def with_texts(trial, tmp_path_factory):
    return unpacked(trial, tmp_path_factory.mktemp("texts"), shared=True)


@pytest.fixture(scope="module")
def textless(trial, tmp_path_factory):
    return unpacked(trial, tmp_path_factory.mktemp("textless"), shared=False)


@pytest.fixture(params=["with_texts", "textless"])
def package(request):
    """An unpacked package, with and without its texts: (folder, whether texts are in it, losses)."""
    return request.getfixturevalue(request.param)


def make(folder, target):
    return subprocess.run(
        ["make", "-s", target, f"ENV={sys.executable}"], cwd=folder, capture_output=True, text=True, env={"PATH": "/usr/bin:/bin"}
    )


def tampered(package, tmp_path, name, content):
    """A copy of a package with one file changed."""
    copy = tmp_path / "copy"
    shutil.copytree(package[0], copy, ignore=shutil.ignore_patterns("rebuilt"))
    (copy / name).write_text(content, encoding="utf-8")
    return copy


TABLES = {f"outputs/trial/{name}" for name in ("narratives.json", "shares.csv", "reliability.json", "report.html", "export/codings.xlsx")}
CODED = {f"outputs/trial/{name}" for name in ("passages.jsonl", "tags.jsonl", "codings.jsonl")} | {"models/trial/model.skops"}


def rebuilt(done):
    """The files that were rebuilt as published; none may differ."""
    assert done.returncode == 0, done.stdout + done.stderr
    assert "DIFFERENT" not in done.stdout and "byte for byte" in done.stdout
    return set(re.findall(r"^same +(\S+)", done.stdout, re.M))


def test_reproduce__rebuilds_the_tables_from_codings_where_texts_are_withheld(textless):
    done = make(textless[0], "reproduce")
    assert rebuilt(done) >= TABLES and not rebuilt(done) & CODED
    assert "Not rebuilt, since the texts were withheld" in done.stdout


def test_recode__rebuilds_everything_from_the_texts(with_texts):
    assert rebuilt(make(with_texts[0], "recode")) >= TABLES | CODED


def test_recode__says_that_texts_were_withheld(textless):
    done = make(textless[0], "recode")
    assert done.returncode != 0 and "texts were withheld" in done.stderr


def test_package__holds_what_a_replicator_needs(package):
    folder, shared, losses = package
    names = set(manifest.read(folder))
    assert {"Makefile", "README.md", "CITATION.cff", "LICENSE", "requirements.lock", "environment.txt", "pipeline/cli.py"} <= names
    assert {"corpus/trial/study.yaml", "corpus/trial/labels/rita.jsonl", "codebook/alliance/codebook.yaml", "models/trial/card.md"} <= names
    assert {f"outputs/trial/{name}" for name in ("run.json", "codings.jsonl", "report.html", "export/codings.csv.dictionary.csv")} <= names
    assert bool(losses) is not shared
    cited = yaml.safe_load((folder / "CITATION.cff").read_text())
    assert cited["cff-version"] == "1.2.0" and cited["type"] == "dataset" and cited["references"][0]["title"].startswith("policycode")


def test_package__manifest_is_what_sha256sum_reads(package):
    done = make(package[0], "verify")
    assert done.returncode == 0 and "as published" in done.stdout


def test_package__no_word_of_withheld_texts(package):
    folder, shared, _ = package
    words = {RARE.encode(), b"brings prosperity", b"share with Sudland the same"}
    holding = {path.name for path in folder.rglob("*") if path.is_file() and any(word in path.read_bytes() for word in words)}
    holding |= {"codings.xlsx"} if RARE in " ".join(sheet_texts(folder / "outputs/trial/export/codings.xlsx")) else set()
    assert ("passages.jsonl" in holding) is shared and ("codings.xlsx" in holding) is shared
    if not shared:
        assert holding <= {"model.skops"}, holding  # the classifier's vocabulary


def sheet_texts(path):
    import openpyxl

    return [str(cell.value) for sheet in openpyxl.load_workbook(path) for row in sheet.iter_rows() for cell in row]


def test_package__ids_places_and_hashes_stand_for_withheld_texts(package, trial):
    folder, shared, _ = package
    given = list(store.read_jsonl(folder / "outputs" / "trial" / "passages.jsonl"))
    own = trial.rows("passages.jsonl")
    assert [(row["id"], row["start"], row["end"]) for row in given] == [(row["id"], row["start"], row["end"]) for row in own]
    if not shared:
        assert [row["text_sha256"] for row in given] == [store.sha256_text(row["text"]) for row in own]
        documents = {row["id"]: row for row in store.read_jsonl(folder / "outputs" / "trial" / "documents.jsonl")}
        assert all(documents[row["document_id"]]["text"][row["start"] : row["end"]] == row["text"] for row in given)


@pytest.mark.parametrize(
    "name", ["outputs/trial/shares.csv", "corpus/trial/labels/rita.jsonl", "pipeline/aggregate.py", "codebook/alliance/extra.yaml"]
)
def test_reproduce__finds_a_tampered_file(textless, tmp_path, name):
    done = make(tampered(textless, tmp_path, name, "{}\n"), "reproduce")
    assert done.returncode != 0 and name in done.stderr and "same" not in done.stdout


def test_reproduce__finds_a_table_that_was_changed_with_its_hash(textless, tmp_path):
    """Who changes a table and its hash in the manifest is found out by the rebuilding."""
    name = "outputs/trial/shares.csv"
    copy = tampered(textless, tmp_path, name, (textless[0] / name).read_text(encoding="utf-8").replace("0.", "0.1", 1))
    manifest.write(copy)
    done = make(copy, "reproduce")
    assert done.returncode != 0 and f"DIFFERENT  {name}" in done.stdout and "1 of" in done.stderr


def test_write__same_state_same_bytes(trial, textless, tmp_path):
    packed(trial, tmp_path / "again.zip", shared=False)
    assert (tmp_path / "again.zip").read_bytes() == (textless[0].parent / "p.zip").read_bytes()


def test_write__refuses_tables_that_labels_have_left_behind(trial, tmp_path):
    study = load_study(str(trial.study_file))
    kept = (study.outputs / "shares.csv").read_bytes()
    try:
        store.write_bytes(study.outputs / "shares.csv", kept + b"\n")
        with pytest.raises(PipelineError, match=r"shares\.csv is not what the study's codings and labels give now"):
            packed(trial, tmp_path / "b.zip", shared=False)
    finally:
        store.write_bytes(study.outputs / "shares.csv", kept)
    assert not (tmp_path / "b.zip").exists()


NPM = {"form": "npm", "package": "texts", "version": "1.0.0", "sha512": "0" * 128}


@pytest.mark.parametrize(
    ("sources", "said", "source", "shared"),
    [
        ([NPM], None, "", True),
        ([NPM], None, "/elsewhere", False),
        ([NPM], False, "", False),
        ([{"form": "path", "path": "texts"}], None, "", False),
        ([NPM, {"form": "path", "path": "texts"}], None, "", False),
        ([{"form": "path", "path": "texts"}], True, "", True),
        ([], None, "", False),
    ],
)
def test_shares_texts__only_where_it_is_said_or_pinned(project, sources, said, source, shared):
    study = project.study(sources=sources, texts_may_be_shared=said)
    store.write_json(study.outputs / "run.json", {"source": source})
    assert shares_texts(study) is shared


@pytest.mark.parametrize("length", [0, 1, 6, 1000])
def test_masked__keeps_the_length_and_nothing_else(length):
    assert len(withhold.masked(length)) == length and set(withhold.masked(length)) <= set("█ ")


def test_reproduce__elsewhere_is_one_clear_error(project):
    done = project.call("reproduce", project.folder)
    assert done.exit_code == 1 and "is no replication package" in done.stderr
