"""Labels given under definitions that have changed since, code by code."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from pipeline import definitions
from pipeline.definitions import Change
from pipeline.labels import Label
from pipeline.workbench.bench import Bench

UNKNOWN = "unknown"


@dataclass(slots=True)
class Look:
    """Labels that a changed definition touches: those that had the code (or doubted it) before those that had not."""

    change: Change | None
    with_code: list[Label] = field(default_factory=list)
    without: list[Label] = field(default_factory=list)

    @property
    def labels(self) -> list[Label]:
        """All of them, in the order in which to look again."""
        return [*self.with_code, *self.without]


def looks(bench: Bench) -> dict[str, Look]:
    """By changed code, the coder's labels under older definitions; under "unknown" those of which no definitions were kept."""
    book = bench.book
    by_version: Mapping[str, list[Label]] = defaultdict(list)
    for label in bench.current_labels().values():
        if label.codebook_version != book.version:
            by_version[label.codebook_version].append(label)
    found: dict[str, Look] = {}
    for version, given in sorted(by_version.items()):
        then = definitions.kept(bench.study, version)
        if then is None:
            found.setdefault(UNKNOWN, Look(None)).without.extend(given)
            continue
        for code, change in definitions.changes(then, book).items():
            look = found.setdefault(code, Look(change))
            for label in given:
                (look.with_code if code in {*label.codes, *label.unsure} else look.without).append(label)
    return found


def word_changes(then: str, now: str) -> list[tuple[str, str]]:
    """Two texts as pieces in order: ("same" | "gone" | "new", words)."""
    before, after = then.replace("\n", " \n ").split(" "), now.replace("\n", " \n ").split(" ")
    pieces = []
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(("same", " ".join(before[a:b])))
            continue
        pieces += [("gone", " ".join(before[a:b]))] if b > a else []
        pieces += [("new", " ".join(after[c:d]))] if d > c else []
    return pieces
