"""What coders, rules and classifier said of the labelled passages, and which of it a coder may see."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, cached_property, lru_cache
from threading import Lock

from pipeline import adjudicators, labels, reliability
from pipeline.agreement.coefficients import MISSING
from pipeline.agreement.marks import span_rows
from pipeline.agreement.panel import Group, Panel
from pipeline.agreement.rows import code_row, document_rows, overall_row
from pipeline.codebook import FILES, Codebook
from pipeline.config import Study
from pipeline.errors import PipelineError
from pipeline.labels import ADJUDICATED, Label, Placed
from pipeline.model import Hit, Row
from pipeline.workbench.bench import Bench

COMPARING = Lock()  # not the bench's own: labelling does not wait for figures
ORDER = ("coders", "hand", "pair", "coder")  # in which the pages list groups


class Comparison:
    """A study's labelled passages and everything said of them, as the files are now; figures are made when first asked for."""

    def __init__(self, study: Study, book: Codebook) -> None:
        self.study, self.book = study, book
        placed, self.before = labels.placed_and_blind(study, book.ids)
        self.placed: Sequence[Placed] = placed
        self.of: Mapping[str, Placed] = {one.passage_id: one for one in placed}
        self.blind = {(one.passage_id, label.coder): label for one in self.before for label in one.labels}
        self.hits: Mapping[str, Sequence[Hit]] = reliability.rule_hits(study, placed)
        self.heldout: Mapping[str, Row] = reliability.held_out(study)
        self.panel: Panel = reliability.everyone(placed, self.before, self.hits, self.heldout, book)
        ordered = sorted(self.panel.groups, key=lambda group: ORDER.index(group.kind))
        self.groups: Mapping[str, Group] = {key_of(group): group for group in ordered}
        self.rows_of = cache(self.make_rows)
        self.overall_of = cache(lambda key: overall_row(self.groups[key], self.panel, study))
        self.documents_of = cache(lambda key: document_rows(self.groups[key], self.panel))

    def make_rows(self, key: str) -> list[Row]:
        """A group's figures by code."""
        made = (code_row(self.groups[key], code, self.panel, self.study) for code in range(len(self.book.ids)))
        return [row for row in made if row]

    @cached_property
    def spans(self) -> list[Row]:
        """Every group's figures on marked words."""
        return span_rows(self.before, self.hits, self.book, self.study)

    @property
    def assisted(self) -> int:
        """How many labels were given with the rules' hits in sight."""
        return sum(label.assisted for one in self.placed for label in one.labels)

    def group(self, key: str) -> Group:
        """The group of a key, or the first; an error where there is none."""
        if key not in self.groups and key:
            raise PipelineError("There are no such coders to compare.", "Go back to the page of agreement.")
        return self.groups[key] if key else next(iter(self.groups.values()))


def key_of(group: Group) -> str:
    """What a group is called in addresses."""
    return f"{group.kind}:{group.who}"


@lru_cache(maxsize=1)
def compared(bench: Bench, stamp: tuple[tuple[str, int, int], ...]) -> Comparison:
    """The comparison of a bench's study, made once for each state of its files."""
    return Comparison(bench.study, bench.book)


def comparison_of(bench: Bench) -> Comparison:
    """The comparison as of now."""
    outputs = [bench.study.outputs / name for name in ("passages.jsonl", "tags.jsonl", "heldout.jsonl")]
    paths = [*labels.files(bench.study.labels), *outputs, *(bench.study.codebook_folder / name for name in FILES)]
    with COMPARING:
        return compared(bench, tuple((str(p), p.stat().st_mtime_ns, p.stat().st_size) for p in paths if p.is_file()))


def coders_of(one: Placed) -> list[Label]:
    """The coders' own labels of a passage, by name."""
    return sorted((label for label in one.labels if label.coder != ADJUDICATED), key=lambda label: label.coder)


def adjudicated(one: Placed) -> Label | None:
    """The adjudicated label of a passage."""
    return next((label for label in one.labels if label.coder == ADJUDICATED), None)


def contested(one: Placed, codes: Sequence[str]) -> list[str]:
    """The codes on which the coders of a passage part."""
    given = coders_of(one)
    return [code for code in codes if len({code in label.codes for label in given if code in label.considered}) > 1]


def letters(names: Iterable[str], salt: str) -> dict[str, str]:
    """A letter for each coder, in an order drawn by `salt`, the same each time."""
    drawn = sorted(names, key=lambda name: hashlib.sha256(f"{salt} {name}".encode()).digest())
    return {name: chr(ord("A") + i) if i < 26 else f"Coder {i + 1}" for i, name in enumerate(drawn)}


def may_see(bench: Bench, one: Placed, declared: frozenset[str]) -> bool:
    """Whether the coder at the bench may see what others said of a passage: after labelling it, or as an adjudicator who codes none."""
    return bench.coder in declared or any(label.coder == bench.coder for label in one.labels)


def visible(bench: Bench, found: Comparison) -> set[str]:
    """The passages whose codes the coder at the bench may see."""
    declared = adjudicators.declared(bench.study)
    return {one.passage_id for one in found.placed if may_see(bench, one, declared)}


def waits(one: Placed, codes: Sequence[str]) -> bool:
    """Whether coders of a passage part on a code that nobody has adjudicated since."""
    settled, parted = adjudicated(one), contested(one, codes)
    return bool(parted) and not (settled and set(parted) <= set(settled.considered))


def said_by(group: Group, name: str, passage: int, codes: Sequence[str]) -> dict[str, bool]:
    """What one voice of a group said of a passage."""
    table = group.tables[group.names.index(name)]
    return {code: bool(table[passage, i]) for i, code in enumerate(codes) if table[passage, i] != MISSING}
