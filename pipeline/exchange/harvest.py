"""The differences of all documents gathered into labels: whose they are, and on which passages."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.errors import UsageError
from pipeline.exchange.compare import MACHINES, Difference, Returned
from pipeline.exchange.guids import MODEL
from pipeline.exchange.marks import Mark
from pipeline.exchange.passages import Place, Stretch, stretches
from pipeline.exchange.proposal import Ask
from pipeline.exchange.returned import Setting, Touch, label_of
from pipeline.labels import Label

Facts = Mapping[str, Mapping[str, Any]]  # what notes of labels say, by the note's GUID
Book = dict[tuple[str, str], Touch]  # by coder and passage id


@dataclass(frozen=True, slots=True)
class Visited:
    """One document of the file: its passages, its text, and how its marks differ."""

    document: str
    text: str
    places: Sequence[Place]
    difference: Difference

    def stretches(self, item: Mark | Returned) -> list[Stretch]:
        """The passages that a mark stands in."""
        return stretches(item.start, item.end, self.text, self.places)


@dataclass(frozen=True, slots=True)
class Harvest:
    """All that came back.

    `facts`: what notes of labels say. `modified_by`: the coder who last changed
    the project, "" if not told. `since`: for each coder the time of the newest
    coding of ours in the file; what is newer cannot have been in it when it left.
    """

    ask: Ask
    setting: Setting
    facts: Facts
    labels: Mapping[str, Sequence[Label]]
    modified_by: str
    since: Mapping[str, str]

    def proposed(self, visited: Sequence[Visited]) -> Iterator[Label]:
        """A label for each coder and passage on which something was done."""
        reviewer = self.reviewer(visited)
        for one in visited:
            before = {(label.coder, label.text_sha256): label for label in self.labels.get(one.document, ())}
            places = {place.id: place for place in one.places}
            for (coder, passage), touch in sorted(self.touched(one, reviewer).items()):
                earlier = before.get((coder, places[passage].sha256))
                yield label_of(coder, one.document, places[passage], touch, earlier, self.setting)

    def touched(self, one: Visited, reviewer: str) -> Book:
        """Who did what on which passage of a document."""
        book: Book = defaultdict(Touch)
        difference = one.difference
        for item in (*difference.added, *difference.remarks):
            self.note_added(one, item, self.ask.coder or item.author or reviewer, book)
        for mark, item in difference.moved:
            self.note_gone(one, mark, reviewer, book)
            self.note_added(one, item, reviewer, book)
        for mark in self.gone(difference):
            self.note_gone(one, mark, reviewer, book)
        if self.ask.whole:
            self.note_whole(one, reviewer, book)
        return book

    def note_added(self, one: Visited, item: Returned, coder: str, book: Book) -> None:
        """A code, or a remark, that a coder put on some words."""
        said = next((self.facts[note] for note in item.notes if note in self.facts), {})
        for stretch in one.stretches(item):
            facts = said if said.get("text_sha256") == stretch.place.sha256 else {}
            if not facts and not item.code:
                continue
            touch = book[(coder, stretch.place.id)]
            touch.facts = touch.facts or facts
            touch.times.add(item.time)
            if item.memo and not facts:
                touch.memos[item.memo] = None
            if item.code:
                touch.added.add(item.code)
                touch.spans |= set() if stretch.whole else {(stretch.start, stretch.end, item.code)}

    def note_gone(self, one: Visited, mark: Mark, coder: str, book: Book) -> None:
        """A code that a coder took away."""
        for stretch in one.stretches(mark):
            book[(coder, stretch.place.id)].removed.add(mark.code)

    def note_whole(self, one: Visited, reviewer: str, book: Book) -> None:
        """Every passage was looked at: what the model says and was left there is confirmed."""
        coders = {reviewer} if self.ask.coder else {coder for coder, _ in book}
        for coder in coders:
            for place in one.places:
                book[(coder, place.id)].times.add("")
        for mark, _ in one.difference.kept:
            for stretch in one.stretches(mark) if mark.author == MODEL and reviewer in coders else []:
                book[(reviewer, stretch.place.id)].confirmed.add(mark.code)

    def reviewer(self, visited: Iterable[Visited]) -> str:
        """Who took away and moved: the coder asked for, else the one who added, else the one who last changed the project."""
        people: Counter[str] = Counter()
        edits = 0
        for one in visited:
            people.update(item.author for item in one.difference.added if item.author)
            edits += len(one.difference.moved) + len(self.gone(one.difference))
            edits += sum(not item.author for item in one.difference.added)
        found = self.ask.coder or (next(iter(people)) if len(people) == 1 else self.modified_by)
        if not found and edits:
            raise UsageError(
                f"{edits} codings were taken away or moved, and the file does not say by whom.", "Name the coder with --coder."
            )
        return found

    def gone(self, difference: Difference) -> list[Mark]:
        """The marks that were taken away, without those that came to stand here after the file was made."""
        return [mark for mark in difference.gone if mark.author in MACHINES or mark.time <= self.since.get(mark.author, "")]
