"""Sheets for people to fill in: for review, beside the machine's codes; for labelling, blind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline import codebook
from pipeline.codebook import Codebook
from pipeline.config import Study
from pipeline.errors import PipelineError
from pipeline.exchange.layout import ANSWER_HELP, ANSWERS, AS_CODED, BLIND_REST_HELP, COMMENT, KEY, NO, REST, REST_HELP
from pipeline.exchange.ticket import Kind, Ticket
from pipeline.export.columns import FACTS, HITS, Column, write_dictionary
from pipeline.export.corpus import coded_passages
from pipeline.export.draw import Draw, draw
from pipeline.export.form import Choices, Exported
from pipeline.export.tables import all_hits
from pipeline.export.xlsx import codebook_sheet, shade
from pipeline.labels import Drawn
from pipeline.model import Row
from pipeline.progress import Track
from pipeline.spreadsheet import Losses, csv_file
from pipeline.workbook import Book, Sheet

FACT_NAMES = ("id", "document_id", "title", "speaker", "date", "text")
USUAL: dict[Kind, str] = {"review": "all", "labelling": "random"}
CODED = Column("coded", "text", "", "codes the machine holds present, each with its probability", 34)


@dataclass(frozen=True, slots=True)
class Drawing:
    """The passages of a sheet: rows in reading order, the kind of sheet, and how they were drawn."""

    study: Study
    book: Codebook
    kind: Kind
    drawn: Drawn
    names: set[str]

    @property
    def columns(self) -> list[Column]:
        """The columns of the sheet."""
        facts = [column for column in FACTS if column.name in FACT_NAMES]
        shown = [CODED, HITS] if self.kind == "review" else []
        return [*facts, *shown, *(asked(code.id, code.definition) for code in self.book.codes), *ends(self.kind)]

    def rows(self) -> Iterator[Row]:
        """The passages drawn."""
        return (row for row in coded_passages(self.study) if row["id"] in self.names)

    def shown(self, row: Row) -> list[str]:
        """What a row shows: facts, text and, for review, what the machine says."""
        machine = [coded_words(row), all_hits(row)] if self.kind == "review" else []
        return [*(row[name] for name in FACT_NAMES), *machine]

    def key(self, row: Row) -> str:
        """The row's ticket."""
        return str(Ticket.of(row, self.study.name, self.kind, self.drawn, self.book.version))


def asked(code: str, definition: str) -> Column:
    """A column to be filled in."""
    return Column(code, "text", "yes, no, yes?, no?", f"for the reviewer: does the code hold? {definition}", 11)


def ends(kind: Kind) -> list[Column]:
    """The last columns of a sheet."""
    rest = REST_HELP if kind == "review" else BLIND_REST_HELP
    return [
        Column(REST, "text", "", rest, 11),
        Column(COMMENT, "text", "", "for the reviewer", 40),
        Column(KEY, "text", "", "what `policycode import` finds the passage by; leave it as it is", 10),
    ]


def coded_words(row: Row) -> str:
    """The codes present, with their probabilities."""
    return "; ".join(f"{code} {said['p']:.2f}" for code, said in row["codes"].items() if said["present"])


def drawing(study: Study, kind: Kind, choices: Choices) -> tuple[Drawing, int]:
    """The passages the caller asked for, and how many there were to draw from."""
    book = codebook.load(study.codebook_folder)
    how = Draw.parse(choices.draw or USUAL[kind], book)
    seed = study.seed if choices.seed is None else choices.seed
    names, total, drawn = draw(coded_passages(study), how, choices.size, seed, book)
    if drawn is None:
        raise PipelineError(f"No passage of {study.name} is drawn by `{how.way}`.", "Draw otherwise: see `policycode export -h`.")
    return Drawing(study, book, kind, drawn, names), total


def write(study: Study, path: Path, choices: Choices, track: Track) -> Exported:
    """A sheet of passages to check, with what the machine says of them."""
    return write_sheet(study, path, "review", choices)


def write_labelling(study: Study, path: Path, choices: Choices, track: Track) -> Exported:
    """A blind sheet of passages to label."""
    return write_sheet(study, path, "labelling", choices)


def write_sheet(study: Study, path: Path, kind: Kind, choices: Choices) -> Exported:
    """A sheet as workbook, or as CSV where the file's name says so."""
    made, total = drawing(study, kind, choices)
    writer = write_csv if path.suffix.lower() == ".csv" else write_workbook
    losses = writer(path, made, total)
    write_dictionary(path, made.columns)
    return Exported(Counter(passages=len(made.names)), tuple(losses.sentences()))


def write_csv(path: Path, made: Drawing, total: int) -> Losses:
    """The sheet as CSV; what its texts lost."""
    losses = Losses(longest=None)
    gap = [""] * (len(made.book.ids) + 2)
    with csv_file(path) as writer:
        writer.writerow([column.name for column in made.columns])
        writer.writerows([*map(losses.cell, made.shown(row)), *gap, made.key(row)] for row in made.rows())
    return losses


def write_workbook(path: Path, made: Drawing, total: int) -> Losses:
    """The sheet as a workbook with instructions, lists to choose from and the codebook; what its cells lost."""
    out = Book()
    instructions(out, made, total)
    sheet = out.sheet(made.kind, [column.name for column in made.columns], [column.width for column in made.columns], "B2")
    sheet.hide([KEY])
    for code in made.book.codes:
        sheet.choice(code.id, ANSWERS, f"{ANSWER_HELP} {code.definition}")
    sheet.choice(REST, [AS_CODED, NO] if made.kind == "review" else [NO], REST_HELP if made.kind == "review" else BLIND_REST_HELP)
    for row in made.rows():
        sheet.append(sheet_row(sheet, row, made))
    sheet.finish()
    codebook_sheet(out, made.book)
    out.save(path)
    return out.losses


def sheet_row(sheet: Sheet, row: Row, made: Drawing) -> list[Any]:
    """A passage's cells; in a review, those of codes the machine holds present are coloured."""
    marked = [code.color if made.kind == "review" and row["codes"][code.id]["present"] else "" for code in made.book.codes]
    answers = [sheet.filled("", shade(color)) if color else None for color in marked]
    return [*made.shown(row), *answers, None, None, made.key(row)]


def instructions(out: Book, made: Drawing, total: int) -> None:
    """The first sheet: what to do, and how the passages were drawn."""
    sheet = out.sheet("how to", ["what", "how"], [20, 120])
    chance = (
        f"each with probability {made.drawn.probability:.4g}" if made.drawn.probability else "chosen by their uncertainty, not by chance"
    )
    for what, how in (
        ("study", made.study.title),
        ("codebook", f"{made.book.name} {made.book.version}; see the sheet “codebook”"),
        ("passages", f"{len(made.names):,} of {total:,} ({made.drawn.stratum}), {chance}"),
        ("codes", f"{ANSWER_HELP} Code the text, not what is known of the speaker."),
        (REST, REST_HELP if made.kind == "review" else BLIND_REST_HELP),
        (
            "rows",
            "Sort and filter rows as you like; rows without any verdict are left alone, half-filled ones are told and not taken.",
        ),
        ("back", f"policycode import <this file> --study {made.study.name} --coder <your name>"),
    ):
        sheet.append([what, how])
    sheet.finish()
