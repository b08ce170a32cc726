"""Which document of a study a source is, and where its words stand in that document."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from pipeline import store
from pipeline.exchange import guids
from pipeline.exchange.placing import GAP
from pipeline.exchange.plain import Plain, words
from pipeline.exchange.qde_records import Source
from pipeline.exchange.state import Corpus
from pipeline.model import Row

SAYS_ID = re.compile(r"^Document id: (.+)$", re.M)


@dataclass(slots=True)
class Documents:
    """The documents of a study by all that may tell them."""

    by_guid: dict[str, str] = field(default_factory=dict)
    by_text: dict[str, str] = field(default_factory=dict)
    by_name: dict[str, str] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, corpus: Corpus) -> Documents:
        """All documents of a study; a name that several bear tells nothing."""
        made = cls()
        names: Counter[str] = Counter()
        for document in corpus.document_rows():
            made.by_guid[guids.of_document(corpus.study.name, document)] = document["id"]
            made.by_text[text_key(Plain(document["text"]).text)] = document["id"]
            for name in {document["id"], document["title"], f"{document['title']} ({document['id']})"}:
                names[name] += 1
                made.by_name[name] = document["id"]
            made.ids.add(document["id"])
        made.by_name = {name: found for name, found in made.by_name.items() if names[name] == 1}
        return made

    def find(self, source: Source, plain: str) -> str | None:
        """The document a source is: by GUID, by its text, by the id in its description, by its name."""
        said = SAYS_ID.search(source.description)
        by_id = said[1].strip() if said and said[1].strip() in self.ids else None
        name = source.name.removesuffix(".txt")
        return self.by_guid.get(source.guid) or self.by_text.get(text_key(plain)) or by_id or self.by_name.get(name)


def text_key(plain: str) -> str:
    """What makes two texts the same: their words, not the space around and between them."""
    return store.sha256_text(words(plain))


class Anchor:
    """Carries stretches of a source's text to the document's text, by position where both are one, else by their words."""

    def __init__(self, source: str, document: Row, plain: Plain) -> None:
        self.source = source
        self.plain = plain
        self.same = source == plain.text
        self.length = len(document["text"])

    def place(self, start: int, end: int) -> tuple[int, int] | None:
        """Where a stretch stands in the document; None where its words are not there."""
        if self.same or self.source[:end] == self.plain.text[:end]:
            return self.plain.back(start), self.plain.back(end)
        sought = words(self.source[start:end]).split()
        if not sought:
            return None
        pattern = re.compile(GAP.join(map(re.escape, sought)))
        found = min((match.span() for match in pattern.finditer(self.plain.text)), key=lambda span: abs(span[0] - start), default=None)
        return (self.plain.back(found[0]), self.plain.back(found[1])) if found else None
