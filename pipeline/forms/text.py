"""Plain text."""

from __future__ import annotations

from pipeline.forms.decode import decode
from pipeline.forms.extract import Extract


def extract(content: bytes) -> Extract:
    """The text of a .txt file, in whatever encoding it is."""
    return Extract(*decode(content))
