"""Passages that stand in the page and in print as they are: the surest behind the codes that move the leading narratives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from markupsafe import Markup, escape

from pipeline import ledger
from pipeline.codebook import Codebook
from pipeline.config import Study
from pipeline.model import Row
from pipeline.report.facts import Facts

CODES_QUOTED = 3  # codes a side of a narrative, one passage each


def highlighted(text: str, spans: Sequence[Row], frames: Sequence[str]) -> Markup:
    """A passage as safe HTML with its rule hits marked; where hits overlap the first to begin is shown."""
    out, position = Markup(""), 0
    for span in sorted(spans, key=lambda s: (s["start"], -s["end"])):
        if span["start"] >= position:
            out += escape(text[position : span["start"]]) + marked(text[span["start"] : span["end"]], span, frames)
            position = span["end"]
    return out + escape(text[position:])


def marked(words: str, span: Row, frames: Sequence[str]) -> Markup:
    """The words of a hit, marked with its frame, its code and rule, and whether it counts."""
    reserve = [name for key, name in (("negated", "denied"), ("attributed", "only reported")) if span[key]]
    classes = " ".join([f"f{frames.index(span['code'].split('.')[0])}", *(["off"] if reserve else [])])
    title = " · ".join([span["code"], span["rule"], *reserve])
    return Markup('<mark class="{}" title="{}">{}</mark>').format(classes, title, words)


def rules_of(spans: Sequence[Row]) -> str:
    """The rules that hit a passage, in a line; in brackets those whose hit its sentence denies or only reports."""
    live = {span["rule"]: False for span in spans} | {span["rule"]: True for span in spans if not (span["negated"] or span["attributed"])}
    return ", ".join(rule if counts else f"({rule})" for rule, counts in live.items()) or "none"


def who_said(document: Row) -> str:
    """A document's speaker, title and date in a line, nothing twice."""
    parts = [document["speaker"], document["title"] if document["speaker"] not in document["title"] else "", document["date"]]
    return ", ".join(part for part in parts if part and part not in parts[: parts.index(part)]) or document["id"]


def wanted(facts: Facts) -> dict[str, dict[str, list[Row]]]:
    """For the narratives ahead, by side, the codes to quote with the id of one passage each, none twice."""
    found: dict[str, dict[str, list[Row]]] = {}
    for narrative in facts.ahead:
        row = next(row for row in facts.headline["narratives"] if row["id"] == narrative)
        taken: set[str] = set()
        found[narrative] = {}
        for side in ("confirming", "disconfirming"):
            chosen: list[Row] = []
            for one in row["evidence"][side]:
                free = [passage["id"] for passage in one["passages"] if passage["id"] not in taken]
                if free and len(chosen) < CODES_QUOTED:
                    chosen.append({"code": one["code"], "passage": free[0]})
                    taken.add(free[0])
            found[narrative][side] = chosen
    return found


def texts(study: Study, book: Codebook, ids: Iterable[str]) -> Mapping[str, Row]:
    """Passages by id, ready to be shown."""
    readers = {name: ledger.Reader(study.outputs / f"{name}.jsonl") for name in ("documents", "passages", "codings")}
    found = {}
    for passage_id in sorted(set(ids)):
        document = passage_id.rsplit("#", 1)[0]
        facts = readers["documents"].rows(document)[0]
        text = next(row["text"] for row in readers["passages"].rows(document) if row["id"] == passage_id)
        spans = next(row["spans"] for row in readers["codings"].rows(document) if row["id"] == passage_id)
        html = highlighted(text, spans, book.frames)
        found[passage_id] = {"id": passage_id, "who": who_said(facts), "html": html, "rules": rules_of(spans), "source": facts["source"]}
    for reader in readers.values():
        reader.close()
    return found


def quotes(facts: Facts) -> dict[str, dict[str, list[Row]]]:
    """By narrative and side, what to quote: code and passage."""
    chosen = wanted(facts)
    ids = [one["passage"] for sides in chosen.values() for rows in sides.values() for one in rows]
    shown = texts(facts.study, facts.book, ids)
    return {narrative: {side: [{**shown[one["passage"]], "code": one["code"]} for one in rows] for side, rows in sides.items()}
            for narrative, sides in chosen.items()}  # fmt: skip
