"""What the columns of an export hold: the one description that tables, widths and data dictionaries derive from."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline import store
from pipeline.codebook import Codebook
from pipeline.spreadsheet import safe


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, the type and unit of its values, what they mean, and how wide it is shown."""

    name: str
    type: str
    unit: str
    meaning: str
    width: int = 12


FACTS = (
    Column("id", "text", "", "the passage: its document and its place in it, `<document>#<ordinal>`", 26),
    Column("document_id", "text", "", "the document the passage is of", 22),
    Column("title", "text", "", "title of the document", 30),
    Column("speaker", "text", "", "who speaks or signs"),
    Column("country", "text", "", "country of the speaker"),
    Column("date", "date", "ISO 8601", "date of the document, to the precision known: year, year-month or day"),
    Column("kind", "text", "", "kind of document"),
    Column("language", "text", "ISO 639", "language of the text"),
    Column("source", "text", "", "where the text was taken from", 22),
    Column("start", "integer", "code points", "first character of the passage in its document, counted from 0"),
    Column("end", "integer", "code points", "the character after the last"),
    Column("page", "text", "", "page on which the passage begins, as printed; empty where the document's form has none", 8),
    Column("text", "text", "", "the passage", 90),
    Column("roles", "text", "", "the study's actors that the passage names, by role, separated by spaces"),
)
HITS = Column(
    "hits", "text", "", "rule hits: the words, the rule, whether denied (negated) or reported (attributed), who does it to whom", 40
)


def decisions(book: Codebook) -> list[Column]:
    """A column a code: whether it holds."""
    return [Column(code.id, "boolean", "0 or 1", f"whether the code holds: {code.name}. {code.definition}") for code in book.codes]


def chances(book: Codebook) -> list[Column]:
    """A column a code: how likely it is."""
    what = "calibrated probability that the code holds (the rules' stated precision where nothing is hand-labelled)"
    return [Column(f"p:{code.id}", "number", "probability, 0 to 1", f"{what}: {code.name}") for code in book.codes]


def flat(book: Codebook) -> list[Column]:
    """The columns of a table with a row a passage: facts, decisions, probabilities, the rules that hit."""
    return [*FACTS, *decisions(book), *chances(book), HITS]


def nested() -> list[Column]:
    """The fields of an object a passage."""
    facts = [column for column in FACTS if column.name != "roles"]
    return [
        *facts,
        Column("codes.<code>.p", "number", "probability, 0 to 1", "calibrated probability that the code holds"),
        Column("codes.<code>.present", "boolean", "", "whether the code holds, at the code's own threshold"),
        Column("spans[].start", "integer", "code points", "first character of a rule hit in the passage, counted from 0"),
        Column("spans[].end", "integer", "code points", "the character after its last"),
        Column("spans[].code", "text", "", "the code the hit is evidence of"),
        Column("spans[].rule", "text", "", "the rule that hit"),
        Column("spans[].negated", "boolean", "", "whether the passage denies it; the hit then does not count"),
        Column("spans[].attributed", "boolean", "", "whether the passage reports it as another's claim; the hit then does not count"),
        Column("spans[].source", "text", "", "role of the actor that does it, empty if none is named"),
        Column("spans[].target", "text", "", "role of the actor that it is done to, empty if none is named"),
        Column("roles[]", "text", "", "the study's actors that the passage names, by role"),
        Column("calibrated", "boolean", "", "whether hand labels stand behind the probabilities"),
        Column("why.<code>[]", "text and number", "log-odds", "words and [rules] that moved the code most, each with its part"),
    ]


def dictionary_path(path: Path) -> Path:
    """Where the data dictionary of an export stands: beside it."""
    return path.with_name(f"{path.name}.dictionary.csv")


def write_dictionary(path: Path, columns: Sequence[Column]) -> None:
    """Write what every column of the export at `path` is, as CSV beside it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["column", "type", "unit", "meaning"])
    writer.writerows([safe(column.name), column.type, column.unit, safe(column.meaning)] for column in columns)
    store.write_text(dictionary_path(path), out.getvalue())
