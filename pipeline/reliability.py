"""Reliability: agreement of coders with each other, with the rules and with the classifier."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline import codebook, labels, ledger, store
from pipeline.agreement.marks import span_rows
from pipeline.agreement.panel import Kind, Panel, Said, panel
from pipeline.agreement.rows import code_rows, document_rows, overall_row
from pipeline.codebook import Codebook
from pipeline.config import Study
from pipeline.labels import Placed
from pipeline.model import Hit, Row, Tag
from pipeline.progress import Track, no_track

TOGETHER: tuple[Kind, ...] = ("pair", "coders", "hand")
EACH: tuple[Kind, ...] = ("coder",)
UNLABELLED = "No passage is hand-labelled, so nothing is known of reliability."


def rule_hits(study: Study, placed: Sequence[Placed]) -> dict[str, tuple[Hit, ...]]:
    """What the rules found in each labelled passage."""
    if not placed:
        return {}
    tags = ledger.Reader(study.outputs / "tags.jsonl")
    wanted = {one.passage_id for one in placed}
    documents = sorted({one.document_id for one in placed})
    found = {tag.id: tag.hits for name in documents for tag in map(Tag.from_row, tags.rows(name)) if tag.id in wanted}
    tags.close()
    return found


def rule_codes(hits: Mapping[str, Sequence[Hit]], book: Codebook) -> Said:
    """What the rules alone say: a code holds where the speaker asserts what one of its rules found."""
    said = {}
    for name, found in hits.items():
        live = {code for hit in found if hit.live for code in (hit.code, book.implied(hit.code))}
        said[name] = {code: code in live for code in book.ids}
    return said


def held_out(study: Study) -> dict[str, Row]:
    """Decisions by code on labelled passages, of a classifier that did not see their documents; none where it was never trained."""
    path = study.outputs / "heldout.jsonl"
    rows = store.read_jsonl(path) if path.is_file() else ()
    return {row["id"]: row["codes"] for row in rows}


def model_codes(heldout: Mapping[str, Row]) -> Said:
    """What the classifier says of them."""
    return {name: {code: decision["present"] for code, decision in codes.items()} for name, codes in heldout.items()}


def everyone(
    placed: Sequence[Placed], blind: Sequence[Placed], hits: Mapping[str, Sequence[Hit]], heldout: Mapping[str, Row], book: Codebook
) -> Panel:
    """Coders by their `blind` labels, codes settled by those that stand now (`placed`), rules and classifier on the labelled passages."""
    machines = {"rules": rule_codes(hits, book), "classifier": model_codes(heldout)} if placed else {}
    said = {one.passage_id: labels.settle(one).by_coder for one in blind}
    return panel([replace(labels.settle(one), by_coder=said.get(one.passage_id, {})) for one in placed], machines, book.ids)


def reliability(study: Study, book: Codebook) -> Row:
    """All that is known of a study's reliability, as reliability.json holds it."""
    placed, blind = labels.placed_and_blind(study, book.ids)
    hits = rule_hits(study, placed)
    people = everyone(placed, blind, hits, held_out(study), book)
    return {
        "study": study.name, "codebook": book.version, "bar": study.thresholds.reliability, "level": study.thresholds.interval,
        "passages": len(placed), "assisted": sum(label.assisted for one in placed for label in one.labels),
        "note": "" if placed else UNLABELLED, "rows": code_rows(people, study, TOGETHER),
        "each_coder": code_rows(people, study, EACH),
        "overall": [overall_row(group, people, study) for group in people.groups],
        "documents": [row for group in people.groups for row in document_rows(group, people)],
        "spans": span_rows(blind, hits, book, study),
    }  # fmt: skip


def run(study: Study, track: Track = no_track) -> Counter[str]:
    """Write reliability.json; counts for the log."""
    found = reliability(study, codebook.load(study.codebook_folder))
    store.write_json(study.outputs / "reliability.json", found)
    return Counter(passages=found["passages"], rows=len(found["rows"]), flagged=flagged(found["rows"]))


def flagged(rows: Sequence[Row]) -> int:
    """On how many codes the coders' alpha is not above the bar by its whole interval."""
    return sum(row["kind"] == "coders" and row["standing"] != "above" for row in rows)
