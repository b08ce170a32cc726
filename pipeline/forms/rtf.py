"""Rich Text Format."""

from __future__ import annotations

from pipeline.forms.decode import NotText
from pipeline.forms.extract import Extract


def extract(content: bytes) -> Extract:
    """The text of an .rtf file."""
    from striprtf.striprtf import rtf_to_text

    if not content.lstrip().startswith(b"{\\rtf"):
        raise NotText("no RTF file; see with which program it opens, and save it anew")
    try:
        text = str(rtf_to_text(content.decode("latin-1"), errors="replace"))  # type: ignore[no-untyped-call]
    except (ValueError, LookupError, IndexError, AttributeError, TypeError, RecursionError) as error:
        raise NotText(f"a damaged RTF file ({error}); open it and save it anew") from None
    return Extract("\n\n".join(line.strip() for line in text.split("\n")))
