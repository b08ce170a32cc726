"""What a verdict is made from, read from a study's outputs: coded corpus, labels, facts of documents, reliability of codes."""

from __future__ import annotations

from pipeline import codebook, coded, store
from pipeline.codebook import Codebook
from pipeline.config import Study
from pipeline.evidence.scope import Setting
from pipeline.model import Row
from pipeline.progress import Track, no_track
from pipeline.shares import Correction


def facts_of(study: Study) -> dict[str, dict[str, str]]:
    """For each document its date and the groups it belongs to as a whole."""
    facts = {}
    for row in store.read_jsonl(study.outputs / "documents.jsonl"):
        year = int(row["date"][:4]) if row["date"][:4].isdigit() else None
        facts[row["id"]] = {
            "all": "all", "speaker": row["speaker"] or "not given", "country": row["country"] or "not given",
            "kind": row["kind"] or "not given", "period": study.period_of(year), "year": str(year or "undated"), "date": row["date"],
        }  # fmt: skip
    return facts


def reliability_of(study: Study, book: Codebook) -> list[Row]:
    """For each code how far its coders agree (all of them together), null where that is not measured."""
    path = study.outputs / "reliability.json"
    rows = store.read_json(path)["rows"] if path.is_file() else []
    together = {row["code"]: row for row in rows if row.get("kind") == "coders"}
    made = []
    for code in book.codes:
        row = together.get(code.id, {})
        alpha = row.get("alpha")
        reaches = None if alpha is None else bool(alpha >= study.thresholds.reliability)
        made.append({"id": code.id, "name": code.name, "frame": code.parent or code.id, "alpha": alpha, "alpha_low": row.get("low"),
                     "reaches_bar": reaches, "flagged": reaches is False})  # fmt: skip
    return made


def setting_of(study: Study, track: Track = no_track) -> tuple[Setting, dict[str, dict[str, str]], list[Row]]:
    """Everything the figures are made from: the coded corpus with its labels, facts of documents, reliability of codes."""
    book = codebook.load(study.codebook_folder)
    found = coded.read(study, book, track)
    hand = coded.hand(study, book, found)
    facts, codes = facts_of(study), reliability_of(study, book)
    reaches = {row["id"]: row["reaches_bar"] for row in codes}
    speakers = [facts[name]["speaker"] for name in found.documents]
    return Setting(study, book, found, hand, Correction(found, hand.design), speakers, reaches), facts, codes
