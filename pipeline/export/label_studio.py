"""Label Studio: tasks as JSON, the machine's codes as predictions, and the labelling configuration beside it.

Positions are code points, as Label Studio has stored them since 1.5.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from xml.etree import ElementTree as ET

from pipeline import store
from pipeline.codebook import Codebook
from pipeline.config import Study
from pipeline.export.corpus import grounds, held
from pipeline.export.drawing import Drawing, drawing
from pipeline.export.form import Choices, Exported
from pipeline.model import Row
from pipeline.progress import Track

SHOWN = ("document_id", "title", "speaker", "date", "text")


def write(study: Study, path: Path, choices: Choices, track: Track) -> Exported:
    """Tasks to review, the machine's codes as predictions."""
    return write_drawing(path, drawing(study, "review", choices))


def write_drawing(path: Path, made: Drawing) -> Exported:
    """Tasks, with predictions where they are for review; the configuration of a project for them beside."""
    machine = f"codebook {made.book.version}, model {store.sha256_file(made.study.model_file)[:12]}"
    with store.atomic(path) as file:
        for number, row in enumerate(made.rows):
            file.write(("[\n" if not number else ",\n") + store.dumps(task(row, made, machine)))
        file.write("\n]\n")
    store.write_text(config_path(path), config(made.book))
    return Exported(Counter(passages=len(made.drawn)))


def config_path(path: Path) -> Path:
    """Where the labelling configuration stands: beside the tasks."""
    return path.with_name(f"{path.name}.config.xml")


def task(row: Row, made: Drawing, machine: str) -> Row:
    """One passage; its ticket travels in its data."""
    data = {"passage_id": row["id"], **{name: row[name] for name in SHOWN}, "key": made.key(row)}
    return {"data": data, "predictions": [prediction(row, machine)] if made.kind == "review" else []}


def prediction(row: Row, machine: str) -> Row:
    """The codes present and the words behind them; the score is low where the machine is unsure."""
    codes = held(row)
    chosen = [{"id": "codes", "from_name": "codes", "to_name": "text", "type": "choices", "value": {"choices": codes}}] if codes else []
    regions = [region(number, hit, row["text"]) for number, hit in enumerate(grounds(row), 1)]
    score = 2 * min(abs(said["p"] - 0.5) for said in row["codes"].values())
    return {"model_version": machine, "score": round(score, 4), "result": [*chosen, *regions]}


def region(number: int, hit: Row, text: str) -> Row:
    """A rule hit as a marked span."""
    place = {"start": hit["start"], "end": hit["end"], "text": text[hit["start"] : hit["end"]]}
    return {"id": f"hit{number}", "from_name": "spans", "to_name": "text", "type": "labels", "value": {**place, "labels": [hit["code"]]}}


def config(book: Codebook) -> str:
    """The labelling configuration: codes of the passage, marked words, a memo."""
    view = ET.Element("View")
    ET.SubElement(view, "Header", value="$title")
    spans = ET.SubElement(view, "Labels", name="spans", toName="text")
    ET.SubElement(view, "Text", name="text", value="$text")
    chosen = ET.SubElement(view, "Choices", name="codes", toName="text", choice="multiple")
    for code in book.codes:
        ET.SubElement(spans, "Label", value=code.id, background=code.color)
        ET.SubElement(chosen, "Choice", value=code.id, hint=code.definition)
    ET.SubElement(view, "TextArea", name="memo", toName="text", placeholder="Memo")
    ET.indent(view)
    return ET.tostring(view, encoding="unicode") + "\n"
