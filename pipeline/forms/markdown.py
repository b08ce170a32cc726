"""Markdown, with its marks taken away and its metadata block read."""

from __future__ import annotations

import re

from pipeline.forms.decode import decode
from pipeline.forms.extract import Extract
from pipeline.forms.html import blocks

FRONT = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*\n", re.S)
KEY = re.compile(r"^([A-Za-z_]+):[ \t]*[\"']?([^\n\"'\[{|>]+?)[\"']?[ \t]*$", re.M)


def extract(content: bytes) -> Extract:
    """The prose of a Markdown file; simple keys of a metadata block at its head are what it says of itself."""
    from markdown_it import MarkdownIt

    text, encoding = decode(content)
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    front = FRONT.match(text)
    given = dict(KEY.findall(front[1])) if front else {}
    body = text[front.end() :] if front else text
    return Extract(blocks(MarkdownIt("commonmark").enable("table").render(body)), encoding, given=given)
