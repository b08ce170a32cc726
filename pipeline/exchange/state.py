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
    readers: tuple[ledger.Reader, ledger.Reader, ledger.Reader] = field(repr=False)

    @property
    def documents(self) -> list[str]:
        """Ids of all coded documents, in order."""
        return sorted(self.readers[2].entries)

    @property
    def authors(self) -> list[str]:
        """The machines, then all coders."""
        return [RULES, MODEL, *sorted({label.coder for given in self.labels.values() for label in given})]

    def author_name(self, author: str) -> str:
        """An author as other tools name the user."""
        return self.machines.user(author) if author in {RULES, MODEL} else author

    def document_rows(self) -> Iterator[Row]:
        """Every document, without what stands on it."""
        return (self.readers[0].rows(name)[0] for name in self.documents)

    def rows(self, name: str) -> tuple[Row, list[Row], list[Row]]:
        """A document, its passages, their codings."""
        documents, passages, codings = self.readers
        return documents.rows(name)[0], passages.rows(name), codings.rows(name)

    def state(self, name: str) -> State:
        """Everything that stands on one document."""
        document, passages, codings = self.rows(name)
        names = Names(self.study.name, name)
        made = (
            rule_marks(passages, codings, self.machines, names),
            model_marks(passages, codings, self.machines, names),
            label_marks(document, passages, self.labels.get(name, []), names),
        )
        marks = sorted((mark for part in made for mark in part.marks), key=lambda mark: (mark.start, mark.end, mark.author, mark.guid))
        notes = tuple(note for part in made for note in part.notes)
        losses = tuple(loss for part in made for loss in part.losses)
        return State(document, guids.of_document(self.study.name, document), Plain(document["text"]), tuple(marks), notes, losses)

    def states(self) -> Iterator[State]:
        """Every document's state, in order."""
        return map(self.state, self.documents)

    def close(self) -> None:
        """Close the files."""
        for reader in self.readers:
            reader.close()


def open_corpus(study: Study) -> Corpus:
    """A study that has been coded, opened for exchange."""
    book = codebook.load(study.codebook_folder)
    by_document: dict[str, list[Label]] = defaultdict(list)
    for label in stored.latest(stored.read(study.labels, book.ids)):
        by_document[label.document_id].append(label)
    documents, passages, codings = (ledger.Reader(study.outputs / f"{name}.jsonl") for name in ("documents", "passages", "codings"))
    machines = Machines.of(book, store.sha256_file(study.model_file))
    return Corpus(study, book, machines, dict(by_document), (documents, passages, codings))
