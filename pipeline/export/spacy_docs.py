"""spaCy's DocBin: a Doc a passage, its codes as categories, its rule hits as spans; ready for spaCy's own training."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc, DocBin, Span

from pipeline import store
from pipeline.config import Study
from pipeline.export.corpus import coded_passages
from pipeline.export.form import Choices, Exported
from pipeline.model import Row
from pipeline.progress import Track

LIVE, VOID = "sc", "void"  # hits that count, under spaCy's own key for spans, and hits denied or reported
SHOWN = ("id", "document_id", "title", "speaker", "date", "start", "end", "roles")


def write(study: Study, path: Path, choices: Choices, track: Track) -> Exported:
    """Write one DocBin; tokens are those of spaCy's blank pipeline of the study's language."""
    nlp = spacy.blank(study.language)
    docs = DocBin(attrs=["ORTH"], store_user_data=True)
    counts: Counter[str] = Counter(passages=0, spans=0)
    moved = 0
    for row in coded_passages(study):
        doc, inexact = passage_doc(nlp, row)
        docs.add(doc)
        counts.update(passages=1, spans=len(row["spans"]))
        moved += inexact
    store.write_bytes(path, docs.to_bytes())
    losses = (f"{moved:,} span(s) do not end with a word and were widened to whole ones.",) if moved else ()
    return Exported(counts, losses)


def passage_doc(nlp: Language, row: Row) -> tuple[Doc, int]:
    """A passage as a Doc, and how many of its hits are no whole tokens."""
    doc = nlp.make_doc(row["text"])
    doc.cats = {code: float(said["present"]) for code, said in row["codes"].items()}
    probabilities = {code: said["p"] for code, said in row["codes"].items()}
    doc.user_data.update({name: row[name] for name in SHOWN} | {"probabilities": probabilities})
    found = [(hit, span) for hit in row["spans"] if (span := widened(doc, hit))]
    doc.spans[LIVE] = [span for hit, span in found if not (hit["negated"] or hit["attributed"])]
    doc.spans[VOID] = [span for hit, span in found if hit["negated"] or hit["attributed"]]
    kept = sum((span.start_char, span.end_char) == (hit["start"], hit["end"]) for hit, span in found)
    return doc, len(row["spans"]) - kept


def widened(doc: Doc, hit: Row) -> Span | None:
    """A rule hit as a span of whole tokens."""
    return doc.char_span(hit["start"], hit["end"], label=hit["code"], span_id=hit["rule"], alignment_mode="expand")
