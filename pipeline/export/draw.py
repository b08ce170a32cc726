"""Drawing passages for people: which, and with which probability each came to them."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.codebook import Codebook
from pipeline.errors import UsageError
from pipeline.labels import Drawn
from pipeline.ledger import digest_of
from pipeline.model import Row

WAYS = "all, random, uncertain, disagree or code=<id>"
SIZE = 100  # of a draw that is no census, where none is given


@dataclass(frozen=True, slots=True)
class Draw:
    """A way to choose passages.

    `all`, `random`: from the whole corpus. `code=<id>`: from those the machine
    gives the code. `disagree`: from those where rules and model part. These
    are simple random samples of their stratum (all of it without a size), with
    the probability known. `uncertain`: those with a probability nearest 0.5,
    by design no random sample, so that no probability is given.
    """

    way: str
    code: str = ""

    @classmethod
    def parse(cls, said: str, book: Codebook) -> Draw:
        """What the caller asked for."""
        way, _, code = said.partition("=")
        if way == "code" and code in book.ids:
            return cls(way, code)
        if way == "code":
            raise UsageError(f"--draw {said}: there is no code {code!r}.", f"Codes: {', '.join(book.ids)}.")
        if code or way not in {"all", "random", "uncertain", "disagree"}:
            raise UsageError(f"--draw {said} is not known.", f"One of: {WAYS}.")
        return cls(way)

    @property
    def stratum(self) -> str:
        """The part of the corpus that is drawn from."""
        return self.code or ("all" if self.way in {"all", "random", "uncertain"} else self.way)

    def covers(self, row: Row, book: Codebook) -> bool:
        """Whether a coded passage belongs to the stratum."""
        if self.way == "code":
            return bool(row["codes"][self.code]["present"])
        return self.way != "disagree" or bool(disagreements(row, book))

    def rank(self, row: Row, seed: int) -> tuple[float, str]:
        """Passages of lowest rank are drawn first: by chance, or the uncertain ones."""
        doubt = min(abs(said["p"] - 0.5) for said in row["codes"].values()) if self.way == "uncertain" else 0.0
        return doubt, digest_of(str(seed), row["id"])

    def drawn(self, count: int, total: int, seed: int) -> Drawn:
        """How those drawn were drawn."""
        if self.way == "uncertain":
            return Drawn(scheme="review-uncertain", stratum="all")
        scheme = "random-review" if self.stratum == "all" else "review"
        return Drawn(scheme=f"{scheme}-{seed}", stratum=self.stratum, probability=count / total)


def disagreements(row: Row, book: Codebook) -> set[str]:
    """The codes on which the rules alone and the model's decision part."""
    live = {code for hit in row["spans"] if not (hit["negated"] or hit["attributed"]) for code in (hit["code"], book.implied(hit["code"]))}
    return {code for code, said in row["codes"].items() if said["present"] != (code in live)}


def draw(rows: Iterable[Row], how: Draw, size: int | None, seed: int, book: Codebook) -> tuple[set[str], int, Drawn | None]:
    """Ids of the passages drawn, how many the stratum has, and how each was drawn; memory grows with the size only."""
    wanted = SIZE if size is None and how.way in {"random", "uncertain"} else size
    total = 0
    kept: list[tuple[tuple[float, str], str]] = []

    def ranked() -> Iterable[tuple[tuple[float, str], str]]:
        nonlocal total
        for row in rows:
            if how.covers(row, book):
                total += 1
                yield how.rank(row, seed), row["id"]

    kept = list(ranked()) if wanted is None else heapq.nsmallest(wanted, ranked())
    return {name for _, name in kept}, total, how.drawn(len(kept), total, seed) if kept else None
