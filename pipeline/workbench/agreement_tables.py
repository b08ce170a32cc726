"""The agreement pages' downloads: figures and disagreements as CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

from pipeline.labels import Label, Placed
from pipeline.model import Row
from pipeline.workbench.agreement_views import marks_of, ruling_view
from pipeline.workbench.comparison import Comparison, adjudicated, coders_of, contested

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def coefficients(found: Comparison) -> list[Row]:
    """Every group's figures by code, and over all codes (code `*`)."""
    keys = list(found.groups)
    return [{"code": "*", **found.overall_of(key)} for key in keys] + [row for key in keys for row in found.rows_of(key)]


def documents(found: Comparison) -> list[Row]:
    """Every group's figures by document, over all codes."""
    return [row for key in found.groups for row in found.documents_of(key)]


def spans(found: Comparison) -> list[Row]:
    """Every group's figures on marked words: over all codes (code `*`), and by code on characters."""
    made = []
    for row in found.spans:
        head = {name: row[name] for name in ("who", "kind", "coders")}
        made.append({"code": "*", **{name: value for name, value in row.items() if name != "codes"}})
        made += [{**head, **of_code} for of_code in row["codes"]]
    return made


def disagreements(found: Comparison, seen: set[str]) -> list[Row]:
    """A row for every coder of every passage on which coders part, of the passages that may be seen; names and memos included."""
    parted = {one.passage_id: contested(one, found.book.ids) for one in found.placed if one.passage_id in seen}
    return [
        disagreement(one, label, parted[one.passage_id]) for one in found.placed if parted.get(one.passage_id) for label in coders_of(one)
    ]


def disagreement(one: Placed, label: Label, parted: list[str]) -> Row:
    """What one coder said of a passage on which coders part, and how it was adjudicated."""
    last = adjudicated(one)
    marked = [f"{mark.code}: {one.text[mark.start : mark.end]}" for mark in marks_of(label, one, label.coder)]
    ruling = ruling_view(last) if last else {"by": "", "reason": "", "present": []}
    return {
        "passage_id": one.passage_id, "document_id": one.document_id, "coder": label.coder, "contested": parted, "codes": list(label.codes),
        "unsure": list(label.unsure), "memo": label.memo, "marked": marked,
        "is_adjudicated": last is not None, "adjudicated": ruling["present"], "reason": ruling["reason"], "adjudicator": ruling["by"],
        "text": one.text,
    }  # fmt: skip


def flat(row: Row) -> Row:
    """A row for a table: an interval in two columns after its figure, lists in one cell."""
    made: Row = {}
    for name, value in row.items():
        if name in {"intervals", "low", "high"}:
            continue
        made[name] = "; ".join(value) if isinstance(value, list) else value
        if name in row.get("intervals", {}):
            made[f"{name}_low"], made[f"{name}_high"] = row["intervals"][name]
    return made


def safe(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula (OWASP: a leading apostrophe)."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def as_csv(rows: Sequence[Row]) -> bytes:
    """A table in UTF-8 with a BOM, so that Excel reads its letters right."""
    table = [flat(row) for row in rows]
    names = list(dict.fromkeys(name for row in table for name in row))
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([[safe(row.get(name)) for name in names] for row in table])
    return file.getvalue().encode("utf-8-sig", "replace")


def as_json(rows: Sequence[Row], found: Comparison) -> bytes:
    """The rows with what they rest on."""
    head = {"study": found.study.name, "codebook": found.book.version, "bar": found.study.thresholds.reliability,
            "level": found.study.thresholds.interval}  # fmt: skip
    return (json.dumps({**head, "rows": list(rows)}, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "replace")
