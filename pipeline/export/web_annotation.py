"""W3C Web Annotation (JSON-LD): a collection of annotations, each with its place, its words and their surroundings.

Web Annotation Data Model, W3C Recommendation 23 February 2017; positions in
code points as its section 4.2.4 (Text Position Selector) demands.
"""

from __future__ import annotations

import re
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from pipeline import codebook, store
from pipeline.config import Study
from pipeline.export.corpus import Coded, coded_documents, held
from pipeline.export.form import Choices, Exported
from pipeline.model import Row
from pipeline.progress import Track

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
SPACE = uuid.UUID("5f0f6c0e-2c1b-5a53-9d5e-0f6a7a2d1c11")  # of this program's names
AROUND = 32  # characters of prefix and suffix
ADDRESS = re.compile(r"https?://\S+")
Spot = tuple[int, int]


def write(study: Study, path: Path, choices: Choices, track: Track) -> Exported:
    """Write the collection: one page, written annotation by annotation."""
    version = codebook.load(study.codebook_folder).version
    count = Counter(annotations=sum(1 for coded in coded_documents(study) for _ in annotated(coded, study, version)))
    head = {
        "@context": CONTEXT, "id": name_of(study, "collection"), "type": "AnnotationCollection", "label": study.title,
        "total": count["annotations"],
    }  # fmt: skip
    page = {"id": name_of(study, "page"), "type": "AnnotationPage", "startIndex": 0}
    with store.atomic(path) as file:
        file.write(f'{store.dumps(head)[:-1]}, "first": {store.dumps(page)[:-1]}, "items": [\n')
        for number, one in enumerate(one for coded in coded_documents(study) for one in annotated(coded, study, version)):
            file.write((",\n" if number else "") + store.dumps(one))
        file.write("\n]}}\n")
    return Exported(count)


def name_of(study: Study, *parts: str) -> str:
    """A name that is the same for the same thing, in every export."""
    return f"urn:uuid:{uuid.uuid5(SPACE, chr(31).join((study.name, *parts)))}"


def source_of(document: Row, study: Study) -> str:
    """The document's address, or a name where it has none."""
    return (
        str(document["source"])
        if ADDRESS.fullmatch(document["source"])
        else f"urn:policycode:{study.name}:{quote(document['id'], safe='')}"
    )


def annotated(coded: Coded, study: Study, version: str) -> Iterator[Row]:
    """The codes present on each passage of a document, and its rule hits."""
    for passage, row in zip(coded.passages, coded.rows(), strict=True):
        place = (passage["start"], passage["end"])
        for code in held(row):
            note = f"p = {row['codes'][code]['p']}"
            yield annotation(coded.document, study, place, (row["id"], code), (code, note, f"policycode classifier, codebook {version}"))
        for number, hit in enumerate(row["spans"]):
            spot = (passage["start"] + hit["start"], passage["start"] + hit["end"])
            marks = [f"rule {hit['rule']}", *(mark for mark in ("negated", "attributed") if hit[mark])]
            who = f"policycode rules, codebook {version}"
            yield annotation(coded.document, study, spot, (row["id"], hit["rule"], str(number)), (hit["code"], ", ".join(marks), who))


def annotation(document: Row, study: Study, spot: Spot, key: tuple[str, ...], said: tuple[str, str, str]) -> Row:
    """One annotation; `said`: code, note, and who says it."""
    code, note, who = said
    return {
        "id": name_of(study, *key), "type": "Annotation", "motivation": "classifying", "creator": {"type": "Software", "name": who},
        "body": [
            {"type": "TextualBody", "purpose": "tagging", "value": code},
            {"type": "TextualBody", "purpose": "describing", "value": note},
        ],
        "target": {"source": source_of(document, study), "selector": [quotation(document["text"], spot), position(spot)]},
    }  # fmt: skip


def position(spot: Spot) -> Row:
    """Where the words stand."""
    return {"type": "TextPositionSelector", "start": spot[0], "end": spot[1]}


def quotation(text: str, spot: Spot) -> Row:
    """The words with what stands around them."""
    start, end = spot
    around = {"prefix": text[max(start - AROUND, 0) : start], "suffix": text[end : end + AROUND]}
    return {"type": "TextQuoteSelector", "exact": text[start:end], **around}
