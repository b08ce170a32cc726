"""The coder's file of labels: nothing lost, nothing twice, whatever happens to disk, process or second window."""

import json
import resource
import subprocess
import sys
import threading
import time
import uuid
from contextlib import contextmanager

import pytest
from labelling import label_row
from workbench import running, segmented, submission

from pipeline import store
from pipeline.errors import PipelineError
from pipeline.label_log import Conflict, LabelLog
from pipeline.labels import Label

CODES = ("threat", "profit")


def label(number=1, submission=None, codes=("threat",)):
    passage = {"id": f"d#{number:05}", "document_id": "d", "start": 0, "end": 9, "text": f"text {number:04}"}
    return Label.model_validate(label_row(passage, "anna", codes, CODES, submission=submission or uuid.uuid4().hex))


def lines(folder):
    return (folder / "anna.jsonl").read_bytes().splitlines(keepends=True)


def test_add__is_on_disk_when_it_returns_and_kept_once_however_often_it_is_sent(tmp_path):
    log = LabelLog(tmp_path, "anna", CODES)
    sent = label()
    assert log.add(sent, "") is sent and len(lines(tmp_path)) == 1
    assert log.add(sent, "") == sent and LabelLog(tmp_path, "anna", CODES).add(sent, "") == sent
    assert len(lines(tmp_path)) == 1


def test_add__a_second_window_that_saw_no_label_is_told(tmp_path):
    one, two = LabelLog(tmp_path, "anna", CODES), LabelLog(tmp_path, "anna", CODES)
    first = one.add(label(), "")
    with pytest.raises(Conflict) as raised:
        two.add(label(codes=("profit",)), "")
    assert raised.value.conflict == "label" and len(lines(tmp_path)) == 1
    two.add(label(codes=("profit",)), first.submission)
    assert len(lines(tmp_path)) == 2


@pytest.mark.parametrize("torn", [b'{"passage_id": "d#0', b"\xff\xfe", b'{"passage_id": "d#00001", "memo": "\xd9'])
def test_torn_last_line__is_set_aside_reported_and_no_label_is_lost(tmp_path, torn):
    LabelLog(tmp_path, "anna", CODES).add(label(1), "")
    whole = lines(tmp_path)
    with (tmp_path / "anna.jsonl").open("ab") as file:
        file.write(torn)
    log = LabelLog(tmp_path, "anna", CODES)
    assert lines(tmp_path) == whole and "torn" in log.recovered[0].message
    assert (tmp_path / "anna.torn").read_bytes().rstrip(b"\n").decode() == torn.decode("utf-8", "replace")
    log.add(label(2), "")
    assert len(lines(tmp_path)) == 2 and not LabelLog(tmp_path, "anna", CODES).recovered


def test_whole_last_line_without_its_newline__is_kept(tmp_path):
    LabelLog(tmp_path, "anna", CODES).add(label(1), "")
    whole = lines(tmp_path)
    (tmp_path / "anna.jsonl").write_bytes(whole[0].rstrip())
    log = LabelLog(tmp_path, "anna", CODES)
    log.add(label(2), "")
    assert lines(tmp_path)[0] == whole[0] and len(lines(tmp_path)) == 2 and not log.recovered


@contextmanager
def disk_of(size):
    """Files cannot grow over a size, as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_full_disk__says_so_leaves_no_half_line_and_takes_the_label_once_there_is_room(tmp_path):
    log = LabelLog(tmp_path, "anna", CODES)
    log.add(label(1), "")
    whole, second = lines(tmp_path), label(2)
    with disk_of(len(whole[0]) + 40), pytest.raises(PipelineError, match="could not be written"):
        log.add(second, "")
    assert lines(tmp_path) == whole
    log.add(second, "")
    assert len(lines(tmp_path)) == 2


def test_many_processes_at_once__every_label_is_there_once(tmp_path):
    code = (
        "import sys; sys.path.insert(0, 'tests'); from test_label_log import *; from pathlib import Path\n"
        "log = LabelLog(Path(sys.argv[1]), 'anna', CODES)\n"
        "for n in range(25): log.add(label(int(sys.argv[2]) * 100 + n), '')"
    )
    processes = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path), str(n)]) for n in range(3)]
    assert [process.wait() for process in processes] == [0, 0, 0]
    assert len({json.loads(line)["passage_id"] for line in lines(tmp_path)}) == len(lines(tmp_path)) == 75


def label_until_it_dies(bench, acknowledged, unanswered):
    """A coder's browser: save, go on, until the workbench is gone; what got no answer is remembered as a page does."""
    try:
        view = bench.json("/api/passage")["passage"]
        while view:
            sent = submission(view, ["profit"])
            unanswered.append(sent)
            view = bench.json("/api/labels", sent)["passage"]
            acknowledged.append(unanswered.pop()["submission"])
    except (OSError, ValueError):
        pass


def resend(bench, acknowledged, unanswered):
    """What a page does when its workbench is back."""
    while unanswered:
        bench.json("/api/labels", unanswered[0])
        acknowledged.append(unanswered.pop(0)["submission"])


def test_kill__at_any_instant_loses_and_doubles_nothing(project):
    segmented(project, labelling={"round": 70})
    acknowledged, unanswered = [], []
    for moment in (0.001, 0.004, 0.009):
        with running(project) as bench:
            resend(bench, acknowledged, unanswered)
            coder = threading.Thread(target=label_until_it_dies, args=(bench, acknowledged, unanswered))
            wanted = len(acknowledged) + 5
            coder.start()
            while len(acknowledged) < wanted and coder.is_alive():
                time.sleep(0.0005)
            time.sleep(moment)
            bench.kill()
            coder.join()
    with running(project) as bench:
        resend(bench, acknowledged, unanswered)
    rows = [row for _, row in store.numbered_rows(project.labels / "anna.jsonl")]
    assert len(acknowledged) >= 15 and sorted(row["submission"] for row in rows) == sorted(acknowledged)
    assert len({row["passage_id"] for row in rows}) == len(rows)


def test_two_coders_at_once__share_the_double_coded_part_and_split_the_rest(project):
    segmented(project, labelling={"round": 20, "double": 0.5})
    done = {"anna": [], "ben": []}
    with running(project, "anna") as anna, running(project, "ben") as ben:
        benches = {"anna": anna, "ben": ben}
        views = {name: bench.json("/api/passage")["passage"] for name, bench in benches.items()}
        while any(views.values()) and len(done["anna"]) + len(done["ben"]) < 40:
            for name, bench in benches.items():
                view = bench.json("/api/passage")["passage"]
                if not view or len(done[name]) >= 15:
                    views[name] = None
                    continue
                done[name].append(view["id"])
                bench.json("/api/labels", submission(view, []))
    assert [path.name for path in (project.labels / "plan").glob("round-*")] == ["round-1.jsonl"]
    plan = [row for _, row in store.numbered_rows(project.labels / "plan" / "round-1.jsonl")]
    shared = {row["passage_id"] for row in plan if row["shared"]}
    singles = {row["passage_id"] for row in plan} - shared
    assert shared and shared <= set(done["anna"]) & set(done["ben"])
    assert not set(done["anna"]) & set(done["ben"]) & singles and singles <= set(done["anna"]) | set(done["ben"])
    assert [name for name in done["anna"] if name in shared] == [name for name in done["ben"] if name in shared]
