"""What the agreement pages show of a passage: its words with all marks, and each voice side by side; plain data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.agreement.panel import Group
from pipeline.labels import Label, Placed
from pipeline.model import Row
from pipeline.workbench.bench import Bench
from pipeline.workbench.comparison import Comparison, adjudicated, coders_of, contested, letters, said_by


@dataclass(frozen=True, slots=True)
class Mark:
    """Words that somebody marked for a code, in characters of the passage."""

    start: int
    end: int
    code: str
    who: str


def shown_names(group: Group, one: Placed, seed: int) -> dict[str, str]:
    """How each coder of a group is called: by a letter until the passage is adjudicated, then (or where there is but one) by name."""
    names = [label.coder for label in coders_of(one) if group.kind == "hand" or label.coder in group.names]
    if adjudicated(one) or group.kind == "coder":
        return {name: name for name in names}
    return letters(names, f"{seed} {one.passage_id} {group.kind}")


def marks_of(label: Label, one: Placed, who: str) -> list[Mark]:
    """What a coder marked, within the passage."""
    inside = [(max(m.start - label.start, 0), min(m.end - label.start, len(one.text)), m.code) for m in label.spans]
    return [Mark(start, end, code, who) for start, end, code in inside if start < end]


def segments(text: str, marks: Sequence[Mark]) -> list[Row]:
    """A passage in pieces, each with who marked it for which code."""
    edges = sorted({0, len(text), *(edge for mark in marks for edge in (mark.start, mark.end))})
    made = []
    for start, end in pairwise(edges):
        over = [mark for mark in marks if mark.start <= start and end <= mark.end]
        title = "; ".join(f"{mark.who}: {mark.code}" for mark in over)
        starts = sorted({mark.who for mark in over if mark.start == start})
        shared = len({mark.who for mark in over}) > 1
        code = over[0].code if over else ""
        made.append({"text": text[start:end], "code": code, "title": title, "starts": " ".join(starts), "many": shared})
    return made


def coder_side(label: Label, one: Placed, name: str, codes: Sequence[str]) -> Row:
    """One coder's view of a passage: codes, doubts, memo, marked words."""
    marks = marks_of(label, one, name)
    return {
        "name": name, "machine": False, "present": [code for code in codes if code in label.codes], "unsure": list(label.unsure),
        "memo": label.memo, "assisted": label.assisted, "considered": list(label.considered), "since": [],
        "marked": [{"code": mark.code, "words": one.text[mark.start : mark.end]} for mark in marks],
    }  # fmt: skip


def blind_side(found: Comparison, label: Label, one: Placed, name: str) -> Row:
    """What a coder said before seeing the others' codes, which the figures are of, and the codes since where they changed."""
    before = found.blind.get((one.passage_id, label.coder), label)
    changed = set(before.codes) != set(label.codes)
    return {**coder_side(before, one, name, found.book.ids), "since": [*label.codes] or ["no code"] if changed else []}


def machine_side(found: Comparison, group: Group, one: Placed, name: str) -> Row:
    """What the rules, the classifier or the settled hand codes say of a passage."""
    said = said_by(group, name, found.panel.passages.index(one.passage_id), found.book.ids)
    hits = [hit for hit in found.hits.get(one.passage_id, ()) if hit.live] if name == "rules" else []
    chances = found.heldout.get(one.passage_id, {}) if name == "classifier" else {}
    return {
        "name": {"hand": "hand codes, settled"}.get(name, name), "machine": True, "present": [code for code, yes in said.items() if yes],
        "unsure": [], "memo": "", "assisted": False, "considered": list(said), "since": [],
        "marked": [{"code": hit.code, "words": one.text[hit.start : hit.end]} for hit in hits],
        "chances": {code: decision["p"] for code, decision in chances.items()},
    }  # fmt: skip


def all_marks(found: Comparison, group: Group, one: Placed, names: dict[str, str]) -> list[Mark]:
    """The marks of a group's voices in a passage."""
    marks = [mark for label in coders_of(one) if label.coder in names for mark in marks_of(label, one, names[label.coder])]
    if group.names[-1] == "rules" and group.kind in {"hand", "coder"}:
        marks += [Mark(hit.start, hit.end, hit.code, "rules") for hit in found.hits.get(one.passage_id, ()) if hit.live]
    return marks


def passage_row(bench: Bench, found: Comparison, group: Group, one: Placed) -> Row:
    """A passage with the voices of a group side by side, coders by letter until it is adjudicated."""
    names = shown_names(group, one, found.study.seed)
    by_letter = sorted(((names[label.coder], label) for label in coders_of(one) if label.coder in names), key=lambda pair: pair[0])
    sides = [blind_side(found, label, one, name) for name, label in by_letter]
    sides += [machine_side(found, group, one, name) for name in machine_names(group)]
    last = adjudicated(one)
    return {
        **context(bench, one), "segments": segments(one.text, all_marks(found, group, one, names)), "sides": sides,
        "contested": contested(one, found.book.ids), "parted": parted_codes(found, group, one),
        "adjudicated": ruling_view(last) if last else None,
    }  # fmt: skip


def parted_codes(found: Comparison, group: Group, one: Placed) -> list[str]:
    """The codes on which a group parts in a passage."""
    voices = [said_by(group, name, found.panel.passages.index(one.passage_id), found.book.ids) for name in group.names]
    return [code for code in found.book.ids if len({said[code] for said in voices if code in said}) > 1]


def machine_names(group: Group) -> Iterable[str]:
    """The voices of a group that are no single coder."""
    return group.names if group.kind == "hand" else group.names[1:] if group.kind == "coder" else ()


def ruling_view(label: Label) -> Row:
    """An adjudication as pages show it; older ones hold their reason as a memo and no name."""
    return {"by": label.adjudicator, "reason": label.reason or label.memo, "time": label.time, "present": list(label.codes)}


def context(bench: Bench, one: Placed) -> Row:
    """A passage's document, and the words before and after it."""
    rows, place = bench.corpus.neighbours(one.passage_id)
    document = bench.corpus.document(one.document_id)
    title = document.get("title", "")
    more = [document[name] for name in ("speaker", "date") if document.get(name) and document[name] not in title]
    return {
        "id": one.passage_id, "text": one.text, "facts": " · ".join([title, *more]),
        "before": rows[place - 1]["text"] if place else "", "after": rows[place + 1]["text"] if place + 1 < len(rows) else "",
    }  # fmt: skip
