"""Folders and archives of mixed forms: all is read or named, ids hold, pages travel to the exports."""

import csv
import json

import papers
import pytest

from pipeline import ingest
from pipeline.ingest import files
from pipeline.ingest.raw import Raw


def read(path):
    """Raws by id, and problems by their place below the folder."""
    found = []
    items = list(files.read(path, found))
    found += [item.problem for item in items if not isinstance(item, Raw)]
    return {item.id: item for item in items if isinstance(item, Raw)}, {p.file.removeprefix(f"{path.parent}/"): p.message for p in found}


@pytest.fixture
def lay(tmp_path):
    def write(contents):
        for name, content in contents.items():
            path = tmp_path / "in" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return tmp_path / "in"

    return write


MIXED = {
    "a.txt": "words of a", "a.docx": papers.docx(["words of Word"]), "deep/a.pdf": papers.pdf([["words of a page"]]),
    "deep/t.xlsx": papers.xlsx([["id", "text", "date"], ["x9", "words of a row", None], [None, "more words", None]]),
    "deep/t.csv": "year,text\n1990,words of a line\n", "figures.csv": "a,b\n1,2\n",
    "old.doc": b"\xd0\xcf\x11\xe0", "b.pdf": b"%PDF-1.4 broken",
    "metadata.csv": "file,speaker\na.txt,Ann\na.docx,Wolf\ndeep/a,Paul\nb.pdf,Bea\n",
}  # fmt: skip
IDS = {"a", "a.docx", "deep/a.pdf", "x9", "deep/t-000002", "deep/t-000001"}


def test_read__a_folder_of_mixed_forms(lay):
    raws, problems = read(lay(MIXED))
    assert set(raws) == IDS and set(problems) == {"in/figures.csv", "in/old.doc", "in/b.pdf"}
    assert "save it as .docx" in problems["in/old.doc"] and "no column 'text'" in problems["in/figures.csv"]
    assert [raws[name].given["speaker"] for name in ("a", "a.docx", "deep/a.pdf")] == ["Ann", "Wolf", "Paul"]
    assert raws["deep/a.pdf"].pages == ("1",) and raws["x9"].given["id"] == "x9"


def test_read__a_zip_is_the_folder_it_holds(lay):
    folder = lay({"all.zip": papers.zipped(MIXED)})
    raws, problems = read(folder / "all.zip")
    assert set(raws) == IDS and {p.rpartition("all.zip/")[2] for p in problems} == {"figures.csv", "old.doc", "b.pdf"}
    assert raws["a.docx"].given["speaker"] == "Wolf" and raws["a"].text == "words of a"


def test_read__a_zip_in_a_folder_or_zip_keeps_ids_apart(lay):
    inner = papers.zipped({"a.txt": "inner words", "__MACOSX/._a.txt": b"\0\1"})
    raws, problems = read(lay({"a.txt": "x", "p.zip": papers.zipped({"a.txt": "y", "q.zip": inner}), "p/a.txt": "z"}))
    assert set(raws) == {"a", "p.zip/a", "p.zip/q.zip/a", "p/a"} and not problems


@pytest.mark.parametrize(("content", "said"), [
    (papers.zipped({"../out.txt": "x"}), "leads out"), (papers.zipped({"a.txt": b"\0" * 50_000_000}), "would grow"),
    (b"PK\x03\x04 no archive", "no zip archive"), (papers.zipped({"a.txt": "1", "A.TXT": "2"}), "there twice"),
])  # fmt: skip
def test_read__a_hostile_zip_is_refused_whole_and_the_rest_is_read(lay, content, said):
    raws, problems = read(lay({"b.txt": "words", "bad.zip": content}))
    assert set(raws) == {"b"} and len(problems) == 1 and said in problems["in/bad.zip"]


def test_read__archives_in_archives_have_an_end(lay):
    content = papers.zipped({"a.txt": "deep"})
    for _ in range(5):
        content = papers.zipped({"n.zip": content})
    raws, problems = read(lay({"n.zip": content}))
    assert not raws and any("unpack it first" in message for message in problems.values())


def test_run__pages_travel_to_documents_and_exports(project):
    long = "Ostland threatens our borders and Sudland stands with us against the common enemy in every field of life. "
    head = "Norland Security Doctrine"
    project.write("d.pdf", papers.pdf([[head, f"Page {name} begins. {long * 3}"] for name in ("one", "two", "three")]))
    assert project.call("run", "--study", project.study_file).exit_code == 0
    document = project.rows("documents.jsonl")[0]
    text, pages = document["text"], document["metadata"]["pages"]
    assert [label for _, label in pages] == ["1", "2", "3"] and document["metadata"]["mended"]["running heads"] == 3
    assert [text[start:].split(" begins")[0] for start, _ in pages] == ["Page one", "Page two", "Page three"]
    rows = list(csv.DictReader((project.outputs / "export" / "codings.csv").open(encoding="utf-8-sig")))
    assert {row["page"] for row in rows} == {"1", "2", "3"}
    assert all(row["page"] == "2" for row in rows if row["text"].startswith("Page two"))
    lines = (project.outputs / "export" / "codings.jsonl").read_text().splitlines()
    assert [json.loads(line)["page"] for line in lines] == [row["page"] for row in rows]


def test_run__what_a_file_says_of_itself_yields_to_metadata(project):
    project.write("a.docx", papers.docx(["Some words of a minister."], "From the file"))
    project.write("b.docx", papers.docx(["Other words of a minister."], "From the file"))
    project.write("metadata.csv", "file,title\na.docx,From the table\nb.docx,\n")
    ingest.run(project.study())
    assert [row["title"] for row in project.rows("documents.jsonl")] == ["From the table", "From the file"]
