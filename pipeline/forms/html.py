"""Web pages: the main text, without menus, notices and the like."""

from __future__ import annotations

import re

from pipeline.forms.decode import BOMS, NotText, decode, decodes
from pipeline.forms.extract import Extract

DECLARED = re.compile(rb"""<(?:meta|\?xml)[^>]+?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.I)
HIDDEN = ("script", "style", "template", "noscript", "head", "nav", "svg", "iframe", "select", "button")
BLOCKS = ("p", "div", "section", "article", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "tr", "pre", "table", "dd", "dt")


def decoded(content: bytes) -> tuple[str, str]:
    """A page's text and encoding.

    What is valid UTF-8 is UTF-8, whatever the page or server declares; else the
    page's own word counts if its bytes agree with it.
    """
    declared = DECLARED.search(content[:4096])
    name = declared[1].decode("ascii").lower() if declared else ""
    plain = any(content.startswith(bom) for bom, _ in BOMS) or b"\0" in content[:4096]
    if name and not plain and not decodes(content, "utf-8"):
        try:
            return content.decode(name), name
        except (LookupError, UnicodeDecodeError):
            pass
    return decode(content)


def blocks(html: str) -> str:
    """All prose of a page, a blank line between its blocks."""
    from lxml import etree
    from lxml import html as reader

    if not html.strip():
        return ""
    tree = reader.document_fromstring(html.encode(), parser=reader.HTMLParser(encoding="utf-8"))
    etree.strip_elements(tree, etree.Comment, *HIDDEN, with_tail=False)
    for element in tree.iter(*BLOCKS, "br"):
        gap = "\n" if element.tag == "br" else "\n\n"
        element.tail = gap + (element.tail or "")
        if gap == "\n\n" and element.text:
            element.text = gap + element.text
    for cell in tree.iter("td", "th"):
        cell.tail = " " + (cell.tail or "")
    lines = [re.sub(r"[^\S\n]+", " ", line).strip() for line in "".join(str(part) for part in tree.itertext()).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def extract(content: bytes) -> Extract:
    """The main text of a page and its title; all its prose where no main text stands out."""
    import trafilatura
    from lxml import etree

    text, encoding = decoded(content)
    if "<" not in text:
        raise NotText("holds no HTML")
    text = re.sub(r"\A\ufeff?\s*<\?xml[^>]*\?>", "", text)  # its encoding no longer holds
    until = {"max_date": "2100-01-01"}  # else it depends on the day
    try:
        found = trafilatura.bare_extraction(text, include_comments=False, with_metadata=True, date_extraction_params=until)
        main = "\n\n".join(line for line in (getattr(found, "text", "") or "").split("\n") if line.strip()) or blocks(text)
    except (ValueError, etree.LxmlError) as error:
        raise NotText(f"no HTML that can be read ({error})") from None
    if not main:
        raise NotText("a page without text; if a program writes its text in the browser, save it there as .html or .pdf")
    return Extract(main, encoding, given={"title": getattr(found, "title", "") or ""})
