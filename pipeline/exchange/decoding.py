"""The text of a source from its bytes, as other tools write it: with a BOM or without, UTF-16, Windows-1252."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from pipeline.exchange.plain import BOM, lf

UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class SourceText:
    """A source's text: `stored` without its BOM, `plain` with line feeds only, and what was odd about it."""

    stored: str
    plain: str
    bom: bool
    habits: tuple[str, ...]


def decode(content: bytes) -> SourceText:
    """The text of some bytes; bytes that no encoding fits become U+FFFD and are told."""
    habits = []
    try:
        text = content.decode("utf-16" if content.startswith(UTF16) else "utf-8")
        if content.startswith(UTF16):
            habits.append("its text is UTF-16, not UTF-8")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
        habits.append("its text is not UTF-8; read as Windows-1252")
    bom = text.startswith(BOM) or content.startswith(UTF16)
    text = text.removeprefix(BOM)
    if bom:
        habits.append("its text begins with a byte order mark")
    if "\r" in text:
        habits.append("its text has line ends other than LF")
    return SourceText(text, lf(text), bom, tuple(habits))
