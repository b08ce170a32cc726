"""A REFI-QDA project as it lies in its archive: what is small in memory, its sources streamed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.archive import MOST_PROJECT, Archive
from pipeline.errors import PipelineError
from pipeline.exchange.decoding import decode
from pipeline.exchange.qde_parse import Parser
from pipeline.exchange.qde_records import About, Case, Code, Group, Lost, Note, Record, Source, User, Variable, Words

MACHINE = "machine:"
FOLDER = "sources/"


@dataclass(slots=True)
class Outline:
    """All of a project but its sources (and the notes of machines, which say nothing a person added)."""

    about: About = field(default_factory=lambda: About(""))
    users: dict[str, User] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)
    notes: dict[str, Note] = field(default_factory=dict)
    variables: dict[str, Variable] = field(default_factory=dict)
    groups: list[Group] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    lost: list[Lost] = field(default_factory=list)
    words: str = ""
    sources: int = 0

    def add(self, record: Record) -> None:
        """Keep a record; of a source only that it is there."""
        match record:
            case Source():
                self.sources += 1
            case Words():
                self.words = record.text
            case About():
                self.about = record
            case User():
                self.users[record.guid] = record
            case Code():
                self.codes[record.guid] = record
            case Variable():
                self.variables[record.guid] = record
            case Note() if not self.is_machine(record.user):
                self.notes[record.guid] = record
            case Group():
                self.groups.append(record)
            case Case():
                self.cases.append(record)
            case Lost():
                self.lost.append(record)

    def is_machine(self, user: str) -> bool:
        """Whether a user is no person but rules or a model of ours."""
        return user in self.users and self.users[user].name.startswith(MACHINE)


class Project:
    """An open .qdpx: its outline, and its sources one by one."""

    def __init__(self, path: Path) -> None:
        self.archive = Archive(path)
        self.path = path
        self.habits: list[str] = []
        try:
            self.member = self.project_member()
            self.outline = Outline()
            for record in self.records():
                self.outline.add(record)
        except PipelineError:
            self.close()
            raise

    def project_member(self) -> str:
        """The project file: `project.qde`, or the one other .qde at the root that some tools write."""
        names = [name for name in self.archive.members if name.endswith(".qde") and "/" not in name]
        if "project.qde" in names or len(names) == 1:
            name = "project.qde" if "project.qde" in names else names[0]
            if name != "project.qde":
                self.habits.append(f"the project file is named {self.archive.members[name].filename}, not project.qde")
            if any(info.filename.startswith("Sources/") for info in self.archive.members.values()):
                self.habits.append("the folder of texts is named Sources, not sources")
            return name
        what = "no project file (.qde)" if not names else f"{len(names)} project files"
        raise PipelineError(f"{self.path.name} holds {what}.", "A .qdpx holds one, project.qde; export it anew.")

    def records(self) -> Iterator[Record]:
        """Everything the project file says, in its order."""
        with self.archive.open(self.member, MOST_PROJECT) as file:
            yield from Parser(self.path, "Project").records(file)

    def sources(self) -> Iterator[Source]:
        """Every source with its selections, one at a time."""
        return (record for record in self.records() if isinstance(record, Source))

    def content(self, source: Source) -> bytes | None:
        """The bytes of a source's text; None where the archive lacks it."""
        if source.content is not None:
            return source.content.encode()
        name = source.path.rpartition("://")[2].replace("\\", "/").rpartition("/")[2].lower()
        found = next((key for key in (FOLDER + name, name) if key in self.archive.members), None)
        return self.archive.read(found) if name and found else None

    def note_text(self, guid: str) -> str:
        """The text of a note, in the project file or in a member; "" where there is none."""
        note = self.outline.notes.get(guid)
        if note is None:
            return ""
        if note.text or not note.path:
            return note.text
        content = self.content(Source(guid, note.name, note.path))
        return decode(content).plain if content else ""

    def close(self) -> None:
        """Close the archive."""
        self.archive.close()
