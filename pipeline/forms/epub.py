"""EPUB books: chapters in reading order, with the page numbers of print where the book has them."""

from __future__ import annotations

import posixpath
import re
from typing import Any
from urllib.parse import unquote

from pipeline.archive import Archive, checked
from pipeline.errors import PipelineError
from pipeline.forms.decode import NotText
from pipeline.forms.extract import PAGE, Extract
from pipeline.forms.html import blocks, decoded

CONTAINER = "META-INF/container.xml"
BREAK = re.compile(r"<(\w+)\b[^>]*?(?:epub:type|role)=[\"'](?:doc-)?pagebreak[\"'][^>]*?(?:/>|>(.*?)</\1>)", re.S)
LABEL = re.compile(r"\b(?:title|aria-label)=[\"']([^\"']*)|\bid=[\"']\D*(\d+)")


def chapters(book: Archive) -> tuple[list[str], Any]:
    """Names of a book's chapters in reading order, and its package file's tree."""
    from defusedxml import ElementTree

    root = ElementTree.fromstring(book.read(CONTAINER)).find(".//{*}rootfile")
    package = root.attrib["full-path"] if root is not None else ""
    tree = ElementTree.fromstring(book.read(package))
    items = {item.attrib["id"]: item.attrib["href"] for item in tree.iterfind(".//{*}manifest/{*}item")}
    names = [items[ref.attrib["idref"]] for ref in tree.iterfind(".//{*}spine/{*}itemref") if ref.attrib.get("linear") != "no"]
    return [posixpath.normpath(posixpath.join(posixpath.dirname(package), unquote(name))) for name in names], tree


def page_label(found: re.Match[str]) -> str:
    """What a page-break element calls its page."""
    said = LABEL.search(found[0].split(">", 1)[0])
    inner = re.sub(r"<[^>]*>", "", found[2] or "").strip()
    return inner or (said[1] or said[2] if said else "") or "?"


def extract(content: bytes) -> Extract:
    """The text of an .epub, its title and pages."""
    from defusedxml.common import DefusedXmlException

    book = checked(content, ".epub")
    try:
        names, package = chapters(book)
        whole = "\n".join(f"<div>{body_of(decoded(book.read(name))[0])}</div>" for name in names)
    except (PipelineError, DefusedXmlException, KeyError, SyntaxError, ValueError) as error:
        raise NotText(f"a damaged EPUB ({error}); export it anew") from None
    labels = [page_label(found) for found in BREAK.finditer(whole)]
    title = package.findtext(".//{http://purl.org/dc/elements/1.1/}title") or ""
    text = blocks(BREAK.sub("\ue01c", whole)).replace("\ue01c", PAGE)  # HTML cannot hold the mark itself
    return Extract(text, pages=("", *labels) if labels else (), given={"title": title.strip()})


def body_of(page: str) -> str:
    """What a chapter shows, without the head."""
    found = re.search(r"<body\b[^>]*>(.*)</body>", page, re.S | re.I)
    return found[1] if found else page
