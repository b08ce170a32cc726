"""Tables: every row is a document or a named problem; quotes, line ends and broken rows."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import PipelineError
from pipeline.ingest import table
from pipeline.ingest.raw import Raw


def read(folder, name, content, wanted=""):
    """Raws and problems (line, message) of a table."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    problems = []
    items = list(table.read(path, problems, wanted))
    bad = problems + [item.problem for item in items if not isinstance(item, Raw)]
    return [item for item in items if isinstance(item, Raw)], [(p.line, p.message) for p in bad]


CELLS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"], exclude_characters="\ufeff") | st.sampled_from("\n\r\t\"'"))


@given(texts=st.lists(CELLS.filter(bool), min_size=1, max_size=6), delimiter=st.sampled_from(",;\t|"), end=st.sampled_from(["\n", "\r\n"]))
def test_read__csv_gives_back_any_texts(tmp_path_factory, texts, delimiter, end):
    made = io.StringIO()
    writer = csv.writer(made, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerows([["id", "text"], *([f"r{i}", text] for i, text in enumerate(texts))])
    raws, problems = read(tmp_path_factory.getbasetemp(), "any.csv", made.getvalue())
    assert [raw.text for raw in raws] == texts and not problems
    assert [raw.id for raw in raws] == [f"r{i}" for i in range(len(texts))]


@given(texts=st.lists(st.text(st.characters(codec="utf-8")), min_size=1, max_size=6))
def test_read__jsonl_gives_back_any_texts(tmp_path_factory, texts):
    lines = "".join(json.dumps({"text": text}, ensure_ascii=i % 2 == 0) + "\n" for i, text in enumerate(texts))
    raws, problems = read(tmp_path_factory.getbasetemp(), "any.jsonl", lines)
    assert [raw.text for raw in raws] == texts and not problems


def test_read__rows_are_placed_on_the_line_they_begin_on(tmp_path):
    raws, _ = read(tmp_path, "t.csv", 'text,who\n"one\ntwo\nthree",A\n\nfour,B\n')
    assert [(raw.line, raw.text) for raw in raws] == [(2, "one\ntwo\nthree"), (6, "four")]


@pytest.mark.parametrize(("name", "content"), [
    ("t.csv", "id;text\na;one, two\n"), ("t.tsv", "id\ttext\na\tone, two\n"), ("t.csv", 'id,text\na,"one, two"\n'),
    ("t.csv", '\ufeffid,text\na,"one, two"\n'), ("t.csv", 'id,text\r\na,"one, two"\r\n'), ("t.csv", 'ID,Speech\na,"one, two"\n'),
    ("t.jsonl", '\n{"id": "a", "text": "one, two"}\n\n'), ("t.ndjson", '\ufeff{"id": "a", "body": "one, two"}'),
    ("t.csv", 'id,text\na,"one, two"\n'.encode("utf-16")), ("T.CSV", 'id,text\na,"one, two"'),
])  # fmt: skip
def test_read__every_usual_form(tmp_path, name, content):
    raws, problems = read(tmp_path, name, content)
    assert [raw.text for raw in raws] == ["one, two"] and not problems


@pytest.mark.parametrize(("content", "texts", "line", "what"), [
    ("id,text\na,one\nb,two, torn\nc,three\n", ["one", "three"], 3, "has 3 cells under 2 columns"),
    ('id,text\na,one\nb,"two" torn\nc,three\n', ["one", "three"], 3, "cannot be read"),
    ('id,text\na,one\nb,"two\nc,three\n', ["one"], 3, "the rest of the table was not read"),
    ("id,text\na,one\nb," + "x" * 10_000_001 + "\nc,three\n", ["one", "three"], 3, "larger than field limit"),
])  # fmt: skip
def test_read__broken_csv_rows_are_named_and_the_others_read(tmp_path, content, texts, line, what):
    raws, problems = read(tmp_path, "t.csv", content)
    assert [raw.text for raw in raws] == texts
    assert [place for place, _ in problems] == [line] and what in problems[0][1]


@pytest.mark.parametrize("broken", ["{", "[1]", "null", '"text"', '{"id": "b", "text": ["no", "text"]}', '{"text": 5}', "[" * 100_000])
def test_read__broken_jsonl_rows_are_named_and_the_others_read(tmp_path, broken):
    raws, problems = read(tmp_path, "t.jsonl", f'{{"text": "one"}}\n{broken}\n{{"text": "three"}}\n')
    assert [(raw.text, raw.line) for raw in raws] == [("one", 1), ("three", 3)]
    assert [line for line, _ in problems] == [2]


def test_read__a_jsonl_line_of_50_mb_is_named(tmp_path):
    raws, problems = read(tmp_path, "t.jsonl", b'{"text": "one"}\n{"text": "' + b"x" * 50_000_000 + b'"}\n')
    assert [raw.text for raw in raws] == ["one"] and problems[0][0] == 2 and "longer than" in problems[0][1]


def test_read__late_broken_bytes_end_in_a_problem(tmp_path):
    content = b"id,text\n" + "".join(f"a{i},Мы не признаём угроз\n" for i in range(60_000)).encode("utf-16")[2:]
    raws, problems = read(tmp_path, "t.csv", "id,text\n".encode("utf-16") + content[8:] + b"\x00\xd8")
    assert problems and "not read" in problems[-1][1] and len(raws) > 1000


@pytest.mark.parametrize("content", ["", "id,text\n", "\n\n"])
def test_read__an_empty_table_is_named(tmp_path, content):
    assert read(tmp_path, "t.csv", content) == ([], [(0, "holds no rows")])


def test_read__without_a_text_column_says_which_there_are(tmp_path):
    with pytest.raises(PipelineError, match="no column 'text'") as caught:
        read(tmp_path, "t.csv", "id,words\na,b\n")
    assert "id, words" in caught.value.hint
    assert [raw.text for raw in read(tmp_path, "t.csv", "id,words\na,b\n", "words")[0]] == ["b"]


def test_read__keeps_what_the_row_says(tmp_path):
    raws, _ = read(tmp_path, "t.csv", "text,speaker,year\none,A,1950\ntwo,B\n")
    assert [raw.given for raw in raws] == [{"speaker": "A", "year": "1950"}, {"speaker": "B"}]
    assert [raw.id for raw in raws] == ["t-000001", "t-000002"]
