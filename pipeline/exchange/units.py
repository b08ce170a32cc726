"""Positions in code points, as here, and in UTF-16 units, as JavaScript and Java count."""

from __future__ import annotations


def to_utf16(text: str, position: int) -> int:
    """A position in code points as one in UTF-16 units."""
    return len(text[:position].encode("utf-16-le", "surrogatepass")) // 2


def from_utf16(text: str, position: int) -> int:
    """A position in UTF-16 units as one in code points; one inside a character counts as before it."""
    return len(text.encode("utf-16-le", "surrogatepass")[: 2 * position].decode("utf-16-le", "ignore"))
