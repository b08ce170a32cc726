"""What a page shows of a passage and of the work done, as plain data; positions are code points of the passage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipeline import store
from pipeline.labels import Drawn, Label
from pipeline.model import Row
from pipeline.workbench.bench import Bench

AROUND = 3  # passages of context on either side
FACTS = ("title", "speaker", "date", "country", "kind", "source")
CHOSEN = Drawn(scheme="chosen")  # opened by the coder's own search: no probability, so no estimate rests on it


def passage_view(bench: Bench, passage_id: str) -> Row:
    """A passage with its context, its document's facts, and the coder's own label; rule hits only with --assist."""
    rows, place = bench.corpus.neighbours(passage_id)
    row = rows[place]
    text_sha256 = store.sha256_text(row["text"])
    label = bench.log.current((row["document_id"], text_sha256))
    document = bench.corpus.document(row["document_id"])
    return {
        "id": row["id"], "text": row["text"], "text_sha256": text_sha256,
        "before": context(rows[max(0, place - AROUND) : place]), "after": context(rows[place + 1 : place + 1 + AROUND]),
        "place": place + 1, "of": len(rows), "facts": {name: document[name] for name in FACTS if document.get(name)},
        "language": document.get("language", bench.study.language),
        "label": label_view(label, row["start"]) if label else None, "seen": label.submission if label else "",
        "hits": bench.corpus.hits(passage_id) if bench.assist else [],
        "codebook": bench.book.version, "planned": (row["document_id"], text_sha256) in bench.planned,
    }  # fmt: skip


def context(rows: Sequence[Row]) -> list[dict[str, str]]:
    """Neighbouring passages."""
    return [{"id": row["id"], "text": row["text"]} for row in rows]


def label_view(label: Label, start: int) -> Row:
    """A label as the page needs it to show and change it."""
    spans = [{"code": m.code, "start": m.start - label.start, "end": m.end - label.start} for m in label.spans]
    return {"status": label.status, "codes": label.codes, "unsure": label.unsure, "memo": label.memo, "time": label.time,
            "codebook": label.codebook_version, "spans": spans}  # fmt: skip


def progress(bench: Bench) -> dict[str, Any]:
    """How far session and plan are: labels given since the start, and the coder's part of the plan."""
    statuses = [bench.log.current(one.key) for one in bench.queue]
    done = sum(label is not None and label.status == "coded" for label in statuses)
    skipped = sum(label is not None and label.status == "skipped" for label in statuses)
    session = sum(label.status == "coded" for label in bench.log.order[bench.given_before :])
    return {"session": session, "done": done, "skipped": skipped, "left": len(bench.open_ones()), "total": len(bench.current_labels())}
