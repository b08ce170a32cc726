"""OpenDocument text, of LibreOffice and others."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import Any

from pipeline.archive import checked
from pipeline.forms.decode import NotText
from pipeline.forms.extract import PAGE, Extract

TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
LEFT_OUT = {f"{TEXT}note", f"{TEXT}tracked-changes", f"{TEXT}table-of-content", f"{TEXT}sequence-decls"}
SPACES = {f"{TEXT}tab": "\t", f"{TEXT}line-break": "\n", f"{TEXT}soft-page-break": PAGE}


def text_of(element: Any) -> str:
    """The text of an element and all in it, without notes and comments; a blank line after each paragraph."""
    tag = element.tag
    if tag in LEFT_OUT or not isinstance(tag, str) or tag.endswith("}annotation"):
        return ""
    if tag == f"{TEXT}s":
        return " " * int(element.get(f"{TEXT}c", "1"))
    inner = SPACES.get(tag, "") + (element.text or "") + "".join(text_of(child) + (child.tail or "") for child in element)
    return inner + "\n\n" if tag in {f"{TEXT}p", f"{TEXT}h"} else inner


def extract(content: bytes) -> Extract:
    """The text of an .odt, its title and, where the program that saved it wrote them, pages."""
    import odfdo
    from lxml import etree

    checked(content, ".odt")
    try:
        file = odfdo.Document(BytesIO(content))
        tree = etree.fromstring(file.body.serialize(with_ns=True).encode())
        title = file.meta.title
    except (KeyError, ValueError, AttributeError, TypeError, etree.LxmlError, zipfile.BadZipFile) as error:
        raise NotText(f"a damaged OpenDocument file ({error}); open it and save it anew") from None
    text = text_of(tree)
    count = text.count(PAGE)
    return Extract(text, pages=tuple(str(number) for number in range(1, count + 2)) if count else (), given={"title": title or ""})
