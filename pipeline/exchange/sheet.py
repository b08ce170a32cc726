"""Reviewed sheets back in: each filled-in row becomes a label, each row that cannot is told with its number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from pipeline import codebook
from pipeline.codebook import Codebook
from pipeline.config import Study
from pipeline.errors import PipelineError, Problem, UsageError
from pipeline.exchange import ticket as tickets
from pipeline.exchange.answers import blank, decide
from pipeline.exchange.layout import COMMENT, ID, KEY, REST, SHOWN, VERDICT
from pipeline.exchange.proposal import Ask, Proposal
from pipeline.exchange.standing import missing_passages
from pipeline.exchange.table import Table, tables
from pipeline.labels import Label

FOREIGN = "Give a sheet that `policycode export --format review` (or labelling, or xlsx) wrote, with its columns `id` and `key`."
Row = Mapping[str, str]


@dataclass(slots=True)
class Found:
    """What the rows of a file come to."""

    labels: dict[int, Label] = field(default_factory=dict)
    losses: list[Problem] = field(default_factory=list)
    blank: int = 0


def read(path: Path, study: Study, ask: Ask) -> Proposal:
    """The labels of a reviewed or labelled sheet (.xlsx or .csv), as those of `ask.coder`."""
    if ask.coder is None:
        raise UsageError(f"{path}: whose verdicts are these?", "Say it with --coder NAME.")
    book = codebook.load(study.codebook_folder)
    found = [table for table in tables(path) if {ID, KEY} <= set(table.head)]
    if not found:
        raise PipelineError(f"{path} is no sheet for review: no table in it has the columns `{ID}` and `{KEY}`.", FOREIGN)
    time = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    labels: list[Label] = []
    losses: list[Problem] = []
    blank = 0
    for table in found:
        done = read_table(table, study, book, ask.coder, time)
        labels += done.labels.values()
        losses += [*column_losses(table, book), *done.losses]
        blank += done.blank
    notes = (f"{blank:,} row(s) without a verdict were left alone.",) if blank else ()
    losses += [Problem(str(path), 0, what, "warning", "text") for what in missing_passages(study, labels)]
    return Proposal(tuple(labels), tuple(losses), notes)


def column_losses(table: Table, book: Codebook) -> Iterator[Problem]:
    """Columns of codes that are not there any more, and columns nobody knows."""
    missing = [code for code in book.ids if code not in table.head]
    if missing:
        what = f"no column for {', '.join(missing)}: these codes count as not considered"
        yield Problem(table.place, 1, what, "warning", "column")
    own = {*SHOWN, COMMENT, REST, VERDICT, *book.ids}
    strange = [name for name in table.head if name and name not in own and not table.of_export(name)]
    if strange:
        yield Problem(table.place, 1, f"column(s) not known and not read: {', '.join(strange)}", "warning", "column")


def read_table(table: Table, study: Study, book: Codebook, coder: str, time: str) -> Found:
    """The rows of one table: labels by line, losses, and how many rows were left blank."""
    found = Found()
    for line, row in table.rows():
        try:
            label = read_row(row, study, book, coder, time)
        except ValueError as error:
            found.losses.append(Problem(table.place, line, str(error), "error", "row"))
            continue
        if label is None:
            found.blank += 1
        else:
            found.labels[line] = label
    drop_doubles(found, table.place)
    return found


def read_row(row: Row, study: Study, book: Codebook, coder: str, time: str) -> Label | None:
    """The label of a row, None where it was left blank; ValueError says what is wrong."""
    if blank(row, book):
        return None
    ticket = tickets.read(row[ID], row[KEY], study.name)
    decided = decide(row, ticket.coded, book)
    if decided is None:
        return None
    return ticket.label(coder, time, decided.holding, decided.asked, unsure=decided.unsure, memo=row.get(COMMENT, "").strip())


def drop_doubles(found: Found, place: str) -> None:
    """A passage that stands in two rows counts once where they say the same, and not at all where they do not."""
    by_passage: dict[str, list[int]] = defaultdict(list)
    for line, label in found.labels.items():
        by_passage[label.passage_id].append(line)
    for passage, lines in by_passage.items():
        if len(lines) == 1:
            continue
        same = all(found.labels[line] == found.labels[lines[0]] for line in lines[1:])
        what = "say the same and count once" if same else "differ, and none of them is taken"
        rows = f"rows {', '.join(map(str, lines))} are all {passage}: they {what}"
        found.losses.append(Problem(place, lines[0], rows, "warning" if same else "error", "row"))
        drop(found.labels, lines[1:] if same else lines)


def drop(labels: dict[int, Label], lines: Sequence[int]) -> None:
    """Forget the labels of some lines."""
    for line in lines:
        del labels[line]
