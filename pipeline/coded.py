"""A coded corpus as arrays: what machine and hand say of every passage, and how the hand-coded ones were drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from pipeline import labels, ledger, store
from pipeline.codebook import Codebook
from pipeline.config import Study
from pipeline.correction import Design
from pipeline.errors import PipelineError
from pipeline.labels import Gold
from pipeline.model import Row
from pipeline.progress import Track, no_track

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

BLOCK = 5000  # rows of codings turned into arrays at a time
OFF_FRAME = 0.25  # by how much the passages a round speaks for may differ from those it was drawn among


@dataclass(frozen=True)
class Coded:
    """All passages of a corpus, in order.

    `document`: number of each passage's document in `documents`. `p`, `present`:
    probability and decision, passages x columns; the columns are the codes of
    `ids` and then, for each frame of `frames`, the frame without any sub-code.
    `partner`: whether the passage names the partner. `calibrated`: whether hand
    labels stand behind `p`.
    """

    ids: tuple[str, ...]
    frames: tuple[str, ...]
    passages: tuple[str, ...]
    documents: tuple[str, ...]
    document: Ints
    p: Floats
    present: Bools
    partner: Bools
    calibrated: bool

    @property
    def statements(self) -> list[int]:
        """For each code the column that counts only what no narrower code says: of a frame with sub-codes, the bare frame."""
        return [len(self.ids) + self.frames.index(code) if code in self.frames else i for i, code in enumerate(self.ids)]

    @cached_property
    def by_document(self) -> csr_matrix:
        """Sums passages by document: documents x passages."""
        n = len(self.passages)
        return csr_matrix((np.ones(n), (self.document, np.arange(n))), shape=(len(self.documents), n))

    def sums(self, values: NDArray[np.generic], rows: Bools | None = None) -> Floats:
        """Sums of passages' values (passages x columns) by document."""
        chosen = values if rows is None else values * rows[:, None]
        total: Floats = np.asarray(self.by_document @ chosen, dtype=float)
        return total

    @cached_property
    def place(self) -> dict[str, int]:
        """Where each passage stands."""
        return {passage: i for i, passage in enumerate(self.passages)}

    def sizes(self, rows: Bools | None = None) -> Floats:
        """Number of passages by document."""
        chosen = self.document if rows is None else self.document[rows]
        return np.bincount(chosen, minlength=len(self.documents)).astype(float)


def with_bare_frames(values: Floats, book: Codebook, bare: str) -> Floats:
    """Codes (rows x codes) with a column for each frame that stands without its sub-codes.

    `bare`: "p" for probabilities (the frame's less its likeliest sub-code's, for
    a sub-code is never likelier than its frame) or "code" for 0, 1 and nan.
    """
    column = {code: i for i, code in enumerate(book.ids)}
    made = []
    for frame in book.frames:
        children = [column[code] for code in book.children(frame)]
        most = values[:, children].max(axis=1, initial=0.0) if children else np.zeros(len(values))
        own = values[:, column[frame]]
        made.append(np.clip(own - most, 0, 1) if bare == "p" else np.where(most == 1, 0.0, own - most))
    return np.column_stack([values, *made])


def read(study: Study, book: Codebook, track: Track = no_track) -> Coded:
    """The corpus as the code stage left it; an error where it is not there."""
    path = study.outputs / "codings.jsonl"
    if not len(ledger.load(path)):
        raise PipelineError(f"{path} is missing or empty.", "Run `policycode run` (or `make all`) first.")
    return arrays(track(store.read_jsonl(path), total=0, label="codings"), book)


def arrays(rows: Iterable[Row], book: Codebook) -> Coded:
    """Rows of codings.jsonl as arrays; a block at a time, since numbers in lists take ten times their room."""
    passages: list[str] = []
    names: dict[str, int] = {}
    document, partner, blocks, calibrated = [], [], [np.zeros((0, 2, len(book.ids)))], True
    rows = iter(rows)
    while block := list(islice(rows, BLOCK)):
        passages += [row["id"] for row in block]
        document += [names.setdefault(row["document_id"], len(names)) for row in block]
        partner += ["partner" in row["roles"] for row in block]
        calibrated &= all(row["calibrated"] for row in block)
        blocks.append(
            np.array([[[row["codes"][code][key] for code in book.ids] for key in ("p", "present")] for row in block], dtype=float)
        )
    said = np.concatenate(blocks)
    p, present = with_bare_frames(said[:, 0], book, "p"), with_bare_frames(said[:, 1], book, "code") == 1
    return Coded(book.ids, book.frames, tuple(passages), tuple(names), np.array(document, dtype=np.int64), p, present,
                 np.array(partner, dtype=bool), calibrated)  # fmt: skip


@dataclass(frozen=True)
class Hand:
    """The hand labels of a corpus: those that may correct shares (`design`), all by passage (`said`), how each round fared."""

    design: Design
    said: Mapping[str, Mapping[str, bool | None]]
    rounds: tuple[Row, ...]


def hand(study: Study, book: Codebook, coded: Coded) -> Hand:
    """The study's labels laid beside its coded passages."""
    gold, _ = labels.gold(study, book.ids)
    path = study.outputs / "heldout.jsonl"
    rows = store.read_jsonl(path) if path.is_file() else ()
    held = {row["id"]: [row["codes"][code]["p"] for code in book.ids] for row in rows}
    return laid_beside(coded, book, gold, held, first_labelled(study, book))


def first_labelled(study: Study, book: Codebook) -> dict[str, str]:
    """When each round of labels began."""
    began: dict[str, str] = {}
    for label in labels.read(study.labels, book.ids):
        began[label.drawn.scheme] = min(label.time, began.get(label.drawn.scheme, label.time))
    return began


def laid_beside(
    coded: Coded, book: Codebook, gold: Sequence[Gold], held: Mapping[str, Sequence[float]], began: Mapping[str, str]
) -> Hand:  # fmt: skip
    """Labels with recorded probabilities and with machine codes that did not learn from them, round by round.

    A classifier's own p will do where no label trained it.
    """
    place = coded.place
    own = (
        {}
        if coded.calibrated
        else {one.passage_id: coded.p[place[one.passage_id], : len(book.ids)] for one in gold if one.passage_id in place}
    )
    usable = [
        one for one in gold if one.drawn.probability and one.passage_id in place and (one.passage_id in held or one.passage_id in own)
    ]
    kept, rounds = in_rounds(usable, len(coded.passages), began)
    machine = np.array([held.get(one.passage_id, own.get(one.passage_id)) for one in kept], dtype=float).reshape(len(kept), len(book.ids))
    truth = np.array([[one.values.get(code) for code in book.ids] for one in kept], dtype=float).reshape(len(kept), len(book.ids))
    number = {row["scheme"]: i for i, row in enumerate(row for row in rounds if row["used"])}
    strata = {key: i for i, key in enumerate(sorted({(one.drawn.scheme, one.drawn.stratum) for one in kept}))}
    at = np.array([place[one.passage_id] for one in kept], dtype=np.int64)
    design = Design(
        at, coded.document[at], len(coded.documents), np.array([number[one.drawn.scheme] for one in kept], dtype=np.int64),
        np.array([strata[one.drawn.scheme, one.drawn.stratum] for one in kept], dtype=np.int64),
        np.array([1 / (one.drawn.probability or 1) for one in kept]), with_bare_frames(truth, book, "code"),
        with_bare_frames(machine, book, "p"),
    )  # fmt: skip
    return Hand(design, {one.passage_id: one.values for one in gold}, tuple(rounds))


def in_rounds(gold: Sequence[Gold], passages: int, began: Mapping[str, str]) -> tuple[list[Gold], list[Row]]:
    """The labels of every round that stands for the passages it was drawn among, the first round first.

    Each round is drawn among what earlier ones left; that 1/probability adds up
    to what is left shows that no stratum is missing. A round of one stratum may
    be unfinished. `began`: when the first label of each round was given.
    """
    schemes: dict[str, list[Gold]] = {}
    for one in gold:
        schemes.setdefault(one.drawn.scheme, []).append(one)
    reach = {name: sum(1 / (one.drawn.probability or 1) for one in drawn) for name, drawn in schemes.items()}
    kept: list[Gold] = []
    rounds: list[Row] = []
    for name in sorted(schemes, key=lambda name: (began.get(name, ""), name)):
        left = passages - len(kept)
        whole = len({one.drawn.stratum for one in schemes[name]}) == 1 or abs(reach[name] - left) <= OFF_FRAME * left
        why = "" if whole else f"its labels speak for {reach[name]:,.0f} of {left:,} passages: some strata are not labelled yet"
        rounds.append({"scheme": name, "labels": len(schemes[name]), "frame": left, "used": whole, "why_not": why})
        kept += schemes[name] if whole else []
    return kept, rounds
