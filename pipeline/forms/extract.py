"""What every form yields: the text, and what else the file says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

PAGE = "\x1c"  # a page begins here, within a paragraph; \f is the same between paragraphs


@dataclass(frozen=True, slots=True)
class Extract:
    """The text of a file, with \\f or PAGE where a page begins.

    `pages` are the pages' labels, the first for the beginning of the text, one
    more for every mark; empty where the form has no pages. `given` is what the
    file says of itself (title).
    """

    text: str
    encoding: str = "utf-8"
    pages: tuple[str, ...] = ()
    given: Mapping[str, str] = field(default_factory=dict)
