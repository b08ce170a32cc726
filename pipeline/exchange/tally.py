"""The loss report of an import, as it is gathered: what has no place in a study, and what habits a file was read with."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from pipeline.errors import Problem
from pipeline.exchange import guids
from pipeline.exchange.codes_map import CodeMap
from pipeline.exchange.facts import known_of
from pipeline.exchange.qde_project import Project
from pipeline.exchange.qde_records import Source
from pipeline.exchange.state import Corpus
from pipeline.model import Row

NAMED = 3  # sources named where many share a habit


class Tally:
    """Losses and habits of one file."""

    def __init__(self, project: Project, codes: CodeMap) -> None:
        self.project = project
        self.codes = codes
        self.found: list[Problem] = list(codes.differences)
        self.habits: dict[str, list[str]] = defaultdict(list)
        self.unknown: Counter[str] = Counter()
        self.machine: Counter[str] = Counter()
        self.used: set[str] = set()
        self.old = 0

    def add(self, what: str, kind: str) -> None:
        """One thing that has no place."""
        self.found.append(Problem(self.project.path.name, 0, what, "warning", kind))

    def lose(self, source: Source, what: str, kind: str) -> None:
        """One thing on a source that has no place."""
        self.add(f"{source.name}: {what}", kind)

    def lose_source(self, source: Source, why: str) -> None:
        """A whole source with its codings."""
        count = sum(len(selection.codings) for selection in source.selections)
        self.lose(source, f"left out with {count} coding(s): {why}", "document")

    def read(self, source: Source, habits: Sequence[str]) -> None:
        """A source was read, with a tool's habits; codes on the whole of it have no passage."""
        for habit in habits:
            self.habits[habit].append(source.name)
        if source.boxes:
            self.lose(source, f"{source.boxes} selection(s) on its pages, which have no words", "selection on a page")
        for coding in source.codings:
            self.lose(source, f"code {self.name_of(coding.code)!r} on the whole document", "code on a document")

    def compare_facts(self, source: Source, document: Row) -> None:
        """Facts of a document that were changed in the file; the study's own stand."""
        names = {guid: variable.name for guid, variable in self.project.outline.variables.items()}
        there = {names.get(guid, ""): value for guid, value in source.values.items()}
        for name, value in known_of(document).items():
            said = there.get(name, value)
            if said != value:
                self.lose(source, f"{name} is {said!r} there; the study keeps {value!r}", "fact of a document")

    def outline(self, corpus: Corpus, ours: set[str]) -> None:
        """What the project holds beside its sources; `ours`: GUIDs of notes that are labels' notes."""
        outline = self.project.outline
        stories = {guids.guid("narrative", corpus.book.name, story.id) for story in corpus.book.narratives}
        variables = {name for document in corpus.document_rows() for name in known_of(document)}
        speakers = {document["speaker"] for document in corpus.document_rows()}
        for lost in outline.lost:
            self.add(f"{lost.kind} {lost.name!r}{f' with {lost.parts} part(s)' if lost.parts else ''}", lost.kind)
        for group in outline.groups:
            if group.guid not in stories:
                self.add(f"set {group.name!r} of {len(group.codes)} code(s)", "set")
        for case in outline.cases:
            if case.name not in speakers:
                self.add(f"case {case.name!r}", "case")
        for variable in outline.variables.values():
            if variable.name not in variables:
                self.add(f"variable {variable.name!r}", "variable")
        for guid, note in outline.notes.items():
            if guid not in self.used | ours:
                self.add(f"note {note.name!r}: {self.project.note_text(guid)[:500]!r}", "note")

    def name_of(self, code: str) -> str:
        """A code's name in the file."""
        found = self.project.outline.codes.get(code)
        return found.name if found else code

    def losses(self) -> Iterator[Problem]:
        """Everything that has no place."""
        file = self.project.path.name
        for code in dict.fromkeys([*self.codes.unknown, *self.unknown]):
            what = f"code {self.name_of(code)!r} with {self.unknown[code]} coding(s) is not in the codebook; add it there and import again"
            yield Problem(file, 0, what, "warning", "code")
        for machine, count in sorted(self.machine.items()):
            what = f"{count:,} codings of {machine} are of another study or state; a machine's codings are made here, not imported"
            yield Problem(file, 0, what, "warning", "machine's codings")
        yield from self.found

    def notes(self) -> Iterator[str]:
        """Habits the file was read with, and what was left alone."""
        yield from self.project.habits
        for habit, names in sorted(self.habits.items()):
            more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
            yield f"in {len(names)} source(s) {habit} ({', '.join(names[:NAMED])}{more})"
        if self.old:
            yield f"{self.old:,} codings are of an earlier state of this study and were left alone"
