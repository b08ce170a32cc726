"""Adjudicating a passage: what is decided on each code, why, and by whom, kept with what every coder had said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline import store
from pipeline.codebook import Codebook
from pipeline.errors import PipelineError
from pipeline.label_log import Conflict, LabelLog, key_of
from pipeline.labels import ADJUDICATED, Label, Placed
from pipeline.workbench.actions import now
from pipeline.workbench.bench import Bench
from pipeline.workbench.comparison import coders_of, contested

LONGEST_REASON = 10_000


@dataclass(frozen=True, slots=True)
class Ruling:
    """What an adjudicator sends: present or not for each code, the reason, what they saw, and a name of this saving."""

    decided: Mapping[str, bool]
    reason: str
    seen: str
    submission: str


def considered(one: Placed, book: Codebook) -> list[str]:
    """The codes that any coder of a passage considered."""
    return [code for code in book.ids if any(code in label.considered for label in coders_of(one))]


def agreed(one: Placed, book: Codebook) -> dict[str, bool]:
    """What the coders of a passage agree on."""
    parted = set(contested(one, book.ids))
    return {code: any(code in label.codes for label in coders_of(one)) for code in considered(one, book) if code not in parted}


def state_of(one: Placed) -> str:
    """A hash of all labels of a passage, by which a page knows that none was added since it was shown."""
    return store.sha256_text(store.dumps([label.model_dump(mode="json") for label in one.labels]))[:32]


def missing_in(ruling: Ruling, one: Placed, book: Codebook) -> list[str]:
    """What an adjudicator still has to say, in words."""
    said = [f"Decide on {code}." for code in considered(one, book) if code not in ruling.decided]
    for code, present in ruling.decided.items():
        frame = book.implied(code)
        if present and frame and not ruling.decided.get(frame, True):
            said.append(f"{code} is present, so {frame} is: decide on both alike.")
    if not ruling.reason.strip():
        said.append("Give a reason.")
    if len(ruling.reason) > LONGEST_REASON:
        said.append(f"The reason is longer than {LONGEST_REASON:,} characters.")
    return said


def label_of(bench: Bench, one: Placed, ruling: Ruling) -> Label:
    """The adjudicated label: the ruling, and what each coder had said."""
    codes = considered(one, bench.book)
    first = coders_of(one)[0]
    return Label(
        passage_id=one.passage_id, document_id=one.document_id, start=one.start, end=one.start + len(one.text),
        text_sha256=store.sha256_text(one.text), coder=ADJUDICATED, codes=tuple(code for code in codes if ruling.decided[code]),
        considered=tuple(codes), codebook_version=bench.book.version, time=now(), drawn=first.drawn, submission=ruling.submission,
        originals={label.coder: label.codes for label in coders_of(one)}, adjudicator=bench.coder, reason=ruling.reason.strip(),
    )  # fmt: skip


def save(bench: Bench, one: Placed, ruling: Ruling) -> Label:
    """Put a ruling on disk; a Conflict where a label of the passage changed since it was shown. One sent twice is kept once."""
    with bench.lock:
        log = LabelLog(bench.study.labels, ADJUDICATED, bench.book.ids)
        if ruling.submission in log.submissions:
            return log.submissions[ruling.submission]
        if ruling.seen != state_of(one):
            raise Conflict("A label of this passage changed since the page was loaded.", "Look at it again, then decide.", "label")
        if missing := missing_in(ruling, one, bench.book):
            raise PipelineError(" ".join(missing))
        label = label_of(bench, one, ruling)
        last = log.current(key_of(label))
        return log.add(label, last.submission if last else "")
