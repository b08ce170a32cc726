"""A document as it comes back against the document as it stands: what was added, taken away, moved, or left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from pipeline.exchange.guids import MODEL, RULES
from pipeline.exchange.marks import Mark, Names, State
from pipeline.exchange.times import as_utc
from pipeline.labels import Label

MACHINES = {RULES, MODEL}


@dataclass(frozen=True, slots=True)
class Returned:
    """One coding (or, where `code` is "", remark) that came back, in the document's code points.

    `author`: a machine of ours, or a coder, or "" where nobody is named. `notes`: GUIDs.
    """

    guid: str
    author: str
    start: int
    end: int
    code: str
    time: str = ""
    memo: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """What one document's marks became.

    `remarks`: selections without a code that are not ours. `old`: codings of
    another state of this study, which say nothing new.
    """

    added: tuple[Returned, ...] = ()
    kept: tuple[tuple[Mark, Returned], ...] = ()
    moved: tuple[tuple[Mark, Returned], ...] = ()
    gone: tuple[Mark, ...] = ()
    remarks: tuple[Returned, ...] = ()
    old: tuple[Returned, ...] = ()


Key = Callable[[Mark | Returned], tuple[object, ...]]


def compare(state: State, names: Names, labels: Sequence[Label], returned: Sequence[Returned]) -> Difference:
    """Match by GUID first, then by what is coded where and by whom, then by what is coded where."""
    standing = {mark.coding: mark for mark in state.marks if mark.code}
    drawn = {mark.guid for mark in state.marks}
    remarks = [item for item in returned if not item.code and item.guid not in drawn and not is_old(item, names, labels)]
    pairs = [(standing.pop(item.guid), item) for item in returned if item.guid in standing]
    paired = {item.guid for _, item in pairs}
    rest = [item for item in returned if item.code and item.guid not in paired]
    old = [item for item in rest if is_old(item, names, labels)]
    rest = [item for item in rest if not is_old(item, names, labels)]
    left = list(standing.values())

    def by_place(item: Mark | Returned) -> tuple[object, ...]:
        return *names.place(item.start, item.end), item.code

    def by_place_and_author(item: Mark | Returned) -> tuple[object, ...]:
        return *by_place(item), item.author

    for key in (by_place_and_author, by_place):  # a tool may give codings new GUIDs, or all of them to whoever opened the file
        same, rest, left = matched(left, rest, key)
        pairs += same
    kept = [(mark, item) for mark, item in pairs if by_place(mark) == by_place(item)]
    moved = [(mark, item) for mark, item in pairs if by_place(mark) != by_place(item)]
    return Difference(tuple(rest), tuple(kept), tuple(moved), tuple(left), tuple(remarks), tuple(old))


def is_old(item: Returned, names: Names, labels: Sequence[Label]) -> bool:
    """Whether it comes from an earlier state of this study: a machine's, or a coder's whose newer label stands here."""
    if not is_ours(item, names):
        return False
    newer = (x for x in labels if x.coder == item.author and x.start < item.end and item.start < x.end and as_utc(x.time) >= item.time)
    return item.author in MACHINES or any(newer)


def is_ours(item: Returned, names: Names) -> bool:
    """Whether its GUID is the one this program gives such a coding, here or on another machine."""
    place = (item.start, item.end)
    made = [names.mark(item.author, place, item.code, *kind, time="", memo="", notes=()) for kind in ((), ("words",))]
    return item.guid in {mark.coding if item.code else mark.guid for mark in made}


def matched(marks: Iterable[Mark], items: Iterable[Returned], key: Key) -> tuple[list[tuple[Mark, Returned]], list[Returned], list[Mark]]:
    """Pairs of equal key, and what is left of both."""
    waiting: dict[tuple[object, ...], list[Mark]] = defaultdict(list)
    for mark in marks:
        waiting[key(mark)].append(mark)
    pairs, rest = [], []
    for item in items:
        if item.code and waiting[key(item)]:
            pairs.append((waiting[key(item)].pop(0), item))
        else:
            rest.append(item)
    return pairs, rest, [mark for marks in waiting.values() for mark in marks]
