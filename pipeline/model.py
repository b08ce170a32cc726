"""The records that flow from stage to stage; this module imports nothing of ours.

Positions are Unicode code points, 0-based, end-exclusive: `text[start:end]`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

Row = dict[str, Any]
MOODS = ("question", "hypothetical", "past")


@dataclass(frozen=True, slots=True)
class Document:
    """One speech or document as the later stages see it.

    `text` is what was read after decoding and mending; every position in the
    project refers to it. `sha256` is of its UTF-8 bytes. `date` is ISO 8601 to
    the precision known (`1962`, `1962-01-11`). `metadata` holds whatever else
    the source said, and under `mended` how often which defect was mended.
    """

    id: str
    title: str
    speaker: str
    country: str
    date: str
    kind: str
    language: str
    source: str
    text: str
    sha256: str
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @property
    def year(self) -> int | None:
        """The year of `date`, None where the source gives none."""
        return int(self.date[:4]) if self.date[:4].isdigit() else None


@dataclass(frozen=True, slots=True)
class Passage:
    """The unit that is coded: `document.text[start:end] == text`.

    `id` is `<document_id>#<ordinal>`, the ordinal counted from 1 and padded to
    five digits so that sorting by id is reading order.
    """

    id: str
    document_id: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Hit:
    """One place where a codebook rule applies, in characters of the passage.

    `negated`: the sentence denies it. `attributed`: the speaker reports it as
    somebody else's claim. `source` and `target`: the study's roles (self,
    partner, adversary, others) that do it and that it is done to, "" if none.
    `mood`: asked (question), imagined (hypothetical) or past, "" if stated of
    the present; the speaker may still mean it.
    """

    start: int
    end: int
    code: str
    rule: str
    negated: bool = False
    attributed: bool = False
    source: str = ""
    target: str = ""
    mood: str = ""

    @property
    def live(self) -> bool:
        """Whether the speaker asserts what the rule found."""
        return not (self.negated or self.attributed)


@dataclass(frozen=True, slots=True)
class Tag:
    """All rule hits of one passage and the roles its words name."""

    id: str
    document_id: str
    hits: tuple[Hit, ...] = ()
    roles: tuple[str, ...] = ()

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Tag:
        """The tag a JSON row stands for."""
        hits = tuple(Hit(**hit) for hit in row["hits"])
        return cls(row["id"], row["document_id"], hits, tuple(row["roles"]))


@dataclass(frozen=True, slots=True)
class Decision:
    """What the coder (machine or person) says of one code on one passage.

    `p` is a calibrated probability in [0, 1] (see `Coding.calibrated`).
    """

    p: float
    present: bool


@dataclass(frozen=True, slots=True)
class Coding:
    """All decisions on one passage, the hits behind them, the roles named.

    `calibrated` is False where no labels stood behind the probabilities: they
    are then only the codebook's stated precision of its rules. `why`: for each
    code present, the words and [rules] that moved it most, with their part in
    its log-odds.
    """

    id: str
    document_id: str
    codes: Mapping[str, Decision]
    spans: tuple[Hit, ...]
    roles: tuple[str, ...]
    calibrated: bool
    why: Mapping[str, tuple[tuple[str, float], ...]] = field(default_factory=dict)

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Coding:
        """The coding a JSON row stands for."""
        codes = {code: Decision(**decision) for code, decision in row["codes"].items()}
        spans = tuple(Hit(**span) for span in row["spans"])
        why = {code: tuple((name, part) for name, part in parts) for code, parts in row["why"].items()}
        return cls(row["id"], row["document_id"], codes, spans, tuple(row["roles"]), row["calibrated"], why)


def to_row(record: Any) -> Row:
    """A record as plain data for JSON, fields in their declared order."""
    return asdict(record)
