"""A REFI-QDA project that came back, or was made elsewhere, as labels of a study's coders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.config import Study
from pipeline.exchange.codes_map import CodeMap, map_codes
from pipeline.exchange.compare import MACHINES, Difference, Returned, compare
from pipeline.exchange.decoding import decode
from pipeline.exchange.guids import MODEL
from pipeline.exchange.harvest import Harvest, Visited
from pipeline.exchange.label_marks import facts_of
from pipeline.exchange.marks import Names, State
from pipeline.exchange.passages import places, reaches_over
from pipeline.exchange.people import People
from pipeline.exchange.placing import OutsideText, Placed, outside, place_all
from pipeline.exchange.proposal import Ask, Proposal
from pipeline.exchange.qde_project import Project
from pipeline.exchange.qde_records import Selection, Source
from pipeline.exchange.returned import Setting
from pipeline.exchange.source_match import Anchor, Documents
from pipeline.exchange.state import Corpus, open_corpus
from pipeline.exchange.tally import Tally
from pipeline.exchange.times import as_utc, now


def read(path: Path, study: Study, ask: Ask) -> Proposal:
    """The labels a project proposes for a study, and what of it has no place there."""
    project = Project(path)
    corpus = None
    try:
        corpus = open_corpus(study, coded=False)
        return Reading(project, corpus, ask).proposal()
    finally:
        project.close()
        if corpus:
            corpus.close()


class Reading:
    """One project read against one study."""

    def __init__(self, project: Project, corpus: Corpus, ask: Ask) -> None:
        self.project, self.corpus, self.ask = project, corpus, ask
        self.codes: CodeMap = map_codes(project.outline.codes, corpus.book, project.path.name)
        self.people = People(project.outline, corpus)
        self.documents = Documents.of(corpus)
        self.facts = {guid: facts for guid, note in project.outline.notes.items() if (facts := facts_of(note.text))}
        self.tally = Tally(project, self.codes)
        self.since: dict[str, str] = {}

    def proposal(self) -> Proposal:
        """The labels, the losses, the notes."""
        visited = [one for source in self.project.sources() if (one := self.visit(source)) is not None]
        about = self.project.outline.about
        setting = Setting(self.corpus.book, as_utc(about.modified) or now(), self.people.machines, self.ask.whole)
        harvest = Harvest(self.ask, setting, self.facts, self.corpus.labels, self.people.editor(), self.since)
        labels = tuple(harvest.proposed(visited))
        self.tally.outline(self.corpus, set(self.facts))
        return Proposal(labels, tuple(self.tally.losses()), tuple(self.tally.notes()))

    def visit(self, source: Source) -> Visited | None:
        """One source against its document; None where there is no such document or nothing to do on it."""
        content = self.project.content(source)
        if content is None:
            self.tally.lose_source(source, "its text is not in the file")
            return None
        text = decode(content)
        document = self.documents.find(source, text.plain)
        if document is None:
            self.tally.lose_source(source, "no document of the study has its GUID, text, id or name")
            return None
        try:
            placed, habits = place_all(text, source.selections)
        except OutsideText as error:
            raise outside(self.project.path, source.name, error) from None
        self.tally.read(source, habits)
        state = self.corpus.state(document)
        self.tally.compare_facts(source, state.document)
        returned = list(self.returned(source, placed, Anchor(text.plain, state.document, state.plain), state))
        return self.visited(source, state, returned)

    def visited(self, source: Source, state: State, returned: Sequence[Returned]) -> Visited | None:
        """How the marks of a document differ from those that came back."""
        name = state.document["id"]
        labels = self.corpus.labels.get(name, [])
        difference = self.of_people(source, compare(state, Names(state.guid, state.plain), labels, returned))
        if not self.ask.whole and difference == Difference(old=difference.old):
            return None
        one = Visited(name, state.document["text"], places(self.corpus.rows(name)[1]), difference)
        for item in (*difference.added, *(item for _, item in difference.moved)):
            if reaches_over(item.start, item.end, one.text, one.stretches(item)):
                where = " and ".join(stretch.place.id for stretch in one.stretches(item)) or "no passage"
                what = f"{item.code} at {item.start}-{item.end} reaches over the edge of its passage; kept in {where}"
                self.tally.lose(source, what, "edge of a passage")
        return one

    def of_people(self, source: Source, difference: Difference) -> Difference:
        """A difference without what machines of another state did; remarks that no label stands behind are losses."""
        self.tally.old += len(difference.old)
        added = [replace(item, author=self.people.hand(item.author)) for item in difference.added]
        self.tally.machine.update(self.people.name(item.author) for item in added if item.author in MACHINES)
        for mark, item in (*difference.kept, *difference.moved):
            if mark.coding == item.guid:
                self.since[mark.author] = max(self.since.get(mark.author, ""), mark.time)
        for mark, item in difference.kept:
            if item.memo and item.memo != mark.memo:
                self.tally.lose(source, f"comment on a coding that was left as it is ({mark.code}): {item.memo!r}", "comment")
        for item in difference.remarks:
            if item.author not in MACHINES and not self.says_label(item):
                self.tally.lose(source, f"remark without a code at {item.start}-{item.end}: {item.memo!r}", "remark")
        return replace(
            difference,
            added=tuple(item for item in added if item.author not in MACHINES),
            kept=tuple(pair for pair in difference.kept if self.ask.whole and pair[0].author == MODEL),
            gone=tuple(mark for mark in difference.gone if mark.author not in MACHINES or mark.author in self.people.present),
            remarks=tuple(item for item in difference.remarks if item.author not in MACHINES and self.says_label(item)),
        )

    def says_label(self, item: Returned) -> bool:
        """Whether a note of ours says what label it belongs to."""
        return any(note in self.facts for note in item.notes)

    def returned(self, source: Source, placed: Sequence[Placed], anchor: Anchor, state: State) -> Iterator[Returned]:
        """The codings and remarks of a source, in the document's code points."""
        known = {mark.coding or mark.guid: mark for mark in state.marks}
        for item in placed:
            selection = item.selection
            if item.doubt:
                self.tally.lose(source, f"selection {selection.start}-{selection.end} {item.doubt}", "doubtful place")
            for guid, code, user, time, notes in self.parts(selection):
                mark = known.get(guid)
                stretch = anchor.place(item.start, item.end) or ((mark.start, mark.end) if mark else None)
                if stretch is None or stretch[0] >= stretch[1]:
                    what = f"{selection.name[:60]!r} ({selection.start}-{selection.end}): its words are not in the document"
                    self.tally.lose(source, what, "coding without its words")
                else:
                    memo = self.memo(selection, notes)
                    yield Returned(guid, self.people.author(user), *stretch, code, as_utc(time), memo, notes)

    def parts(self, selection: Selection) -> Iterator[tuple[str, str, str, str, tuple[str, ...]]]:
        """The codings of a selection that our codebook has, or the selection itself: GUID, code, user, time, notes."""
        for coding in selection.codings:
            code = self.codes.known.get(coding.code)
            if code is None:
                self.tally.unknown[coding.code] += 1
            else:
                yield coding.guid, code, coding.user or selection.user, coding.time or selection.time, (*coding.notes, *selection.notes)
        if not selection.codings:
            yield selection.guid, "", selection.user, selection.time, selection.notes

    def memo(self, selection: Selection, notes: Sequence[str]) -> str:
        """What a person wrote to a selection: its description, and the notes that hang on it."""
        texts = [self.project.note_text(note) for note in notes if note not in self.facts]
        self.tally.used |= set(notes)
        return "\n".join(dict.fromkeys(text.strip() for text in (selection.memo, *texts) if text.strip()))
