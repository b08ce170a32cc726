"""Who said what of which passage, and who is set beside whom: coders, rules and classifier on the labelled passages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np

from pipeline.agreement.coefficients import MISSING, Table
from pipeline.labels import ADJUDICATED, Gold

Said = Mapping[str, Mapping[str, bool]]  # passage id -> code -> present
Kind = Literal["coders", "pair", "hand", "coder"]


@dataclass(frozen=True, slots=True)
class Group:
    """Voices set beside each other: `tables` holds what each said, passages x codes.

    `kind`: all coders together, a pair of them, the settled hand codes and a
    machine, or one coder and a machine.
    """

    kind: Kind
    names: tuple[str, ...]
    tables: tuple[Table, ...]

    @property
    def who(self) -> str:
        """Its name in files and on pages."""
        return " / ".join(self.names)

    def said(self, code: int) -> Table:
        """What each said of one code: passages x voices."""
        return np.stack([table[:, code] for table in self.tables], axis=1)


@dataclass(frozen=True, slots=True)
class Panel:
    """The labelled passages, their documents, the codes, and the groups that are compared on them."""

    passages: tuple[str, ...]
    documents: tuple[str, ...]
    codes: tuple[str, ...]
    groups: tuple[Group, ...]


def table_of(said: Sequence[Mapping[str, bool | None]], codes: Sequence[str]) -> Table:
    """What one voice said of each passage: passages x codes; absent 0, present 1, nothing MISSING."""
    rows = [[MISSING if one.get(code) is None else int(bool(one[code])) for code in codes] for one in said]
    return np.array(rows, dtype=np.int8).reshape(-1, len(codes))


def panel(gold: Sequence[Gold], machines: Mapping[str, Said], codes: Sequence[str]) -> Panel:
    """All coders, every pair where there are more than two, and hand codes and each coder against every machine."""
    names = sorted({coder for one in gold for coder in one.by_coder} - {ADJUDICATED})
    hand = table_of([one.values for one in gold], codes)
    coders = {name: table_of([one.by_coder.get(name, {}) for one in gold], codes) for name in names}
    beside = {name: table_of([said.get(one.passage_id, {}) for one in gold], codes) for name, said in machines.items()}
    pairs = combinations(names, 2) if len(names) > 2 else ()
    groups = [Group("pair", pair, (coders[pair[0]], coders[pair[1]])) for pair in pairs]
    groups += [Group("coders", tuple(names), tuple(coders.values()))] if len(names) > 1 else []
    groups += [Group("hand", ("hand", machine), (hand, table)) for machine, table in beside.items()]
    if len(names) > 1:
        groups += [Group("coder", (name, m), (coders[name], table)) for name in names for m, table in beside.items()]
    documents = tuple(one.document_id for one in gold)
    return Panel(tuple(one.passage_id for one in gold), documents, tuple(codes), tuple(groups))
