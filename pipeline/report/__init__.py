"""Report: one self-contained page with the verdict, the figures, and the passages behind them."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import jinja2
import numpy as np
import pandas as pd
from markupsafe import Markup, escape

from pipeline import codebook, ledger, problems, store
from pipeline.codebook import Codebook
from pipeline.config import Study
from pipeline.evidence import expected_mixes
from pipeline.model import Row
from pipeline.progress import Track, no_track
from pipeline.report import charts

BEHIND = 6  # passages shown behind each narrative
TEMPLATES = Path(__file__).parent / "templates"


def code_weights(book: Codebook) -> dict[str, dict[str, float]]:
    """For each narrative the log ratio with which each code speaks for it, against discourse at large."""
    names, mixes = expected_mixes(book)
    ratios = np.log(mixes[:-1] / mixes[-1])
    return {name: dict(zip(book.ids, ratios[i].tolist(), strict=True)) for i, name in enumerate(names[:-1])}


def speaks_for(coding: Row, weights: dict[str, float]) -> float:
    """How strongly a passage's codes speak for a narrative; sure codes count more, the partner's naming too."""
    total = float(sum(weights[code] * decision["p"] for code, decision in coding["codes"].items() if decision["present"]))
    return total * (1.5 if "partner" in coding["roles"] else 1.0)


def strongest(study: Study, book: Codebook) -> dict[str, list[tuple[float, str, str]]]:
    """For each narrative its strongest passages: score, passage id, document id; one a document."""
    weights = code_weights(book)
    heaps: dict[str, list[tuple[float, str, str]]] = {name: [] for name in weights}
    for document, rows in codings_by_document(study):
        for name, of_codes in weights.items():
            score, passage = max((speaks_for(row, of_codes), row["id"]) for row in rows)
            if score > 0:
                heapq.heappush(heaps[name], (score, passage, document))
                if len(heaps[name]) > BEHIND:
                    heapq.heappop(heaps[name])
    return {name: sorted(heap, key=lambda item: (-item[0], item[1])) for name, heap in heaps.items()}


def codings_by_document(study: Study) -> Iterator[tuple[str, list[Row]]]:
    """The codings of each document, streamed."""
    reader = ledger.Reader(study.outputs / "codings.jsonl")
    for name in reader.entries:
        yield name, reader.rows(name)
    reader.close()


def highlighted(text: str, spans: Sequence[Row]) -> Markup:
    """A passage as safe HTML with its rule hits marked; where hits overlap the first to begin is shown."""
    out, position = Markup(""), 0
    for span in sorted(spans, key=lambda s: (s["start"], -s["end"])):
        if span["start"] >= position:
            out += escape(text[position : span["start"]]) + marked(text[span["start"] : span["end"]], span)
            position = span["end"]
    return out + escape(text[position:])


def marked(words: str, span: Row) -> Markup:
    """The words of a hit, marked with its frame, its code and rule, and whether it counts."""
    reserve = [name for key, name in (("negated", "denied"), ("attributed", "only reported")) if span[key]]
    classes = " ".join([span["code"].split(".")[0], *(["off"] if reserve else [])])
    title = " · ".join([span["code"], span["rule"], *reserve])
    return Markup('<mark class="{}" title="{}">{}</mark>').format(classes, title, words)


def evidence_behind(study: Study, book: Codebook) -> dict[str, list[Row]]:
    """The strongest passages of each narrative, ready to be shown."""
    documents = ledger.Reader(study.outputs / "documents.jsonl")
    passages = ledger.Reader(study.outputs / "passages.jsonl")
    codings = ledger.Reader(study.outputs / "codings.jsonl")
    shown: dict[str, list[Row]] = {}
    for name, found in strongest(study, book).items():
        shown[name] = []
        for _, passage_id, document in found:
            facts = documents.rows(document)[0]
            text = next(row["text"] for row in passages.rows(document) if row["id"] == passage_id)
            coding = next(row for row in codings.rows(document) if row["id"] == passage_id)
            present = [(code, d["p"]) for code, d in coding["codes"].items() if d["present"]]
            shown[name].append({"id": passage_id, "who": who_said(facts), "html": highlighted(text, coding["spans"]), "codes": present,
                                "rules": [s["rule"] for s in coding["spans"]], "source": facts["source"]})  # fmt: skip
    for reader in (documents, passages, codings):
        reader.close()
    return shown


def who_said(facts: Row) -> str:
    """A document's speaker, title and date in a line, nothing twice."""
    parts = [facts["speaker"], facts["title"] if facts["speaker"] not in facts["title"] else "", facts["date"]]
    return ", ".join(part for part in parts if part and part not in parts[: parts.index(part)]) or facts["id"]


def reliability_table(said: Row, book: Codebook) -> list[Row]:
    """For each code the agreement of coders, and of hand codes with rules and classifier."""
    table = []
    for code in book.ids:
        rows = {row["who"]: row for row in said["rows"] if row["code"] == code}
        coders = next((row for who, row in rows.items() if not who.startswith("hand")), None)
        if rows:
            table.append({"code": code, "coders": coders, "rules": rows.get("hand / rules"), "classifier": rows.get("hand / classifier")})
    return table


def environment() -> jinja2.Environment:
    """Templates in which every value is escaped unless it was made safe."""
    made = jinja2.Environment(loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined)
    made.filters["figure"] = lambda value: "n/a" if value is None else f"{value:.2f}"
    made.filters["percent"] = lambda value: "n/a" if value is None or pd.isna(value) else f"{value:.1%}"
    return made


def report_html(study: Study, book: Codebook) -> str:
    """The whole page."""
    found: Row = store.read_json(study.outputs / "narratives.json")
    shares = pd.read_csv(study.outputs / "shares.csv", dtype={"value": str})
    overall = shares[shares["dimension"] == "all"].to_dict("records")
    agreement = store.read_json(study.outputs / "reliability.json")
    context: dict[str, Any] = {
        "study": study, "book": book, "found": found, "headline": found["scopes"][0], "whole": found["scopes"][1],
        "narratives": {narrative.id: narrative for narrative in book.narratives},
        "style": Markup((TEMPLATES / "report.css").read_text(encoding="utf-8")),
        "charts": charts.all_charts(found, shares, book, study),
        "frame_rows": [row for row in overall if row["code"] in book.frames],
        "evidence": evidence_behind(study, book), "reliability": reliability_table(agreement, book),
        "bar": study.thresholds.reliability, "card": store.read_json(study.model / "card.json"),
        "problems": problems.read(study.outputs),
    }  # fmt: skip
    return environment().get_template("report.html").render(context)


def run(study: Study, track: Track = no_track) -> Counter[str]:
    """Write report.html; counts for the log."""
    book = codebook.load(study.codebook_folder)
    page = report_html(study, book)
    store.write_text(study.outputs / "report.html", page)
    return Counter(bytes=len(page.encode()))
