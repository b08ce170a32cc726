"""doccano: a line a passage, for its text classification (`label`) and span projects (`entities`).

doccano counts positions in UTF-16 units, as JavaScript does, so they are written so.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from pipeline import store
from pipeline.config import Study
from pipeline.exchange.units import to_utf16
from pipeline.export.corpus import grounds, held
from pipeline.export.drawing import Drawing, drawing
from pipeline.export.form import Choices, Exported
from pipeline.model import Row
from pipeline.progress import Track


def write(study: Study, path: Path, choices: Choices, track: Track) -> Exported:
    """Passages to review, with the machine's codes as labels."""
    return write_drawing(path, drawing(study, "review", choices))


def write_drawing(path: Path, made: Drawing) -> Exported:
    """Passages, labelled by the machine where they are for review."""
    return Exported(Counter(passages=store.write_jsonl(path, (line(row, made) for row in made.rows))))


def line(row: Row, made: Drawing) -> Row:
    """One passage; doccano keeps what it does not know, the ticket too, as metadata."""
    text, review = row["text"], made.kind == "review"
    hits = grounds(row) if review else []
    entities = [[to_utf16(text, hit["start"]), to_utf16(text, hit["end"]), hit["code"]] for hit in hits]
    facts = {name: row[name] for name in ("title", "speaker", "date")}
    codes = held(row) if review else []
    return {"text": text, "label": codes, "entities": entities, "passage_id": row["id"], **facts, "key": made.key(row)}
