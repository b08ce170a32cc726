"""The ticket that travels with a passage to a reviewer's sheet or tool and brings its verdict home.

It says which passage of which study was sent, how it was drawn and what was
shown with it, and ends with a check over all that and the passage's id, so
that an edited id, a row of another sheet or a draw made up by hand is noticed.
It is no secret and guards against slips, not against forgers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from pipeline.labels import Drawn, Label, Marked
from pipeline.ledger import digest_of
from pipeline.store import dumps, sha256_text

Kind = Literal["review", "labelling", "coded"]


@dataclass(frozen=True, slots=True)
class Ticket:
    """One passage on its way.

    `kind`: "review" and "coded" show the machine's codes, "labelling" does not.
    `coded`: the codes shown as present.
    """

    passage_id: str
    study: str
    kind: Kind
    document_id: str
    start: int
    end: int
    text_sha256: str
    scheme: str
    stratum: str
    probability: float | None
    codebook: str
    coded: tuple[str, ...] = ()

    @classmethod
    def of(cls, row: Mapping[str, Any], study: str, kind: Kind, drawn: Drawn, codebook: str) -> Ticket:
        """The ticket of a passage (a row of the corpus, coded unless it goes out for labelling)."""
        coded = () if kind == "labelling" else tuple(code for code, said in row["codes"].items() if said["present"])
        chance = None if drawn.probability is None else round(drawn.probability, 9)
        place = (row["id"], study, kind, row["document_id"], row["start"], row["end"], sha256_text(row["text"]))
        return cls(*place, drawn.scheme, drawn.stratum, chance, codebook, coded)

    @property
    def check(self) -> str:
        """A hash over everything else."""
        return digest_of(dumps(astuple(self)))[:16]

    def __str__(self) -> str:
        return dumps([*astuple(self)[1:], self.check])

    def label(
        self, coder: str, time: str, codes: Sequence[str], considered: Sequence[str], *,
        unsure: Sequence[str] = (), spans: Sequence[Marked] = (), memo: str = "",
    ) -> Label:  # fmt: skip
        """The label of whoever decided on the passage; codes in the order of `considered`."""
        drawn = Drawn(scheme=self.scheme, stratum=self.stratum, probability=self.probability)
        return Label(
            passage_id=self.passage_id, document_id=self.document_id, start=self.start, end=self.end, text_sha256=self.text_sha256,
            coder=coder, codes=tuple(c for c in considered if c in set(codes)), considered=tuple(considered),
            unsure=tuple(c for c in considered if c in set(unsure)), spans=tuple(spans), assisted=self.kind != "labelling",
            memo=memo, codebook_version=self.codebook, time=time, drawn=drawn,
        )  # fmt: skip


TICKET = TypeAdapter(Ticket)
FIELDS = tuple(Ticket.__dataclass_fields__)


def read(passage_id: str, text: str, study: str) -> Ticket:
    """The ticket of a returned passage; ValueError says what is wrong with it."""
    try:
        *parts, check = json.loads(text)
        ticket = TICKET.validate_python(dict(zip(FIELDS, [passage_id, *parts], strict=True)))
    except (ValueError, TypeError, RecursionError, ValidationError):
        raise ValueError("its key is missing or damaged; copy the row anew from the sheet that was sent") from None
    if ticket.study != study:
        raise ValueError(f"it belongs to the study {ticket.study!r}, not to {study!r}")
    if ticket.check != check:
        raise ValueError(f"the id {passage_id!r} does not fit its key: one of the two was edited or moved to another row")
    return ticket
