"""What XML of the REFI-QDA standard shares on the way out and in: name spaces, schema, what XML can hold."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from lxml import etree

PROJECT = "urn:QDA-XML:project:1.0"
CODEBOOK = "urn:QDA-XML:codebook:1.0"
UNSAYABLE: dict[int, str | None] = {code: None for code in range(32) if code not in (9, 10, 13)}
UNSAYABLE |= dict.fromkeys([*range(0xD800, 0xE000), 0xFFFE, 0xFFFF], "\ufffd")


def said(text: str) -> str:
    """A text without what no XML file can hold: control characters go, halves of pairs become U+FFFD."""
    return text.translate(UNSAYABLE)


@cache
def schema(name: str) -> etree.XMLSchema:
    """The standard's schema of a project or a codebook (`Project`, `Codebook`)."""
    return etree.XMLSchema(etree.fromstring(files("pipeline.exchange").joinpath(f"{name}.xsd").read_bytes()))
