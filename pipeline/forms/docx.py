"""Word's .docx: paragraphs and tables in their order, with the page breaks Word last laid out."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from pipeline.archive import checked
from pipeline.forms.decode import NotText
from pipeline.forms.extract import PAGE, Extract

BAD = (KeyError, ValueError, SyntaxError, AttributeError, IndexError, TypeError, zipfile.BadZipFile)


def paragraph_text(paragraph: Any) -> str:
    """A paragraph's text, PAGE where a page begins in it."""
    from docx.text.run import Run

    parts: list[str] = []
    for inner in paragraph.iter_inner_content():
        for run in [inner] if isinstance(inner, Run) else inner.runs:
            for item in run.iter_inner_content():
                parts.append(item if isinstance(item, str) else PAGE if type(item).__name__ == "RenderedPageBreak" else "")
    return "".join(parts)


def block_texts(container: Any) -> Iterator[str]:
    """The texts of paragraphs, and of tables row by row, in their order; a cell merged over columns once."""
    for block in container.iter_inner_content():
        if hasattr(block, "rows"):
            for row in block.rows:
                cells = dict.fromkeys(cell._tc for cell in row.cells)
                yield " | ".join("".join(node.itertext("{*}t")).strip() for node in cells)
        else:
            yield paragraph_text(block)


def extract(content: bytes) -> Extract:
    """The text of a .docx, its title and pages; headers, footers and footnotes stay out."""
    import docx
    from docx.opc.exceptions import OpcError

    checked(content, ".docx")
    try:
        file = docx.Document(BytesIO(content))
        text = "\n\n".join(block_texts(file))
        given = {"title": (file.core_properties.title or "").strip()}
    except (*BAD, OpcError) as error:
        raise NotText(f"a damaged Word file ({error}); open it and save it anew") from None
    count = text.count(PAGE)
    return Extract(text, pages=tuple(str(number) for number in range(1, count + 2)) if count else (), given=given)
