"""Sentences of a text: spaCy's tokenizer and rule-based sentence splitter, any language."""

from __future__ import annotations

from functools import cache
from typing import Any

Span = tuple[int, int]


@cache
def splitter(language: str) -> Any:
    """A tokenizer with a sentence splitter for a language, a general one where there is none."""
    import spacy

    try:
        nlp = spacy.blank(language)
    except ImportError:
        nlp = spacy.blank("xx")
    nlp.add_pipe("sentencizer")
    nlp.max_length = 1 << 40
    return nlp


def trimmed(text: str, start: int, end: int) -> Span:
    """A span without the white space at its ends."""
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - (len(piece) - len(piece.rstrip()))


def sentence_spans(text: str, span: Span, language: str) -> list[Span]:
    """The non-empty sentences within a span of a text, trimmed, as spans of the text."""
    doc = splitter(language)(text[span[0] : span[1]])
    found = [trimmed(text, span[0] + s.start_char, span[0] + s.end_char) for s in doc.sents]
    return [piece for piece in found if piece[0] < piece[1]]
