"""Code: decide for every passage which codes hold, with a probability and the hits behind it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from pipeline import classifier, codebook, ledger, saved_model, store
from pipeline.classifier import DEFAULT_THRESHOLD, Model
from pipeline.code_hash import code_hash
from pipeline.config import Study
from pipeline.errors import PipelineError, Problem
from pipeline.explain import Explainer
from pipeline.features import Item
from pipeline.model import Coding, Decision, Row, Tag, to_row
from pipeline.progress import Track, no_track
from pipeline.rules import RuleEngine
from pipeline.rules.roles import Roles

BATCH = 1000  # passages coded at a time
CODE = ("coding", "classifier", "explain", "features", "modelfile", "phrases", "saved_model")
MODULES = tuple(f"pipeline.{name}" for name in CODE)  # what a coding depends on


def code(texts: Sequence[str], tags: Sequence[Tag], model: Model) -> list[Coding]:
    """The coding of each passage from its text and its tag."""
    items = [Item(text, tag.hits, tag.roles) for text, tag in zip(texts, tags, strict=True)]
    decided = model.decide(items)
    return [
        Coding(tag.id, tag.document_id, decisions, tag.hits, tag.roles, model.calibrated, why)
        for tag, decisions, why in zip(tags, decided, Explainer(model).reasons(items, decided), strict=True)
    ]


def batches(rows: Iterable[Any], size: int = BATCH) -> Iterator[list[Any]]:
    """Rows in lists of a size."""
    batch: list[Any] = []
    for row in rows:
        batch.append(row)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def present_counts(rows: Sequence[Row]) -> Row:
    """How many passages each code is present on; a document's note in the ledger."""
    return dict(sorted(Counter(c for row in rows for c, d in row["codes"].items() if d["present"]).items()))


def run(study: Study, track: Track = no_track) -> Counter[str]:
    """Bring codings.jsonl up to date; counts for the log."""
    passages = ledger.Reader(study.outputs / "passages.jsonl")
    tags = ledger.Reader(study.outputs / "tags.jsonl")
    book = codebook.load(study.codebook_folder)
    model_file = study.model / "model.skops"
    fixed = ledger.digest_of(store.sha256_file(model_file), str(book.ids), code_hash(*MODULES))
    keys = {n: ledger.digest_of(e.digest, tags.entries[n].digest, fixed) for n, e in passages.entries.items()}

    def make(todo: Sequence[str]) -> Iterator[ledger.Made]:
        model = saved_model.load(model_file, book) if todo else classifier.rules_alone(book)
        sizes = {name: passages.entries[name].end - passages.entries[name].start for name in todo}
        for names in ledger.chunks(list(track(todo, total=len(todo), label="documents")), sizes, 500_000):
            texts = [(name, row["text"]) for name in names for row in passages.rows(name)]
            given = [Tag.from_row(row) for name in names for row in tags.rows(name)]
            coded = code([text for _, text in texts], given, model)
            for name in names:
                rows = [to_row(coding) for coding in coded if coding.document_id == name]
                yield name, rows, present_counts(rows)

    entries, computed = ledger.update(study.outputs / "codings.jsonl", keys, make)
    passages.close()
    tags.close()
    framed: Counter[str] = Counter({"computed": computed})
    for entry in entries.values():
        framed.update({frame: entry.notes.get(frame, 0) for frame in book.frames})
    return framed


def read_passages(path: Path) -> Iterator[Row]:
    """Rows with an id and a text from anybody's JSONL file."""
    for line, row in store.numbered_rows(path):
        if not isinstance(row, dict) or not isinstance(row.get("text"), str) or "id" not in row:
            problem = Problem(str(path), line, "needs an `id` and a `text`")
            raise PipelineError(f"{path} cannot be coded.", "Give one JSON object a line.", (problem,))
        yield row


def coded_rows(rows: Iterable[Row], engine: RuleEngine, model: Model) -> Iterator[tuple[Row, Coding]]:
    """Rows with an id and a text, each with its coding."""
    for batch in batches({**row, "text": store.sound(row["text"])} for row in rows):
        texts = [row["text"] for row in batch]
        found = engine.hits(texts)
        tags = [Tag(str(r["id"]), "", h, engine.roles.named(r["text"])) for r, h in zip(batch, found, strict=True)]
        yield from zip(batch, code(texts, tags, model), strict=True)


def filter_file(source: Path, out: Path, engine: RuleEngine, model: Model) -> int:
    """Code any passages, {"id", "text"} a line, without a study; how many."""
    coded = coded_rows(read_passages(source), engine, model)
    return store.write_jsonl(out, ({"id": row["id"], **short_row(coding)} for row, coding in coded))


def in_words(text: str, coding: Coding, model: Model) -> list[str]:
    """A coding with its reasons, as lines for a reader."""
    lines = [f"{coding.id}: {' '.join(text.split())}" if coding.id else " ".join(text.split())]
    for name, decision in coding.codes.items():
        if decision.present:
            moved = ", ".join(f"{word} {part:+.2f}" for word, part in coding.why.get(name, ()))
            bar = model.thresholds.get(name, DEFAULT_THRESHOLD)
            lines.append(f"  {name}  p = {decision.p:.2f} (present from {bar:.2f})  moved by {moved or 'nothing in particular'}")
    if len(lines) == 1:
        likeliest = max(coding.codes, key=lambda name: coding.codes[name].p)
        lines.append(f"  no code; the likeliest is {likeliest}, p = {coding.codes[likeliest].p:.2f}")
    for hit in coding.spans:
        way = f"; {hit.source or '?'} > {hit.target or '?'}" if hit.source or hit.target else ""
        doubt = "".join(f"; {mark}" for mark in ("negated", "attributed") if getattr(hit, mark))
        lines.append(f"  rule {hit.rule}: “{text[hit.start : hit.end]}”{doubt}{way}")
    return lines


def short_row(coding: Coding) -> Row:
    """A coding as the filter writes it."""
    codes = {name: {"p": d.p, "present": d.present} for name, d in coding.codes.items()}
    spans = [to_row(hit) for hit in coding.spans]
    return {"codes": codes, "spans": spans, "roles": list(coding.roles), "calibrated": coding.calibrated, "why": dict(coding.why)}


def filter_engine(study: Study | None, book: codebook.Codebook) -> RuleEngine:
    """The rules with a study's roles, or with "we" as the only one."""
    roles = Roles.of(study) if study else Roles({}, speaker="self")
    return RuleEngine(book, roles, study.language if study else "en")


__all__ = ["Decision", "code", "filter_file", "run"]
