"""PDF: the text layer page by page, columns one after the other, footnotes set apart; pictures of pages are named as such."""

from __future__ import annotations

import logging
from collections import Counter
from io import BytesIO
from typing import Any

from pipeline.forms.decode import NotText
from pipeline.forms.extract import Extract

SMALLER = 0.92  # of the body's type: footnotes are set smaller
FEW = 20  # characters a page: less is a stamp or a page number on a picture
MOST_PAGES = 20_000


def opened(content: bytes) -> Any:
    """A reader of the file; NotText where it is locked or broken."""
    from pypdf import PdfReader

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # of what it mends on the way
    reader = PdfReader(BytesIO(content))
    if reader.is_encrypted and not reader.decrypt(""):
        raise NotText("a PDF locked with a password; open it and print it to a new PDF")
    if len(reader.pages) > MOST_PAGES:
        raise NotText(f"a PDF of {len(reader.pages):,} pages, more than {MOST_PAGES:,}; split it")
    return reader


def has_picture(page: Any) -> bool:
    """Whether a page shows a picture, as a scanned one does."""
    try:
        return bool(page.images.keys())
    except (KeyError, ValueError, TypeError, AttributeError):
        return False


def extract(content: bytes) -> Extract:
    """The text of a PDF, its title and pages by their printed labels."""
    from pypdf.errors import DependencyError, PyPdfError

    try:
        reader = opened(content)
        texts = [page_text(page) for page in reader.pages]
        labels, title = tuple(reader.page_labels), str((reader.metadata and reader.metadata.title) or "")
        scanned = sum(len(text.strip()) for text in texts) < FEW * len(texts) and any(map(has_picture, reader.pages))
    except DependencyError as error:
        raise NotText(f"a PDF locked in a way that needs another program ({error}); print it to a new PDF") from None
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OverflowError) as error:
        raise NotText(f"a damaged PDF ({error or type(error).__name__}); open it and print it to a new PDF") from None
    if scanned:
        raise NotText("a scanned PDF: pictures of pages without text; run OCR over it (ocrmypdf in.pdf out.pdf) and give what that makes")
    return Extract("\f".join(texts), pages=labels, given={"title": title.strip()})


def page_text(page: Any) -> str:
    """The text of one page in the order its maker wrote it, which is column after column; footnotes set apart by a blank line."""
    parts: list[tuple[str, float]] = []
    page.extract_text(visitor_text=lambda text, cm, tm, font, size: parts.append((text, abs(size * tm[3] * cm[3]))))
    sizes: Counter[float] = Counter()
    for text, size in parts:
        sizes[size] += len(text.strip())
    body = sizes.most_common(1)[0][0] if sizes else 0.0
    end = len(parts)
    while end and is_foot(*parts[end - 1], body):
        end -= 1
    above, below = ("".join(text for text, _ in some).strip() for some in (parts[:end], parts[end:]))
    return f"{above}\n\n{below}" if above and below else above or below


def is_foot(text: str, size: float, body: float) -> bool:
    """Whether a piece of a page's end is a footnote or page number: smaller than the body, blank, or digits alone."""
    return not text.strip() or text.strip().isdigit() or size < SMALLER * body
