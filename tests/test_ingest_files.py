"""Folders of text: every file is read or named; metadata.csv may be as people write it."""

import pytest

from pipeline.ingest import files
from pipeline.ingest.raw import Raw


def read(path):
    """Raws by id, and problems as (file name, line, message)."""
    problems = []
    items = list(files.read(path, problems))
    problems += [item.problem for item in items if not isinstance(item, Raw)]
    return {i.id: i for i in items if isinstance(i, Raw)}, [(p.file.rpartition("/")[2], p.line, p.message) for p in problems]


@pytest.fixture
def folder(tmp_path):
    for name in ("a.txt", "b.txt", "deep/c.txt"):
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"words of {name}")
    return tmp_path / "in"


def test_read__takes_files_of_all_depths(folder):
    raws, problems = read(folder)
    assert list(raws) == ["a", "b", "deep/c"] and raws["deep/c"].text == "words of deep/c.txt" and not problems


def test_read__takes_a_single_file(folder):
    assert list(read(folder / "a.txt")[0]) == ["a"]


def test_read__names_what_it_leaves_out(folder):
    (folder / "d.docx").write_bytes(b"PK\x03\x04")
    (folder / "noending").write_text("x")
    (folder / "e.txt").write_bytes(b"%PDF-1.4")
    (folder / "gone.txt").symlink_to(folder / "nowhere")
    (folder / "linked").symlink_to(folder / "deep")
    (folder / "._a.txt").write_bytes(b"\x00\x05\x16\x07")
    raws, problems = read(folder)
    assert list(raws) == ["a", "b", "deep/c"]
    assert sorted(name for name, _, _ in problems) == ["d.docx", "e.txt", "gone.txt", "linked", "noending"]


def test_read__an_empty_folder_is_named(tmp_path):
    assert [message for _, _, message in read(tmp_path)[1]] == ["holds no file that can be read"]


@pytest.mark.parametrize("content", [
    'file,speaker\na.txt,"Smith, A"\nb.txt,B\ndeep/c.txt,C\n', 'file;speaker\r\na.txt;Smith, A\r\nb.txt;B\r\ndeep/c.txt;C\r\n',
    '\ufefffilename,speaker\na,"Smith, A"\nb,B\ndeep/c,C\n', ' Path ,speaker\na.txt,"Smith, A"\nb.txt,B\ndeep/c.txt,C\n',
    'file,note,speaker\na.txt,"two\nlines","Smith, A"\nb.txt,,B\ndeep/c.txt,,C\n',
])  # fmt: skip
def test_read_metadata__as_people_write_it(folder, content):
    (folder / "metadata.csv").write_text(content)
    raws, problems = read(folder)
    assert [raw.given["speaker"] for raw in raws.values()] == ["Smith, A", "B", "C"] and not problems


def test_read_metadata__names_missing_extra_double_and_torn_rows(folder):
    (folder / "metadata.csv").write_text("file,speaker\na.txt,A\nz.txt,Z\na.txt,AA\nb.txt,B,torn\n")
    raws, problems = read(folder)
    assert raws["a"].given["speaker"] == "A" and raws["b"].given == {} and len(raws) == 3
    assert [(name, line) for name, line, _ in problems] == [("metadata.csv", n) for n in (3, 4, 5)] + [("b.txt", 0), ("c.txt", 0)]


@pytest.mark.parametrize("content", [b"PK\x03\x04", b"\x00\x01\x02\x03" * 50])
def test_read_metadata__a_binary_one_is_named_and_the_texts_read(folder, content):
    (folder / "metadata.csv").write_bytes(content)
    raws, problems = read(folder)
    assert len(raws) == 3 and [name for name, _, _ in problems] == ["metadata.csv"]


def test_read_metadata__in_cp1252(folder):
    (folder / "metadata.csv").write_bytes("file,speaker\na.txt,Müller\nb.txt,B\ndeep/c.txt,C\n".encode("cp1252"))
    assert read(folder)[0]["a"].given["speaker"] == "Müller"
