"""What confirms a narrative, what speaks against it, and what it expects but does not find, with the passages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.codebook import Codebook
from pipeline.coded import Coded
from pipeline.evidence.mixes import Model, ends, expected_mixes, reference_mix
from pipeline.evidence.weights import Statements, pushes
from pipeline.model import Row

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

LEAST_PUSH = 0.1  # decibans under which a code is not listed
MOST_PASSAGES = 8  # listed behind a code
EXPECTED = ("strong", "some")


@dataclass(frozen=True)
class Sources:
    """Where the passages behind a code are found: the corpus, the rows in scope, the hand codes by passage."""

    coded: Coded
    rows: Bools
    said: Mapping[str, Mapping[str, bool | None]]

    def hand(self, passage: str, code: str, frames: Mapping[str, Sequence[str]]) -> bool | None:
        """What coders settled on for a statement; None where they did not code the passage. A frame counts without its sub-codes."""
        codes = self.said.get(passage, {})
        own = codes.get(code)
        if own and any(codes.get(child) for child in frames.get(code, ())):
            return False
        return own

    def passages(self, code: str, book: Codebook) -> list[Row]:
        """The passages that carry a statement: those coders gave it to first, then by probability; none that coders denied it."""
        column = self.coded.statements[self.coded.ids.index(code)]
        frames = {frame: book.children(frame) for frame in book.frames}
        labelled = [self.coded.place[passage] for passage in self.said if passage in self.coded.place]
        given = {i for i in labelled if self.rows[i] and self.hand(self.coded.passages[i], code, frames)}
        found = sorted({*np.flatnonzero(self.rows & self.coded.present[:, column]).tolist(), *given})
        rows: list[Row] = [{"id": self.coded.passages[i], "p": round(float(self.coded.p[i, column]), 4),
                 "hand": self.hand(self.coded.passages[i], code, frames)} for i in found]  # fmt: skip
        kept = [row for row in rows if row["hand"] is not False]
        return sorted(kept, key=lambda row: (not row["hand"], -row["p"], row["id"]))[:MOST_PASSAGES]


def code_rows(said: Statements, book: Codebook, model: Model, flagged: Mapping[str, bool], draws: Floats, level: float) -> list[list[Row]]:
    """For each narrative a row a code: what is found, what is expected, and what that weighs."""
    mixes, reference, mix, pushed = expected_mixes(book)[1], reference_mix(book), said.mix(), pushes(said, model)
    weak, strong = ends(book)
    bounds = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2], axis=0) if len(draws) else np.full((2, len(mix)), np.nan)
    table = []
    for n, narrative in enumerate(book.narratives):
        lowest, highest = np.minimum(weak[n], strong[n]), np.maximum(weak[n], strong[n])
        table.append([{
            "code": code, "level": narrative.expects.get(code, ""), "share": figure(mix[i]), "low": figure(bounds[0, i]),
            "high": figure(bounds[1, i]), "expected": figure(mixes[n, i]), "reference": figure(reference[i]),
            "ratio": round(float(model.ratios[n, i]), 3), "ratio_low": round(float(lowest[i]), 3),
            "ratio_high": round(float(highest[i]), 3),
            "push": round(float(pushed[n, i]), 2), "flagged": flagged.get(code, False),
        } for i, code in enumerate(book.ids)])  # fmt: skip
    return table


def figure(value: float) -> float | None:
    """A share for JSON; null where there is none."""
    return round(float(value), 5) if np.isfinite(value) else None


def lists(rows: Sequence[Row], passages: Mapping[str, list[Row]]) -> Row:
    """What pushes a narrative up, what it does not expect but finds, and what it expects but finds less than at large.

    What pushes up by being rare has no passages to show.
    """
    kinds: dict[str, list[Row]] = {"confirming": [], "disconfirming": [], "absent": []}
    for row in sorted(rows, key=lambda row: (-abs(row["push"]), row["code"])):
        if abs(row["push"]) >= LEAST_PUSH and row["level"]:
            expected = row["level"] in EXPECTED
            kind = "confirming" if row["push"] > 0 else "absent" if expected else "disconfirming"
            common = row["share"] > row["reference"]
            shown = {key: row[key] for key in ("code", "level", "push", "share", "expected", "reference", "flagged")}
            kinds[kind].append({**shown, "passages": passages[row["code"]] if common else []})
    return {**kinds}


def evidence_rows(scope: str, narratives: Sequence[Row]) -> Iterator[Row]:
    """The lists as rows of a table, one a passage (one a code where there is none)."""
    for narrative in narratives:
        of_code = {row["code"]: row for row in narrative["codes"]}
        for kind, items in narrative["evidence"].items():
            for item in items:
                head = {"scope": scope, "narrative": narrative["id"], "kind": kind}
                head |= {key: of_code[item["code"]][key] for key in ("code", "level", "push", "share", "expected", "reference", "flagged")}
                for passage in item.get("passages") or [{"id": "", "p": None, "hand": None}]:
                    yield {
                        **head,
                        "passage": passage["id"],
                        "document": passage["id"].rpartition("#")[0],
                        "p": passage["p"],
                        "hand": passage["hand"],
                    }
