"""What a report shows, read once: every figure of it stands in one of these files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from pipeline import codebook, labels, problems, store
from pipeline.codebook import Codebook
from pipeline.config import Study
from pipeline.labels import Gold
from pipeline.model import Row
from pipeline.report import evidence

REGISTERED = {
    "registered": "Its rules were registered before labels were read",
    "changed after": "Its rules were changed after they were registered",
    "not registered": "Its rules were not registered beforehand",
}
NONE = "none"  # the rival of all narratives: discourse at large


@dataclass(frozen=True)
class Facts:
    """A study's results.

    `shares`: shares.csv. `documents`: one row a document, by date, with `passages` and a count by code. `gold`: hand labels
    by passage.
    """

    study: Study
    book: Codebook
    found: Row
    shares: pd.DataFrame
    reliability: Row
    card: Row
    problems: list[Row]
    documents: list[Row]
    gold: Mapping[str, Gold]

    @property
    def headline(self) -> Row:
        """The scope the verdict is about: passages that touch the partner."""
        first: Row = self.found["scopes"][0]
        return first

    @property
    def ahead(self) -> list[str]:
        """The two narratives ahead in the headline's scope, whether or not "none of these" is before them."""
        ranked = sorted(self.headline["narratives"], key=lambda row: -row["decibans"])
        return [row["id"] for row in ranked if row["id"] != NONE][:2]

    def scope(self, name: str) -> Row:
        """The results of a scope."""
        return next(result for result in self.found["scopes"] if result["scope"] == name)

    def name(self, narrative: str) -> str:
        """The name of a narrative, "none of these" among them."""
        names: dict[str, str] = {row["id"]: row["name"] for row in self.headline["narratives"]}
        return names[narrative]

    def stands(self, result: Row) -> str:
        """How far a scope's verdict stands, as the end of a sentence."""
        share, draws = result["verdict"]["stands"], result["sensitivity"]["draws"]
        return "how far it stands was not computed" if share is None else f"it stands in {share:.0%} of {draws:,} sensitivity draws"

    @property
    def standing(self) -> str:
        """The second sentence of the verdict: whether its rules were registered, and how far it stands."""
        return f"{REGISTERED[self.found['registration']['status']]}, and {self.stands(self.headline)}."

    @cached_property
    def flagged(self) -> set[str]:
        """Codes whose coders agree less than the study's bar: they carry a flag wherever they are named."""
        return {row["id"] for row in self.found["codes"] if row["flagged"]}

    def code_name(self, code: str, short: bool = False) -> str:
        """A code's name, after its frame's where it is a sub-code (unless `short`), flagged where its reliability is under the bar."""
        one = self.book.code(code)
        name = one.name if short or not one.parent else f"{self.book.code(one.parent).name}: {one.name.lower()}"
        return f"{name} ⚑" if code in self.flagged else name


def read_csv(study: Study, name: str) -> pd.DataFrame:
    """A table of the study's outputs; groups are texts, whatever they look like."""
    return pd.read_csv(study.outputs / name, dtype={"value": str, "document": str}, keep_default_na=False, na_values=[""])


def counted_documents(study: Study) -> list[Row]:
    """Every document with its number of passages and, by code, of passages that carry it; oldest first."""
    facts = {row["id"]: row for row in store.read_jsonl(study.outputs / "documents.jsonl")}
    rows = []
    for name, codings in evidence.codings(study):
        counts: dict[str, int] = defaultdict(int)
        for coding in codings:
            for code in evidence.present(coding):
                counts[code] += 1
        kept = {key: facts[name][key] for key in ("id", "title", "speaker", "date")}
        rows.append({**kept, "passages": len(codings), "counts": dict(counts)})
    return sorted(rows, key=lambda row: (row["date"], row["id"]))


def read(study: Study) -> Facts:
    """All facts of a study."""
    book = codebook.load(study.codebook_folder)
    gold, _ = labels.gold(study, book.ids)
    return Facts(
        study, book, store.read_json(study.outputs / "narratives.json"), read_csv(study, "shares.csv"),
        store.read_json(study.outputs / "reliability.json"), store.read_json(study.model / "card.json"),
        problems.read(study.outputs), counted_documents(study), {one.passage_id: one for one in gold},
    )  # fmt: skip
