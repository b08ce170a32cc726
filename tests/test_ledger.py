"""Incremental data files: nothing computed twice, nothing harmed, whatever is torn or corrupted."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import ledger, store
from pipeline.errors import PipelineError

NAMES = [f"d{i:02}" for i in range(12)]


def maker(log, texts):
    """A stage that writes two rows a document and notes what it was asked for."""

    def make(todo):
        for name in todo:
            log.append(name)
            yield name, [{"id": f"{name}#{i}", "text": texts.get(name, name)} for i in (1, 2)], {"rows": 2}

    return make


def build(data, keys, texts=None):
    """Update a data file; which documents were computed."""
    log = []
    ledger.update(data, keys, maker(log, texts or {}))
    return log


def keys_of(names, **changed):
    return {name: changed.get(name, "k") for name in names}


@pytest.fixture
def data(tmp_path):
    return tmp_path / "out" / "stage.jsonl"


def test_update__computes_everything_once_and_then_nothing(data):
    assert build(data, keys_of(NAMES)) == NAMES
    before = data.read_bytes()
    assert build(data, keys_of(NAMES)) == []
    assert data.read_bytes() == before
    assert [json.loads(line)["id"] for line in before.splitlines()] == [f"{n}#{i}" for n in NAMES for i in (1, 2)]


def test_update__recomputes_only_the_changed_document(data):
    build(data, keys_of(NAMES))
    assert build(data, keys_of(NAMES, d05="new"), {"d05": "new text"}) == ["d05"]
    reader = ledger.Reader(data)
    assert [row["text"] for row in reader.rows("d05")] == ["new text"] * 2
    assert [row["text"] for row in reader.rows("d06")] == ["d06"] * 2
    reader.close()


def test_update__adds_and_removes_documents(data):
    build(data, keys_of(NAMES[1:6]))
    assert build(data, keys_of([NAMES[0], *NAMES[2:6]])) == [NAMES[0]]
    assert list(ledger.load(data)) == [NAMES[0], *NAMES[2:6]]


@given(steps=st.lists(st.dictionaries(st.sampled_from(NAMES[:5]), st.sampled_from("xyz"), min_size=1), min_size=1, max_size=5))
def test_update__ends_with_the_bytes_of_a_build_from_nothing(tmp_path_factory, steps):
    folder = tmp_path_factory.mktemp("ledger")
    for keys in steps:
        ledger.update(folder / "grown.jsonl", keys, maker([], keys))
    ledger.update(folder / "fresh.jsonl", steps[-1], maker([], steps[-1]))
    assert (folder / "grown.jsonl").read_bytes() == (folder / "fresh.jsonl").read_bytes()
    assert ledger.ledger_path(folder / "grown.jsonl").read_bytes() == ledger.ledger_path(folder / "fresh.jsonl").read_bytes()


def test_update__order_of_making_does_not_show(data, tmp_path):
    build(data, keys_of(NAMES))
    other = tmp_path / "other" / "stage.jsonl"
    ledger.update(other, keys_of(reversed(NAMES)), maker([], {}))
    assert other.read_bytes() == data.read_bytes()


def test_update__goes_on_where_an_error_stopped_it(data):
    def breaking(todo):
        yield from list(maker([], {})(todo[:4]))
        raise RuntimeError("killed")

    with pytest.raises(RuntimeError):
        ledger.update(data, keys_of(NAMES), breaking)
    assert not data.exists()
    assert build(data, keys_of(NAMES)) == NAMES[4:]
    assert not list(data.parent.glob(".ledger/*.journal"))


def test_update__old_file_stands_while_a_rebuild_fails(data):
    build(data, keys_of(NAMES))
    before = data.read_bytes()
    with pytest.raises(ZeroDivisionError):
        ledger.update(data, keys_of(NAMES, d00="new"), lambda todo: [("d00", [], {"x": 1 / 0})])
    assert data.read_bytes() == before and len(ledger.load(data)) == len(NAMES)


def journal_of_four(data):
    """A journal in which four documents are finished."""
    journal = ledger.Journal(data)
    for name, rows, notes in maker([], {})(NAMES[:4]):
        journal.add(name, "k", rows, notes)
    journal.close(delete=False)
    return journal.path


def test_update__survives_a_journal_torn_at_any_byte(tmp_path):
    whole = journal_of_four(tmp_path / "whole.jsonl").read_bytes()
    build(tmp_path / "right.jsonl", keys_of(NAMES[:6]))
    ends = [entry.end for entry in ledger.Journal(tmp_path / "whole.jsonl").entries.values()]
    for cut in range(0, len(whole), 7):
        data = tmp_path / str(cut) / "stage.jsonl"
        journal_of_four(data).write_bytes(whole[:cut])
        finished = sum(end <= cut for end in ends)
        assert build(data, keys_of(NAMES[:6])) == NAMES[finished:6], cut
        assert data.read_bytes() == (tmp_path / "right.jsonl").read_bytes()


@pytest.mark.parametrize("spoil", [
    lambda whole: whole[:100] + b"\xff\x00garbage" + whole[110:], lambda whole: whole + b"\x00" * 50, lambda whole: b"null\n" + whole,
    lambda whole: whole + b'["d09", "k", "0", "many", {}]\n', lambda whole: whole.replace(b"d02#1", b"d02#9"),
])  # fmt: skip
def test_update__never_takes_over_corrupted_journal_entries(data, tmp_path, spoil):
    path = journal_of_four(data)
    path.write_bytes(spoil(path.read_bytes()))
    build(data, keys_of(NAMES))
    build(tmp_path / "right.jsonl", keys_of(NAMES))
    assert data.read_bytes() == (tmp_path / "right.jsonl").read_bytes()


def test_update__ignores_journal_entries_of_another_key(data):
    journal_of_four(data)
    assert build(data, keys_of(NAMES[:4], d01="new"), {"d01": "new"}) == ["d01"]


def test_update__recomputes_only_the_document_whose_lines_were_altered(data):
    build(data, keys_of(NAMES))
    right = data.read_bytes()
    data.write_bytes(right.replace(b'"d03#2"', b'"d93#2"'))
    assert build(data, keys_of(NAMES)) == ["d03"]
    assert data.read_bytes() == right


@pytest.mark.parametrize("spoil", [lambda b: b[:-30], lambda b: b + b"{}\n", lambda b: b"", lambda b: b"\x00" * len(b)])
def test_update__rebuilds_a_data_file_that_was_cut_or_overwritten(data, spoil):
    build(data, keys_of(NAMES))
    right = data.read_bytes()
    data.write_bytes(spoil(right))
    build(data, keys_of(NAMES))
    assert data.read_bytes() == right


@pytest.mark.parametrize("stored", [
    "", "{", "null", "[]", "5", '{"bytes": 1}', '{"bytes": SIZE, "entries": []}', '{"bytes": SIZE, "entries": {"d00": 1}}',
    '{"bytes": SIZE, "entries": {"d00": ["k", "x", "0", "9", {}]}}', '{"bytes": SIZE, "entries": {"d00": ["k", "x", -5, 9, {}]}}',
    '{"bytes": SIZE, "entries": {"d00": ["k", "x", 0, null, {}]}}', '{"bytes": SIZE, "entries": {"d00": ["k"]}}',
])  # fmt: skip
def test_update__rebuilds_under_a_corrupted_ledger(data, stored):
    build(data, keys_of(NAMES))
    right = data.read_bytes()
    ledger.ledger_path(data).write_text(stored.replace("SIZE", str(len(right))))
    assert build(data, keys_of(NAMES)) == NAMES
    assert data.read_bytes() == right


def test_reader__refuses_a_data_file_that_is_cut(data):
    build(data, keys_of(NAMES))
    data.write_bytes(data.read_bytes()[:-20])
    with pytest.raises(PipelineError, match=r"stage\.jsonl is damaged"):
        ledger.Reader(data)


def test_reader__refuses_lines_that_were_altered(data):
    build(data, keys_of(NAMES))
    data.write_bytes(data.read_bytes().replace(b'"d03#2"', b'"d93#2"'))
    reader = ledger.Reader(data)
    assert reader.rows("d02")[1]["id"] == "d02#2"
    with pytest.raises(PipelineError, match=r"stage\.jsonl is damaged"):
        reader.rows("d03")
    reader.close()


def test_reader__says_which_earlier_file_is_missing(data):
    with pytest.raises(PipelineError, match=r"stage\.jsonl does not exist"):
        ledger.Reader(data)


@given(text=st.text(st.characters()))
def test_reader__gives_back_any_text(tmp_path_factory, text):
    data = tmp_path_factory.mktemp("ledger") / "stage.jsonl"
    ledger.update(data, {"a": "k"}, maker([], {"a": text}))
    reader = ledger.Reader(data)
    assert [row["text"] for row in reader.rows("a")] == [store.sound(text)] * 2
    reader.close()


SLOW = """
import sys, time
from pathlib import Path
from pipeline import ledger
names = [f"d{i:02}" for i in range(12)]
def make(todo):
    for name in todo:
        with open(sys.argv[2], "a") as log:
            log.write(name + "\\n")
        yield name, [{"id": f"{name}#{i}", "text": name} for i in (1, 2)], {"rows": 2}
        time.sleep(float(sys.argv[3]))
ledger.update(Path(sys.argv[1]), {name: "k" for name in names}, make)
"""


def test_update__after_kill_9_computes_nothing_twice_and_ends_with_the_same_bytes(data, tmp_path):
    log = tmp_path / "log"
    log.touch()
    run = subprocess.Popen([sys.executable, "-c", SLOW, str(data), str(log), "0.2"])
    until = time.monotonic() + 30
    while log.read_text().count("\n") < 4 and time.monotonic() < until:
        time.sleep(0.01)
    os.kill(run.pid, signal.SIGKILL)
    run.wait()
    begun = log.read_text().split()
    assert 4 <= len(begun) < len(NAMES) and not data.exists()
    subprocess.run([sys.executable, "-c", SLOW, str(data), str(log), "0"], check=True)
    computed = log.read_text().split()
    twice = {name for name in NAMES if computed.count(name) > 1}
    assert set(computed) == set(NAMES) and twice <= {begun[-1]}  # only what was under way may be done again
    build(tmp_path / "right.jsonl", keys_of(NAMES))
    assert data.read_bytes() == (tmp_path / "right.jsonl").read_bytes()
    assert not list(data.parent.glob(".ledger/*.journal"))


@pytest.mark.parametrize(("weights", "limit", "sizes"), [([1] * 5, 2, [2, 2, 1]), ([9, 1, 1], 2, [1, 2]), ([], 3, []), ([5], 1, [1])])
def test_chunks__fill_up_to_the_limit_and_lose_nothing(weights, limit, sizes):
    names = [str(i) for i in range(len(weights))]
    batches = list(ledger.chunks(names, dict(zip(names, weights, strict=True)), limit))
    assert [len(batch) for batch in batches] == sizes and [n for batch in batches for n in batch] == names


def test_worker_count__follows_the_environment(monkeypatch):
    monkeypatch.setenv("POLICYCODE_JOBS", "3")
    assert ledger.worker_count() == 3
    monkeypatch.delenv("POLICYCODE_JOBS")
    assert ledger.worker_count() >= 1


@pytest.mark.parametrize("value", ["two", "-1", "1.5"])
def test_worker_count__refuses_what_is_no_number(monkeypatch, value):
    monkeypatch.setenv("POLICYCODE_JOBS", value)
    with pytest.raises(PipelineError, match="POLICYCODE_JOBS"):
        ledger.worker_count()


def test_worker_count__works_where_there_is_no_affinity(monkeypatch):
    monkeypatch.delenv("POLICYCODE_JOBS", raising=False)
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    assert ledger.worker_count() >= 1
