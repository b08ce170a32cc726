"""Sheets for people to fill in: for review, beside the machine's codes; for labelling, blind."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from pipeline.config import Study
from pipeline.exchange.layout import ANSWER_HELP, ANSWERS, AS_CODED, BLIND_REST_HELP, COMMENT, KEY, NO, REST, REST_HELP
from pipeline.exchange.ticket import Kind
from pipeline.export.columns import FACTS, HITS, Column, write_dictionary
from pipeline.export.drawing import Drawing, drawing
from pipeline.export.form import Choices, Exported
from pipeline.export.tables import all_hits
from pipeline.export.xlsx import codebook_sheet, shade
from pipeline.model import Row
from pipeline.progress import Track
from pipeline.spreadsheet import Losses, csv_file
from pipeline.workbook import Book, Sheet

FACT_NAMES = ("id", "document_id", "title", "speaker", "date", "text")
CODED = Column("coded", "text", "", "codes the machine holds present, each with its probability", 34)
ROWS_HELP = "Sort and filter rows as you like; rows without any verdict are left alone, half-filled ones are told and not taken."


def write(study: Study, path: Path, choices: Choices, track: Track) -> Exported:
    """A sheet of passages to check, with what the machine says of them."""
    return write_drawing(path, drawing(study, "review", choices))


def write_labelling(study: Study, path: Path, choices: Choices, track: Track) -> Exported:
    """A blind sheet of passages to label."""
    return write_drawing(path, drawing(study, "labelling", choices))


def write_drawing(path: Path, made: Drawing) -> Exported:
    """A sheet as workbook, or as CSV where the file's name says so."""
    writer = write_csv if path.suffix.lower() == ".csv" else write_workbook
    losses = writer(path, made)
    write_dictionary(path, columns(made))
    return Exported(Counter(passages=len(made.drawn)), tuple(losses.sentences()))


def columns(made: Drawing) -> list[Column]:
    """The columns of a sheet."""
    facts = [column for column in FACTS if column.name in FACT_NAMES]
    machine = [CODED, HITS] if made.kind == "review" else []
    return [*facts, *machine, *(asked(code.id, code.definition) for code in made.book.codes), *ends(made.kind)]


def asked(code: str, definition: str) -> Column:
    """A column to be filled in."""
    return Column(code, "text", "yes, no, yes?, no?", f"for the reviewer: does the code hold? {definition}", 11)


def rest_help(kind: Kind) -> str:
    """What may be said of the codes left empty."""
    return REST_HELP if kind == "review" else BLIND_REST_HELP


def ends(kind: Kind) -> list[Column]:
    """The last columns of a sheet."""
    return [
        Column(REST, "text", "", rest_help(kind), 11),
        Column(COMMENT, "text", "", "for the reviewer", 40),
        Column(KEY, "text", "", "what `policycode import` finds the passage by; leave it as it is", 10),
    ]


def shown(made: Drawing, row: Row) -> list[str]:
    """What a row shows: facts, text and, for review, what the machine says."""
    machine = [coded_words(row), all_hits(row)] if made.kind == "review" else []
    return [*(row[name] for name in FACT_NAMES), *machine]


def coded_words(row: Row) -> str:
    """The codes present, with their probabilities."""
    return "; ".join(f"{code} {said['p']:.2f}" for code, said in row["codes"].items() if said["present"])


def write_csv(path: Path, made: Drawing) -> Losses:
    """The sheet as CSV; what its texts lost."""
    losses = Losses(longest=None)
    gap = [""] * (len(made.book.ids) + 2)
    with csv_file(path) as writer:
        writer.writerow([column.name for column in columns(made)])
        writer.writerows([*map(losses.cell, shown(made, row)), *gap, made.key(row)] for row in made.rows)
    return losses


def write_workbook(path: Path, made: Drawing) -> Losses:
    """The sheet as a workbook with instructions, lists to choose from and the codebook; what its cells lost."""
    out = Book()
    instructions(out, made)
    sheet = out.sheet(made.kind, [column.name for column in columns(made)], [column.width for column in columns(made)], "B2")
    sheet.hide([KEY])
    for code in made.book.codes:
        sheet.choice(code.id, ANSWERS, f"{ANSWER_HELP} {code.definition}")
    sheet.choice(REST, [AS_CODED, NO] if made.kind == "review" else [NO], rest_help(made.kind))
    for row in made.rows:
        sheet.append(sheet_row(sheet, row, made))
    sheet.finish()
    codebook_sheet(out, made.book)
    out.save(path)
    return out.losses


def sheet_row(sheet: Sheet, row: Row, made: Drawing) -> list[Any]:
    """A passage's cells; in a review, those of codes the machine holds present are coloured."""
    marked = [code.color if made.kind == "review" and row["codes"][code.id]["present"] else "" for code in made.book.codes]
    answers = [sheet.filled("", shade(color)) if color else None for color in marked]
    return [*shown(made, row), *answers, None, None, made.key(row)]


def instructions(out: Book, made: Drawing) -> None:
    """The first sheet: what to do, and how the passages were drawn."""
    sheet = out.sheet("how to", ["what", "how"], [20, 120])
    for what, how in (
        ("study", made.study.title),
        ("codebook", f"{made.book.name} {made.book.version}; see the sheet “codebook”"),
        ("passages", made.how),
        ("codes", f"{ANSWER_HELP} Code the text, not what is known of the speaker."),
        (REST, rest_help(made.kind)),
        ("rows", ROWS_HELP),
        ("back", f"policycode import <this file> --study {made.study.name} --coder <your name>"),
    ):
        sheet.append([what, how])
    sheet.finish()
