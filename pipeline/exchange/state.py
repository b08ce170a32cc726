"""The state of a study as other tools may see it, document by document: exports write it, imports compare with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from pipeline import codebook, ledger, store
from pipeline import labels as stored
from pipeline.codebook import Codebook
from pipeline.config import Study
from pipeline.exchange import guids
from pipeline.exchange.guids import MODEL, RULES
from pipeline.exchange.label_marks import label_marks
from pipeline.exchange.machine_marks import Machines, model_marks, rule_marks
from pipeline.exchange.marks import Names, State
from pipeline.exchange.plain import Plain
from pipeline.labels import Label
from pipeline.model import Row


@dataclass(frozen=True, slots=True)
class Corpus:
    """A coded study: its codebook, machines, coders and labels in memory; documents and codings read one by one."""

    study: Study
    book: Codebook
    machines: Machines
    labels: dict[str, list[Label]]
    texts: ledger.Reader = field(repr=False)
    passages: ledger.Reader = field(repr=False)
    codings: ledger.Reader | None = field(repr=False)

    @property
    def documents(self) -> list[str]:
        """Ids of all documents (where any are coded, of those), in order."""
        return sorted((self.codings or self.passages).entries)

    @property
    def authors(self) -> list[str]:
        """The machines, then all coders."""
        return [RULES, MODEL, *sorted({label.coder for given in self.labels.values() for label in given})]

    def author_name(self, author: str) -> str:
        """An author as other tools name the user."""
        return self.machines.user(author) if author in {RULES, MODEL} else author

    def document_rows(self) -> Iterator[Row]:
        """Every document, without what stands on it."""
        return (self.texts.rows(name)[0] for name in self.documents)

    def rows(self, name: str) -> tuple[Row, list[Row], list[Row]]:
        """A document, its passages, their codings."""
        return self.texts.rows(name)[0], self.passages.rows(name), self.codings.rows(name) if self.codings else []

    def state(self, name: str) -> State:
        """Everything that stands on one document."""
        document, passages, codings = self.rows(name)
        guid = guids.of_document(self.study.name, document)
        plain = Plain(document["text"])
        names = Names(guid, plain)
        made = [label_marks(document, passages, self.labels.get(name, []), names)]
        if codings:
            made += [rule_marks(passages, codings, self.machines, names), model_marks(passages, codings, self.machines, names)]
        marks = sorted((mark for part in made for mark in part.marks), key=lambda mark: (mark.start, mark.end, mark.author, mark.guid))
        notes = tuple(note for part in made for note in part.notes)
        losses = tuple(loss for part in made for loss in part.losses)
        return State(document, guid, plain, tuple(marks), notes, losses)

    def states(self) -> Iterator[State]:
        """Every document's state, in order."""
        return map(self.state, self.documents)

    def close(self) -> None:
        """Close the files."""
        for reader in filter(None, (self.texts, self.passages, self.codings)):
            reader.close()


def open_corpus(study: Study, coded: bool = True) -> Corpus:
    """A study opened for exchange; with `coded` False its passages are enough."""
    book = codebook.load(study.codebook_folder)
    by_document: dict[str, list[Label]] = defaultdict(list)
    for label in stored.latest(stored.read(study.labels, book.ids)):
        by_document[label.document_id].append(label)
    texts, passages = (ledger.Reader(study.outputs / f"{name}.jsonl") for name in ("documents", "passages"))
    file = study.outputs / "codings.jsonl"
    codings = ledger.Reader(file) if coded or file.is_file() else None
    machines = Machines.of(book, store.sha256_file(study.model_file))
    return Corpus(study, book, machines, dict(by_document), texts, passages, codings)
