"""Label Studio's JSON export, back in: each submitted annotation is a label of its annotator."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline import store
from pipeline.config import Study
from pipeline.errors import PipelineError
from pipeline.exchange.items import Item, Place, Quoted, propose
from pipeline.exchange.proposal import Ask, Proposal, coder_name
from pipeline.exchange.units import from_utf16
from pipeline.model import Row

FORM = "Export the project from Label Studio as JSON (not JSON-MIN) and give that file."


def read(path: Path, study: Study, ask: Ask) -> Proposal:
    """Labels of the annotations of a project's tasks."""
    tasks = loaded(path)
    return propose(items(tasks, ask), str(path), study, ask, reckon, sent_back_unread=False)


def loaded(path: Path) -> list[Row]:
    """The tasks of a file; an error where it is nothing of Label Studio's."""
    try:
        with store.opened(path) as file:
            tasks = json.load(file)
    except (ValueError, RecursionError) as error:
        raise PipelineError(f"{path} is not JSON: {error}", FORM) from None
    if not isinstance(tasks, list) or not all(is_task(task) for task in tasks):
        raise PipelineError(f"{path} holds no tasks of Label Studio with their annotations.", FORM)
    return tasks


def is_task(task: Any) -> bool:
    """Whether something is a task as the full export has it."""
    return isinstance(task, dict) and isinstance(task.get("data"), dict) and isinstance(task.get("annotations", []), list)


def items(tasks: list[Row], ask: Ask) -> Iterator[Item]:
    """Every annotation that was submitted."""
    for number, task in enumerate(tasks, 1):
        for annotation in task.get("annotations", []):
            if not annotation.get("was_cancelled"):
                yield item(number, task["data"], annotation, ask.coder or annotator(annotation))


def annotator(annotation: Row) -> str:
    """Who made an annotation, as a coder's name."""
    who = annotation.get("completed_by")
    said = who.get("email", who.get("id", "")) if isinstance(who, dict) else who
    return coder_name(said if isinstance(said, str) and said else f"annotator {said}")


def item(number: int, data: Row, annotation: Row, coder: str) -> Item:
    """An annotation as an item."""
    results = [one for one in annotation.get("result", []) if isinstance(one, dict) and isinstance(one.get("value"), dict)]
    codes = [code for one in results for code in one["value"].get("choices", [])]
    spans = [quoted(one["value"], code) for one in results for code in one["value"].get("labels", [])]
    memo = "\n".join(words for one in results for words in texts(one["value"]))
    fixed = (str(data.get("passage_id", "")), str(data.get("key", "")), str(data.get("text", "")))
    return Item(number, *fixed, tuple(map(str, codes)), tuple(spans), memo, coder)


def texts(value: Row) -> list[str]:
    """The words of a text area; elsewhere `text` is the quotation of a region."""
    return [str(words) for words in value["text"]] if isinstance(value.get("text"), list) else []


def quoted(value: Row, code: Any) -> Quoted:
    """A region with its quotation."""
    start, end = (value.get(name) if isinstance(value.get(name), int) else -1 for name in ("start", "end"))
    return str(code), int(start or 0), int(end or 0), str(value.get("text", ""))


def reckon(text: str, span: Quoted) -> Place:
    """Code points, or UTF-16 units as before Label Studio 1.5: whichever the quotation fits."""
    _, start, end, words = span
    for first, last in ((start, end), (from_utf16(text, max(start, 0)), from_utf16(text, max(end, 0)))):
        if not words or text[max(first, 0) : max(last, 0)] == words:
            return first, last
    raise ValueError(f"the words marked {span[0]}, {words[:40]!r}, do not stand at {start} to {end}")
