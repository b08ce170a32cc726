"""Segment: documents become passages, the units that are coded."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from statistics import median

from pipeline import ledger, store
from pipeline.code_hash import code_hash
from pipeline.config import PassageSize, Study
from pipeline.model import Document, Passage, Row, to_row
from pipeline.progress import Track, no_track
from pipeline.sentences import Span, sentence_spans, trimmed

WORD = re.compile(r"\S{1,200}")  # a longer run is a script without spaces, or data
BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
LINE = re.compile(r"\n")
PROSE_LINE = 100  # characters: lines this long are paragraphs, shorter ones are wrapped


def words_in(text: str, span: Span) -> int:
    """How many whitespace-separated words a span holds, very long ones counted by their pieces."""
    return sum(1 for _ in WORD.finditer(text, *span))


def split_at(text: str, separator: re.Pattern[str], span: Span) -> list[Span]:
    """The trimmed, non-empty pieces of a span between separators."""
    cuts = [span[0], *(edge for m in separator.finditer(text, *span) for edge in m.span()), span[1]]
    pieces = [trimmed(text, a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=True)]
    return [piece for piece in pieces if piece[0] < piece[1]]


def paragraphs(text: str) -> list[Span]:
    """Paragraph spans: between blank lines, else between lines where lines are long."""
    whole = (0, len(text))
    if BLANK_LINE.search(text):
        return split_at(text, BLANK_LINE, whole)
    lines = split_at(text, LINE, whole)
    if len(lines) > 1 and median(end - start for start, end in lines) >= PROSE_LINE:
        return lines
    return [trimmed(text, *whole)] if text.strip() else []


def pieces_within(text: str, span: Span, limit: int, language: str) -> Iterator[Span]:
    """Sentences of a span, those over the limit cut between words."""
    for start, end in sentence_spans(text, span, language):
        words = list(WORD.finditer(text, start, end))
        for first in range(0, len(words), limit):
            part = words[first : first + limit]
            yield part[0].start(), part[-1].end()


def windows(text: str, span: Span, limit: int, language: str) -> list[Span]:
    """A long paragraph as windows of whole sentences of about equal length, none over the limit."""
    total = words_in(text, span)
    if total <= limit:
        return [span]
    target = total / -(-total // limit)
    found: list[Span] = []
    size = 0
    for piece in pieces_within(text, span, limit, language):
        words = words_in(text, piece)
        if found and size + words <= limit and size + words / 2 <= target:
            found[-1] = (found[-1][0], piece[1])
            size += words
        else:
            found.append(piece)
            size = words
    return found


def joined(text: str, spans: Sequence[Span], size: PassageSize) -> list[Span]:
    """Spans with those under the minimum joined to a neighbour, where the maximum allows."""
    found: list[Span] = []
    for span in spans:
        if found:
            small = min(words_in(text, found[-1]), words_in(text, span)) < size.min_words
            both = (found[-1][0], span[1])
            if small and words_in(text, both) <= size.max_words:
                found[-1] = both
                continue
        found.append(span)
    return found


def cut(text: str, span: Span, places: Sequence[int]) -> list[Span]:
    """A span parted at the places within it."""
    edges = [span[0], *(place for place in places if span[0] < place < span[1]), span[1]]
    parts = [trimmed(text, start, end) for start, end in pairwise(edges)]
    return [part for part in parts if part[0] < part[1]] or [span]


def segment(document: Document, size: PassageSize) -> list[Passage]:
    """The passages of a document, in order.

    Paragraphs where the text has them; longer ones as windows of sentences of
    at most `size.max_words` words; shorter than `size.min_words` only where
    joining them to a neighbour would break the maximum or there is none. None
    crosses from one speaker's turn into the next.
    `document.text[p.start:p.end] == p.text` holds for each.
    """
    text = document.text
    turns = [start for start, _ in document.metadata.get("turns", ())]
    spans = [w for p in paragraphs(text) for part in cut(text, p, turns) for w in windows(text, part, size.max_words, document.language)]
    by_turn = [list(group) for _, group in groupby(spans, key=lambda span: bisect_right(turns, span[0]))]
    whole = [span for group in by_turn for span in joined(text, group, size)]
    return [Passage(f"{document.id}#{n:05}", document.id, start, end, text[start:end]) for n, (start, end) in enumerate(whole, 1)]


def run(study: Study, track: Track = no_track) -> Counter[str]:
    """Bring passages.jsonl up to date; counts for the log."""
    documents = ledger.Reader(study.outputs / "documents.jsonl")
    fixed = store.dumps([study.passages.model_dump(), code_hash(__name__)])
    keys = {name: ledger.digest_of(entry.digest, fixed) for name, entry in documents.entries.items()}

    def make(todo: Sequence[str]) -> Iterator[ledger.Made]:
        for name in track(todo, total=len(todo), label="documents"):
            rows: list[Row] = [to_row(p) for row in documents.rows(name) for p in segment(Document(**row), study.passages)]
            yield name, rows, {"passages": len(rows)}

    entries, computed = ledger.update(study.outputs / "passages.jsonl", keys, make)
    documents.close()
    return Counter(passages=sum(e.notes["passages"] for e in entries.values()), computed=computed)
