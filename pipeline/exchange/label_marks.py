"""A hand label as marks and a note, and the note read back: nothing of a label is lost on the way out and in."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline import store
from pipeline.errors import Problem
from pipeline.exchange.marks import Made, Mark, Names, Note
from pipeline.exchange.times import as_utc
from pipeline.labels import Label, locate
from pipeline.model import Row

HEAD = "policycode label"  # a note that begins so carries what a label says beyond its codes
ELSEWHERE = {
    "document_id",
    "start",
    "end",
    "coder",
    "spans",
    "status",
    "submission",
}  # of a label: said by where its marks stand, or not sent
PLACELESS = {
    "passage_id": "-", "text_sha256": "0" * 64, "document_id": "-", "start": 0, "end": 1, "coder": "-", "codes": [], "considered": [],
    "codebook_version": "", "time": "", "drawn": {"scheme": "-"},
}  # fmt: skip


def label_marks(document: Row, passages: Sequence[Row], labels: Sequence[Label], names: Names) -> Made:
    """The marks of all hand labels of one document; labels that fit no text of it are losses."""
    marks: list[Mark] = []
    notes: list[Note] = []
    losses: list[Problem] = []
    for label in labels:
        shift = shift_of(label, document, passages)
        if shift is None:
            what = f"{label.passage_id}: no passage here has the text that was labelled"
            losses.append(Problem(f"labels/{label.coder}.jsonl", 0, what, "warning", "label without its passage"))
            continue
        place = (label.start + shift, label.end + shift)
        time = as_utc(label.time)
        note = Note(names.guid("note", label.coder, *place), f"label {label.passage_id}", label.coder, time, note_text(label))
        notes.append(note)
        marks += [
            names.mark(label.coder, stretch, code, *kind, time=time, memo=label.memo, notes=(note.guid,))
            for stretch, code, kind in stretches(label, place, shift)
        ]
    return Made(tuple(marks), tuple(notes), tuple(losses))


def shift_of(label: Label, document: Row, passages: Sequence[Row]) -> int | None:
    """How far the label's text has moved in the document since; None where it is gone."""
    if store.sha256_text(document["text"][label.start : label.end]) == label.text_sha256:
        return 0
    place = locate(label, passages, label.document_id)
    return next((row["start"] - label.start for row in passages if row["id"] == place), None)


def stretches(label: Label, place: tuple[int, int], shift: int) -> list[tuple[tuple[int, int], str, tuple[str, ...]]]:
    """Where each code stands: on the words the coder marked for it, else on the passage; no code, one remark on the passage."""
    words = sorted({((span.start + shift, span.end + shift), span.code) for span in label.spans if span.code in label.codes})
    marked = {code for _, code in words}
    whole = [(place, code, ()) for code in label.codes if code not in marked]
    return [*whole, *((stretch, code, ("words",)) for stretch, code in words)] or [(place, "", ())]


def note_text(label: Label) -> str:
    """What a label says, a line each, values as JSON."""
    row = label.model_dump(mode="json", exclude=ELSEWHERE)
    return "\n".join([HEAD, *(f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in row.items() if value not in ("", {}))])


def facts_of(text: str) -> Mapping[str, Any]:
    """What such a note says; nothing where it is another note, or was changed by hand into what no label can say."""
    head, *rest = text.strip().splitlines() or [""]
    if head.strip() != HEAD:
        return {}
    try:
        pairs = [line.split(": ", 1) for line in rest if line.strip()]
        facts = {key: json.loads(value) for key, value in pairs if key in Label.model_fields.keys() - ELSEWHERE}
        Label.model_validate({**PLACELESS, **facts})
    except (ValueError, RecursionError):  # a ValidationError of pydantic's is a ValueError
        return {}
    return facts
