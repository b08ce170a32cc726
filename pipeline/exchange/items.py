"""Passages that come back from a labelling tool with codes and marked words: each a label, or told why not."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pipeline import codebook
from pipeline.codebook import Codebook
from pipeline.config import Study
from pipeline.errors import Problem
from pipeline.exchange import ticket as tickets
from pipeline.exchange.answers import consistent
from pipeline.exchange.proposal import Ask, Proposal
from pipeline.exchange.standing import missing_passages
from pipeline.exchange.ticket import Ticket
from pipeline.labels import Label, Marked
from pipeline.store import sha256_text

Place = tuple[int, int]
Quoted = tuple[str, int, int, str]  # code, start, end in the tool's own units, and the words where the tool gives them


@dataclass(frozen=True, slots=True)
class Item:
    """One passage as one person left it; `spans` in the tool's own units, `where` the line or number of the entry."""

    where: int
    passage_id: str
    key: str
    text: str
    codes: tuple[str, ...]
    spans: tuple[Quoted, ...] = ()
    memo: str = ""
    coder: str = ""


@dataclass(slots=True)
class Taken:
    """What the items of a file come to."""

    labels: dict[tuple[str, str], list[tuple[int, Label]]] = field(default_factory=dict)
    losses: list[Problem] = field(default_factory=list)
    left: int = 0


Reckon = Callable[[str, Quoted], Place]  # from the tool's units to code points of the text; ValueError where they do not fit


def propose(items: Iterable[Item], place: str, study: Study, ask: Ask, reckon: Reckon, *, sent_back_unread: bool) -> Proposal:
    """Labels of the items.

    `sent_back_unread`: the tool does not say what was looked at, so what is as
    it was sent is left alone unless the caller says all was (`ask.whole`).
    """
    book = codebook.load(study.codebook_folder)
    time = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    taken = Taken()
    for item in items:
        try:
            label = read_item(item, study, book, time, reckon, skip_same=sent_back_unread and not ask.whole)
        except ValueError as error:
            taken.losses.append(Problem(place, item.where, f"{item.passage_id}: {error}", "error", "row"))
            continue
        if label is None:
            taken.left += 1
        else:
            taken.labels.setdefault((label.passage_id, label.coder), []).append((item.where, label))
    labels = [label for given in taken.labels.values() for label in agreed(given, place, taken.losses)]
    losses = [*taken.losses, *(Problem(place, 0, what, "warning", "text") for what in missing_passages(study, labels))]
    note = f"{taken.left:,} passage(s) are as they were sent and were left alone; --whole takes them as looked at."
    return Proposal(tuple(labels), tuple(losses), (note,) if taken.left else ())


def read_item(item: Item, study: Study, book: Codebook, time: str, reckon: Reckon, *, skip_same: bool) -> Label | None:
    """The label of an item, None where it is as it was sent; ValueError says what is wrong."""
    ticket = tickets.read(item.passage_id, item.key, study.name)
    marks = [marked(span, item, ticket, reckon) for span in item.spans]
    named = {*item.codes, *(mark.code for mark in marks)}
    if unknown := sorted(named - set(book.ids)):
        raise ValueError(f"no code of the codebook: {', '.join(unknown)}")
    if skip_same and set(item.codes) == set(ticket.coded) and not item.memo:
        return None
    holding = consistent(book.ids, dict.fromkeys(named, True), {}, book)
    return ticket.label(item.coder, time, holding, book.ids, spans=marks, memo=item.memo)


def marked(span: Quoted, item: Item, ticket: Ticket, reckon: Reckon) -> Marked:
    """A marked span in characters of the document."""
    if sha256_text(item.text) != ticket.text_sha256:
        raise ValueError("its text was changed, so that the places of marked words cannot be told")
    start, end = reckon(item.text, span)
    if not 0 <= start < end <= len(item.text):
        raise ValueError(f"words marked {span[0]} lie outside the text ({span[1]} to {span[2]})")
    return Marked(code=span[0], start=ticket.start + start, end=ticket.start + end)


def agreed(given: list[tuple[int, Label]], place: str, losses: list[Problem]) -> list[Label]:
    """One label where a person's entries on a passage say the same, none where they do not."""
    first = given[0][1]
    if all(label == first for _, label in given):
        return [first]
    where = ", ".join(sorted({str(line) for line, _ in given}))
    what = f"{len(given)} entries ({where}) are all {first.passage_id} and differ: none is taken"
    losses.append(Problem(place, given[0][0], what, "error", "row"))
    return []
