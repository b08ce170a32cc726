"""A coded study as a REFI-QDA project (.qdpx): streamed, so that its size costs no memory; the same state, the same bytes."""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import IO, Any

from lxml import etree
from lxml.etree import _Element as Element

from pipeline import __version__, store
from pipeline.config import Study
from pipeline.errors import PipelineError, Problem
from pipeline.exchange import guids
from pipeline.exchange.facts import Facts, facts_of
from pipeline.exchange.guids import MODEL, RULES
from pipeline.exchange.losses import write_losses
from pipeline.exchange.marks import NO_CLOCK, State
from pipeline.exchange.plain import Plain
from pipeline.exchange.state import Corpus, open_corpus
from pipeline.exchange.xml import PROJECT, said
from pipeline.export import qde, qde_facts
from pipeline.export.form import Choices, Exported
from pipeline.model import Row
from pipeline.progress import Track

TIMES = (2000, 1, 1, 0, 0, 0)  # of the archive's members: no clock in an export
NO_PLACE = (
    "REFI-QDA has no place for probabilities, rules and versions: they stand in each coding's note, and shortly in its description.",
    "Shares, verdict and agreement are not part of a project: send report.html with it.",
)


@dataclass(slots=True)
class Tally:
    """What went into the project while it was written, and what did not."""

    counts: Counter[str] = field(default_factory=Counter)
    losses: list[Problem] = field(default_factory=list)

    def add(self, state: State) -> None:
        """Count a document."""
        machine = {RULES, MODEL}
        coded = [mark for mark in state.marks if mark.code]
        self.counts += Counter(documents=1, codings=len(coded), notes=len(state.notes))
        self.counts += Counter(remarks=sum(mark.author == RULES and not mark.code for mark in state.marks))
        self.counts["by people"] += sum(mark.author not in machine for mark in coded)
        self.losses += state.losses


def write_qdpx(study: Study, path: Path, choices: Choices, track: Track) -> Exported:
    """Write the project; counts, and what the standard has no place for."""
    corpus = open_corpus(study)
    tally = Tally()
    try:
        with store.atomic(path, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            with archive.open(member("project.qde"), "w") as out:
                write_project(out, corpus, tally, track)
            for document in corpus.document_rows():
                write_text(archive, document, study.name)
    except RuntimeError as error:  # zipfile's word for a member over 2 GiB, which the standard forbids too
        raise PipelineError(f"The project is too large for one file: {error}.", "Export fewer documents.") from None
    finally:
        corpus.close()
    return Exported(tally.counts, losses(path, tally))


def member(name: str) -> zipfile.ZipInfo:
    """A member of the archive, without clock or machine."""
    info = zipfile.ZipInfo(name, TIMES)
    info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
    return info


def write_text(archive: zipfile.ZipFile, document: Row, study: str) -> None:
    """A document's plain text: UTF-8, LF, no BOM."""
    archive.writestr(member(f"sources/{guids.of_document(study, document)}.txt"), Plain(document["text"]).text.encode())


def write_project(out: IO[bytes], corpus: Corpus, tally: Tally, track: Track) -> None:
    """The project file, in the schema's order, element by element."""
    facts = facts_of(corpus.study.name, corpus.document_rows())
    with etree.xmlfile(out, encoding="UTF-8") as xml:
        xml.write_declaration(standalone=None)
        with xml.element(f"{{{PROJECT}}}Project", about(corpus), {None: PROJECT}):
            for part in (qde.users(corpus), qde.make("CodeBook", [qde.codes(corpus.book)])):
                xml.write(part)
            container(xml, "Variables", qde_facts.variables(facts))
            container(xml, "Cases", qde_facts.cases(facts))
            container(xml, "Sources", sources(corpus, facts, tally, track))
            container(xml, "Notes", (qde.note(note) for state in corpus.states() for note in state.notes))
            xml.write(qde.sets(corpus.book))
            xml.write(qde.make("Description", (), PROJECT, in_words(corpus)))


def container(xml: Any, name: str, parts: Iterator[Element]) -> None:
    """A container with its parts, one a line; none where there are no parts, for the schema forbids an empty one."""
    first = next(parts, None)
    if first is None:
        return
    with xml.element(f"{{{PROJECT}}}{name}"):
        for part in chain([first], parts):
            xml.write("\n")
            xml.write(part)


def about(corpus: Corpus) -> dict[str, str]:
    """The project's attributes."""
    return {
        "name": said(corpus.study.title), "origin": f"policycode {__version__}", "creatingUserGUID": guids.of_user(MODEL),
        "creationDateTime": NO_CLOCK,
    }  # fmt: skip


def in_words(corpus: Corpus) -> str:
    """What a reviewer should know of the project."""
    users = "; ".join(corpus.author_name(author) for author in corpus.authors)
    size = corpus.study.passages
    return (
        f"{corpus.study.question}\n"
        f"Study {corpus.study.name}, codebook {corpus.book.name} {corpus.book.version}.\n"
        f"Passages: {size.min_words} to {size.max_words} words\n"
        f"Users: {users}. Users that begin with machine: are no persons, and their times are no clocks."
    )


def sources(corpus: Corpus, facts: Facts, tally: Tally, track: Track) -> Iterator[Element]:
    """Every document with all that stands on it."""
    codes = {code.id: qde.guid_of(code, corpus.book) for code in corpus.book.codes}
    for name in track(corpus.documents, total=len(corpus.documents), label="documents"):
        state = corpus.state(name)
        tally.add(state)
        yield qde.source(state, facts.titles[name], codes, qde_facts.values(facts, facts.values[name]))


def losses(path: Path, tally: Tally) -> tuple[str, ...]:
    """What the project could not hold: in sentences, and each thing in a report beside the project."""
    said = list(NO_PLACE)
    if tally.counts["remarks"]:
        said.append(f"{tally.counts['remarks']:,} rule hits that are denied or reported are remarks without a code.")
    if tally.losses:
        said.append(f"{len(tally.losses):,} hand labels fit no text of the study as it is now, and are left out.")
    report = write_losses(path.with_name(f"{path.name}.losses.txt"), path.name, tally.losses, said)
    return (*said, f"In detail: {report}")
