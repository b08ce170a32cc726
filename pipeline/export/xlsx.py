"""The coded corpus as a workbook: summary, passages with room for verdicts, documents, codebook, columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline import codebook, store
from pipeline.codebook import Codebook
from pipeline.config import Study
from pipeline.exchange.layout import AS_CODED, COMMENT, CORRECTED, KEY, VERDICT, VERDICT_HELP
from pipeline.exchange.ticket import Ticket
from pipeline.export.columns import Column, flat, write_dictionary
from pipeline.export.corpus import Coded, coded_documents
from pipeline.export.form import Choices, Exported
from pipeline.export.tables import cells
from pipeline.labels import Drawn
from pipeline.model import Row
from pipeline.progress import Track
from pipeline.workbook import Book, Sheet

DOCUMENT_FACTS = ("id", "title", "speaker", "country", "date", "kind", "language", "source")
CHOSEN = Drawn(scheme="review-chosen")  # by the reviewer, as he reads
ASKED = (
    Column(VERDICT, "text", "", f"for a reviewer: “{AS_CODED}” or “{CORRECTED}”", 14),
    Column(COMMENT, "text", "", "for a reviewer", 40),
    Column(KEY, "text", "", "what `policycode import` finds the passage by; leave it as it is", 10),
)


def write(study: Study, path: Path, choices: Choices, track: Track) -> Exported:
    """Write the workbook, streamed by document."""
    book = codebook.load(study.codebook_folder)
    out = Book()
    columns = [*flat(book), *ASKED]
    summary = out.sheet("summary", ["what", "figure", "note"], [44, 18, 100])
    passages = passage_sheet(out, columns, book)
    documents = out.sheet("documents", [*DOCUMENT_FACTS, "passages"], [26, 40, 22, 14, 12, 20, 10, 40, 10], "B2")
    counts: Counter[str] = Counter()
    for line, coded in enumerate(coded_documents(study), 2):
        add_document(documents, coded)
        for row in coded.rows():
            passages.append(passage_cells(passages, row, book, study, line))
            counts.update(code for code, said in row["codes"].items() if said["present"])
        counts["passages"] += len(coded.passages)
        counts["documents"] += 1
    codebook_sheet(out, book)
    column_sheet(out, columns)
    for sheet in (passages, documents):
        sheet.finish()
    losses = tuple(out.losses.sentences())
    summarise(summary, study, book, counts, losses)
    out.save(path)
    write_dictionary(path, columns)
    return Exported(Counter(passages=counts["passages"]), losses)


def passage_sheet(out: Book, columns: Sequence[Column], book: Codebook) -> Sheet:
    """The sheet of passages, with its header and what may be filled in."""
    sheet = out.sheet("passages", [column.name for column in columns], [column.width for column in columns], "B2")
    sheet.hide([KEY])
    sheet.choice(VERDICT, [AS_CODED, CORRECTED], VERDICT_HELP)
    for code in book.codes:
        sheet.choice(code.id, ["0", "1"], f"1 where the code holds. {code.definition}")
    return sheet


def passage_cells(sheet: Sheet, row: Row, book: Codebook, study: Study, line: int) -> list[Any]:
    """A passage's row: facts, codes, probabilities, hits, and what a reviewer fills in."""
    values = cells(row, book)
    values[1] = sheet.link(row["document_id"], row["source"], f"documents!A{line}")
    key = Ticket.of(row, study.name, "coded", CHOSEN, book.version)
    return [*values, None, None, str(key)]


def add_document(sheet: Sheet, coded: Coded) -> None:
    """A document's row; its source leads to the web where it is an address."""
    values = [coded.document[name] for name in DOCUMENT_FACTS]
    sheet.append([*values[:-1], sheet.link(values[-1], values[-1]), len(coded.passages)])


def codebook_sheet(out: Book, book: Codebook) -> None:
    """The codes with their definitions, bounds and examples."""
    names = ["code", "name", "parent", "definition", "include", "exclude", "examples", "counterexamples"]
    sheet = out.sheet("codebook", names, [32, 24, 12, 70, 70, 70, 70, 70], "B2")
    for code in book.codes:
        lists = ["\n".join(part) for part in (code.include, code.exclude, code.examples, code.counterexamples)]
        sheet.append([sheet.filled(code.id, shade(code.color)), code.name, code.parent or "", code.definition, *lists])
    sheet.finish()


def shade(color: str) -> str:
    """A code's colour, light enough to read black letters on."""
    parts = [int(color[i : i + 2], 16) for i in (1, 3, 5)]
    return "".join(f"{255 - (255 - part) // 4:02X}" for part in parts)


def column_sheet(out: Book, columns: Sequence[Column]) -> None:
    """The data dictionary, for whoever has only the workbook."""
    sheet = out.sheet("columns", ["column", "type", "unit", "meaning"], [34, 12, 20, 110])
    for column in columns:
        sheet.append([column.name, column.type, column.unit, column.meaning])
    sheet.finish()


def summarise(sheet: Sheet, study: Study, book: Codebook, counts: Counter[str], losses: Sequence[str]) -> None:
    """What was asked, what came out, how often each code holds, and what the workbook could not hold."""
    found = store.read_json(study.outputs / "narratives.json")
    sheet.append(["study", study.name, study.title])
    sheet.append(["question", "", study.question])
    for scope in found["scopes"]:
        sheet.append([f"verdict: {scope['means']}", scope["verdict"]["grade"], scope["words"]])
    sheet.append(["basis", "", f"{found['basis']}; codebook {book.name} {book.version}"])
    sheet.append(["documents", counts["documents"], ""])
    sheet.append(["passages", counts["passages"], ""])
    for code in book.codes:
        sheet.append([code.id, counts[code.id], f"passages coded {code.name}, {share(counts[code.id], counts['passages'])} as coded"])
    for loss in losses:
        sheet.append(["not held here", "", loss])
    sheet.append(["to review", "", VERDICT_HELP])
    sheet.finish()


def share(count: int, total: int) -> str:
    """A share in percent."""
    return f"{count / total:.1%}" if total else "none"
