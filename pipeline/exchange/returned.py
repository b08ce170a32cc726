"""What came back as labels: one for each coder and passage on which the coder added, took away or moved something."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pipeline.codebook import Codebook
from pipeline.exchange.passages import Place
from pipeline.labels import Drawn, Label, Marked

IMPORTED = Drawn(scheme="imported")


@dataclass(slots=True)
class Touch:
    """All that one coder did on one passage."""

    added: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)
    confirmed: set[str] = field(default_factory=set)
    spans: set[tuple[int, int, str]] = field(default_factory=set)
    memos: dict[str, None] = field(default_factory=dict)
    times: set[str] = field(default_factory=set)
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Setting:
    """What all labels of one import share. `assisted`: machine codings were in the file; `whole`: all codes were considered."""

    book: Codebook
    time: str
    assisted: bool
    whole: bool


def label_of(coder: str, document: str, place: Place, touch: Touch, before: Label | None, setting: Setting) -> Label:
    """The label that a coder's doings on a passage come to, on top of the coder's earlier label."""
    facts = known(touch.facts, setting.book)
    stood = set(before.codes) if before else set()
    codes = with_frames(((stood - touch.removed) | touch.added | touch.confirmed), setting.book)
    considered = set(before.considered if before else facts.get("considered", ())) | codes | touch.removed
    considered |= set(setting.book.ids) if setting.whole else set()
    row = {
        "passage_id": place.id, "document_id": document, "start": place.start, "end": place.end, "text_sha256": place.sha256,
        "coder": coder, "codes": ordered(codes, setting.book), "considered": ordered(considered, setting.book),
        "unsure": ordered(set(before.unsure if before else facts.get("unsure", ())) & considered, setting.book),
        "spans": spans_of(touch, before, codes),
        "assisted": facts.get("assisted", setting.assisted), "memo": memo_of(touch, before, facts),
        "codebook_version": facts.get("codebook_version", setting.book.version),
        "time": facts.get("time") or max(touch.times - {""}, default=setting.time),
        "drawn": before.drawn if before else facts.get("drawn", IMPORTED),
    }  # fmt: skip
    return Label.model_validate({**facts, **row})


def known(facts: Mapping[str, Any], book: Codebook) -> dict[str, Any]:
    """What a label's note said, without codes that the codebook does not have."""
    lists = {key: [code for code in facts[key] if code in book.ids] for key in ("considered", "unsure") if key in facts}
    return {**facts, **lists}


def with_frames(codes: set[str], book: Codebook) -> set[str]:
    """Codes with the frames they imply."""
    return codes | {frame for code in codes if (frame := book.implied(code))}


def ordered(codes: Iterable[str], book: Codebook) -> tuple[str, ...]:
    """Codes in the codebook's order."""
    given = set(codes)
    return tuple(code for code in book.ids if code in given)


def spans_of(touch: Touch, before: Label | None, codes: set[str]) -> tuple[Marked, ...]:
    """The words marked for the codes that stand."""
    stood = {(m.start, m.end, m.code) for m in before.spans if m.code not in touch.removed} if before else set()
    return tuple(Marked(start=s, end=e, code=c) for s, e, c in sorted(stood | touch.spans) if c in codes)


def memo_of(touch: Touch, before: Label | None, facts: Mapping[str, Any]) -> str:
    """The memos, each once."""
    said = dict.fromkeys([*([before.memo] if before else []), *touch.memos, *([facts["memo"]] if "memo" in facts else [])])
    return "\n".join(memo for memo in said if memo)


def touches() -> dict[tuple[str, str], Touch]:
    """An empty book of who did what where: by coder and passage id."""
    return defaultdict(Touch)
