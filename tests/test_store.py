"""Data files: whole or not at all, streamed, and a broken line named."""

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import store
from pipeline.errors import PipelineError

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)


@given(rows=st.lists(st.dictionaries(st.text(), VALUES, max_size=4), max_size=5))
def test_write_jsonl__reads_back_the_same(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("store") / "rows.jsonl"
    assert store.write_jsonl(path, rows) == len(rows)
    assert list(store.read_jsonl(path)) == rows
    assert path.read_bytes().count(b"\n") == len(rows) and b"\r" not in path.read_bytes()


def test_write_jsonl__keeps_the_old_file_when_a_row_fails(tmp_path):
    path = tmp_path / "rows.jsonl"
    store.write_jsonl(path, [{"n": 1}])

    def rows():
        yield {"n": 2}
        raise RuntimeError("midway")

    with pytest.raises(RuntimeError):
        store.write_jsonl(path, rows())
    assert list(store.read_jsonl(path)) == [{"n": 1}]
    assert [p.name for p in tmp_path.iterdir()] == ["rows.jsonl"]


def test_write_bytes__makes_missing_folders(tmp_path):
    store.write_bytes(tmp_path / "a" / "b" / "c.bin", b"\x00\xff")
    assert (tmp_path / "a" / "b" / "c.bin").read_bytes() == b"\x00\xff"


@given(text=st.text(st.characters()))
def test_dumps__gives_one_line_that_any_file_can_hold(text):
    line = store.dumps({"text": text})
    line.encode("utf-8")
    assert "\n" not in line and json.loads(line) == {"text": store.sound(text)}
    assert len(store.sound(text)) == len(text)


@pytest.mark.parametrize(("broken", "line"), [
    (b'{"a": 1}\n{"a": \n{"a": 3}\n', 2), (b'{"a": 1}\n[1, 2]\n', 2), (b'{"a": 1}\n{"a": 2}\n"text"\n', 3),
])  # fmt: skip
def test_read_jsonl__names_the_broken_line(tmp_path, broken, line):
    path = tmp_path / "rows.jsonl"
    path.write_bytes(broken)
    with pytest.raises(PipelineError) as caught:
        list(store.read_jsonl(path))
    assert [(p.file, p.line) for p in caught.value.problems] == [(str(path), line)]


@pytest.mark.parametrize("broken", [b'{"a": 1}\n\xff\xfe\n', b'{"a": 1}\n{"a": nonsense}\n', b'{"a": 1}\n' + b"[" * 100_000 + b"\n"])
@pytest.mark.parametrize("read", [store.read_jsonl, store.numbered_rows])
def test_read__refuses_what_is_no_json_in_utf8(tmp_path, read, broken):
    path = tmp_path / "rows.jsonl"
    path.write_bytes(broken)
    with pytest.raises(PipelineError, match=r"rows\.jsonl") as caught:
        list(read(path))
    assert caught.value.problems[0].file == str(path)


def test_numbered_rows__counts_blank_lines_and_skips_a_byte_order_mark(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"a": 1}\n\n{"a": 2}\n')
    assert list(store.numbered_rows(path)) == [(1, {"a": 1}), (3, {"a": 2})]


@pytest.mark.parametrize("read", [store.read_jsonl, store.numbered_rows, lambda path: [store.read_json(path)]])
def test_read__says_that_a_file_is_missing(tmp_path, read):
    with pytest.raises(PipelineError, match=r"gone\.jsonl does not exist"):
        list(read(tmp_path / "gone.jsonl"))


def test_read_json__says_that_a_file_is_broken(tmp_path):
    (tmp_path / "x.json").write_text('{"a": ')
    with pytest.raises(PipelineError, match="not valid JSON"):
        store.read_json(tmp_path / "x.json")


def test_hashes__are_those_of_the_standard(tmp_path):
    (tmp_path / "x").write_bytes("naïve".encode())
    assert store.sha256_file(tmp_path / "x") == store.sha256_text("naïve") == hashlib.sha256("naïve".encode()).hexdigest()
    assert store.sha512_file(tmp_path / "x") == hashlib.sha512("naïve".encode()).hexdigest()
    assert store.sha256_file(tmp_path / "none") == ""
