"""A document's text as a plain-text source: LF only and no BOM, with its positions carried both ways."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right

from pipeline import store

BOM = "\ufeff"
WORD = re.compile(r"[^\s\x00-\x1f\ud800-\udfff\ufffe\uffff]+")


class Plain:
    """The source text of a document, and how its code points map to the document's.

    REFI-QDA says nothing of line ends, and tools count CRLF as one or as two; with LF alone there is nothing to doubt.
    """

    def __init__(self, document: str) -> None:
        self.lead = int(document.startswith(BOM))
        self.pairs = [match.start() for match in re.finditer("\r\n", document)] if "\r" in document else []
        self.ends = [at - self.lead - index for index, at in enumerate(self.pairs)]
        self.text = lf(store.sound(document))[self.lead :]

    def at(self, position: int) -> int:
        """A position in the document as one in the source."""
        return max(position - self.lead, 0) - bisect_right(self.pairs, position - 2)

    def back(self, position: int) -> int:
        """A position in the source as one in the document."""
        return position + self.lead + bisect_left(self.ends, position)


def lf(text: str) -> str:
    """A text with every line end a line feed."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def words(text: str) -> str:
    """The words of a text with one space between them, without what no attribute of XML can hold."""
    return " ".join(WORD.findall(text))
