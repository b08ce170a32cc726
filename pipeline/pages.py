"""On which page of its document a passage begins."""

from __future__ import annotations

from bisect import bisect_right

from pipeline.model import Row


def page_of(document: Row, position: int) -> str:
    """The label of the page on which a character of the document stands, "" where its form has no pages.

    `metadata["pages"]` holds [first character, label as printed] of each page, in order.
    """
    pages = document["metadata"].get("pages") or []
    place = bisect_right([start for start, _ in pages], position)
    return str(pages[place - 1][1]) if place else ""
