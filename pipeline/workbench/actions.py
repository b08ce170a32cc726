"""What a coder does: save, skip, take back, move on; each is on disk before it is answered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pydantic import Field

from pipeline import adjudicators, definitions, store
from pipeline.codebook import Codebook
from pipeline.config import Strict
from pipeline.errors import PipelineError
from pipeline.label_log import UNDO, Conflict, key_of
from pipeline.labels import Drawn, Label, Marked
from pipeline.model import Row
from pipeline.workbench.bench import Bench
from pipeline.workbench.views import CHOSEN

LONGEST_MEMO = 10_000
NOTHING = {"codes": (), "considered": (), "unsure": (), "spans": (), "memo": "", "status": "withdrawn"}


class Submission(Strict):
    """What the page sends: the decision, what the coder saw when deciding, and a name of this saving.

    `spans` are in code points of the passage. `seen`: submission of the label
    shown, "" for none. `codebook`: version of the definitions shown.
    """

    passage_id: str
    text_sha256: str
    submission: str = Field(pattern=r"^[A-Za-z0-9-]{8,64}$")
    seen: str
    codebook: str
    codes: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
    spans: tuple[Marked, ...] = ()
    memo: str = Field(default="", max_length=LONGEST_MEMO)
    skip: bool = False


def save(bench: Bench, sent: Submission) -> Label:
    """Put a decision on disk; a Conflict where codebook, passage or label changed since it was shown."""
    with bench.lock:
        if sent.submission in bench.log.submissions:
            return bench.log.submissions[sent.submission]
        if bench.coder in adjudicators.declared(bench.study):
            raise PipelineError("You chose to adjudicate this study, and have seen what others said: your labels would not be blind.")
        row = bench.corpus.passage(sent.passage_id)
        if store.sha256_text(row["text"]) != sent.text_sha256:
            raise Conflict("The texts were cut anew meanwhile; this passage is another now.", "Load it again.", "passage")
        standing = bench.log.current((row["document_id"], sent.text_sha256))
        if sent.skip and standing and standing.status == "coded":
            raise PipelineError("This passage has a label; undo takes it back.", "")
        book = bench.book
        if sent.codebook != book.version:
            raise Conflict("The codebook has changed since this page was loaded.", "Read what changed, then save again.", "codebook")
        definitions.keep(bench.study, book)
        return bench.log.add(label_of(bench, row, sent, book), sent.seen)


def label_of(bench: Bench, row: Row, sent: Submission, book: Codebook) -> Label:
    """The label that a submission comes to."""
    return Label(
        **placed(row), coder=bench.coder, drawn=drawn(bench, row), memo=sent.memo, assisted=bench.assist or row["id"] in bench.revealed.ids,
        codebook_version=book.version, time=now(), submission=sent.submission, status="skipped" if sent.skip else "coded",
        **({"codes": (), "considered": ()} if sent.skip else decision(row, sent, book)),
    )  # fmt: skip


def placed(row: Row) -> dict[str, Any]:
    """Where a passage stands, as its labels say."""
    facts = {"passage_id": row["id"], "document_id": row["document_id"], "start": row["start"], "end": row["end"]}
    return {**facts, "text_sha256": store.sha256_text(row["text"])}


def decision(row: Row, sent: Submission, book: Codebook) -> dict[str, Any]:
    """Codes in the codebook's order, frames added to their sub-codes, marked words in characters of the document."""
    named = {*sent.codes, *sent.unsure, *(mark.code for mark in sent.spans)}
    if unknown := sorted(named - set(book.ids)):
        raise PipelineError(f"There is no code {', '.join(unknown)}.", "Load the page again.")
    if any(mark.end > len(row["text"]) or mark.start >= mark.end for mark in sent.spans):
        raise PipelineError("Marked words lie outside the passage.", "Mark them again.")
    applied = {*sent.codes, *(mark.code for mark in sent.spans)}
    applied |= {frame for code in applied if (frame := book.implied(code))}
    moved = [Marked(code=m.code, start=row["start"] + m.start, end=row["start"] + m.end) for m in sent.spans]
    return {
        "codes": tuple(code for code in book.ids if code in applied), "considered": book.ids,
        "unsure": tuple(code for code in book.ids if code in sent.unsure),
        "spans": tuple(sorted(moved, key=lambda m: (m.start, m.end, m.code))),
    }  # fmt: skip


def drawn(bench: Bench, row: Row) -> Drawn:
    """How a passage came to be labelled: by the plan, else as its earlier label says, else by the coder's choice."""
    key = (row["document_id"], store.sha256_text(row["text"]))
    if key in bench.planned:
        return bench.planned[key].drawn
    earlier = bench.log.current(key)
    return earlier.drawn if earlier else CHOSEN


def undo(bench: Bench) -> Label | None:
    """Take back the coder's last saving: what stood before it is written again, or a withdrawal; None if nothing is left."""
    with bench.lock:
        with bench.log.locked():
            bench.log.refresh()
        standing = bench.log.standing()
        if not standing or not standing[-1].submission:
            return None
        last = standing.pop()
        earlier = next((label for label in reversed(standing) if key_of(label) == key_of(last)), None)
        named = {"submission": UNDO + last.submission, "time": now()}
        undone = (earlier or last.model_copy(update=NOTHING)).model_copy(update=named)
        current = bench.log.current(key_of(last))
        bench.log.add(undone, current.submission if current else "")
        return last


def now() -> str:
    """The time, to the second, in UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def submission_of(body: Mapping[str, Any]) -> Submission:
    """A submission from what the page sent."""
    try:
        return Submission.model_validate(body)
    except ValueError as error:
        raise PipelineError("The label cannot be understood.", str(error)) from None
