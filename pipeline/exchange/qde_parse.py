"""A REFI-QDA project or codebook file as a stream of records, without trust: no DTD, no entity, bounded depth and number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from pipeline.archive import refused
from pipeline.errors import PipelineError
from pipeline.exchange import qde_elements as elements
from pipeline.exchange.qde_elements import local
from pipeline.exchange.qde_records import Lost, Record, Selection, Source, Words

MOST_CODINGS = 1_000_000
MOST_ELEMENTS = 12_000_000
DEEPEST = 100
UNMAPPED = {"PictureSource", "AudioSource", "VideoSource", "Link", "Graph"}
PARTS = {"PictureSelection", "PDFSelection", "AudioSelection", "VideoSelection", "TranscriptSelection", "Transcript", "Vertex", "Edge"}
IDENTIFIED = {"User", "Code", "Coding", "PlainTextSelection", "TextSource", "PDFSource", "Note", "Set", "Case", "Variable", *UNMAPPED}


class Parser:
    """Reads one file from begin to end and holds no more of it than one source."""

    def __init__(self, path: Path, root: str) -> None:
        self.path = path
        self.root = root
        self.stack: list[Element] = []
        self.seen: dict[str, set[str]] = defaultdict(set)
        self.elements = self.codings = self.parts = 0
        self.selections: list[Selection] = []

    def records(self, file: IO[bytes]) -> Iterator[Record]:
        """What an open file holds, in its order; an error where it is broken or means harm."""
        try:
            for event, element in iterparse(file, ("start", "end"), forbid_dtd=True):
                if event == "start":
                    self.begin(element)
                    if len(self.stack) == 1:
                        yield elements.about(element)
                elif (record := self.end(element)) is not None:
                    yield record
        except DefusedXmlException:
            raise refused(self.path, "its XML declares a document type or entities, which no project needs") from None
        except (ParseError, ValueError, LookupError) as error:
            raise PipelineError(f"{self.path.name} is not readable XML: {error}.", "Export it anew.") from None

    def begin(self, element: Element) -> None:
        """Count an element in, and refuse what is too much, too deep, or there twice."""
        name = local(element)
        self.stack.append(element)
        self.elements += 1
        self.codings += name == "Coding"
        if self.codings > MOST_CODINGS:
            raise refused(self.path, f"it has more than {MOST_CODINGS:,} codings")
        if self.elements > MOST_ELEMENTS or len(self.stack) > DEEPEST:
            raise refused(self.path, f"its XML has more than {MOST_ELEMENTS:,} elements or is nested deeper than {DEEPEST}")
        if len(self.stack) == 1 and name != self.root:
            raise PipelineError(f"{self.path.name} is no REFI-QDA file: it begins with {name}.", f"It should begin with {self.root}.")
        if name in IDENTIFIED:
            self.unique(name, elements.guid_of(element))

    def unique(self, kind: str, guid: str) -> None:
        """Refuse a GUID that another thing of the kind bears: which of them a reference means could not be told."""
        if guid and guid in self.seen[kind]:
            raise refused(self.path, f"two things of kind {kind} bear the GUID {guid}")
        self.seen[kind].add(guid)

    def end(self, element: Element) -> Record | None:
        """A finished element as its record, if it is one; what it held is forgotten."""
        self.stack.pop()
        name = local(element)
        above = self.stack[-1] if self.stack else None
        record: Record | None = None
        if name == "PlainTextSelection":
            self.selections.append(elements.selection(element))
        elif name == "Code":
            record = elements.code(element, above)
        elif name == "Description" and len(self.stack) == 1:
            record = Words(element.text or "")
        elif name in elements.MAKERS:
            boxes = self.parts
            record = elements.MAKERS[name](element, self.taken())
            record = replace(record, boxes=boxes) if isinstance(record, Source) and boxes else record
        elif name in UNMAPPED:
            record = Lost(name, element.get("name", ""), self.parts)
            self.taken()
        elif name in PARTS:
            self.parts += 1
        else:
            return None
        if above is not None:
            above.remove(element)
        return record

    def taken(self) -> tuple[Selection, ...]:
        """The selections since the last source."""
        taken, self.selections, self.parts = tuple(self.selections), [], 0
        return taken
