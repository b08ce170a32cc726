"""The passages behind the figures, packed so that the page can carry them.

Every passage with a code is in the page's index with its codes and
probabilities, so counts are whole. Texts are what takes room: if they do not
all fit, those of the surest passages of each document and code go in first.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from pipeline import ledger
from pipeline.codebook import Codebook
from pipeline.config import ROLES, Study
from pipeline.labels import Gold
from pipeline.model import Row
from pipeline.pages import page_of

MOST_LISTED = 60_000  # passages in the index
MOST_SHOWN = 20_000  # passages that may come with their text
DIGITS = 1000  # probabilities travel as thousandths
Place = tuple[str, str]  # document, passage
Columns = tuple[list[Any], str, list[Any], list[Any]]


@dataclass(frozen=True, slots=True)
class Packed:
    """Passages as one base64 text: how many carry codes, stand in the index, and come with their text."""

    content: str
    coded: int
    listed: int
    shown: int


NOTHING = Packed("", 0, 0, 0)


def present(coding: Row) -> dict[str, float]:
    """The codes that hold on a passage, with their probabilities."""
    return {code: decision["p"] for code, decision in coding["codes"].items() if decision["present"]}


def codings(study: Study) -> Iterator[tuple[str, list[Row]]]:
    """The codings of each document, streamed."""
    reader = ledger.Reader(study.outputs / "codings.jsonl")
    for name in reader.entries:
        yield name, reader.rows(name)
    reader.close()


def ranked(study: Study, gold: Mapping[str, Gold]) -> list[Place]:
    """Passages with a code, by machine or hand: first the surest of every document and code, then the second surest, and so on."""
    order: list[tuple[int, float, Place]] = []
    for document, rows in codings(study):
        lists: dict[str, list[tuple[float, str]]] = defaultdict(list)
        for row in rows:
            held = present(row)
            for code in held:
                lists[code].append((-held[code], row["id"]))
            if not held and row["id"] in gold and any(gold[row["id"]].values.values()):
                lists[""].append((0.0, row["id"]))
        best: dict[str, tuple[int, float]] = {}
        for found in lists.values():
            for rank, (p, passage) in enumerate(sorted(found)):
                best[passage] = min(best.get(passage, (rank, p)), (rank, p))
        order += [(*at, (document, passage)) for passage, at in best.items()]
    return [place for *_, place in sorted(order)]


def hand_labels(one: Gold | None, codes: Iterable[str], numbers: Numbers) -> list[Any]:
    """What people said of a passage: settled codes, codes not settled, each coder's codes; empty where nobody labelled it."""
    if one is None:
        return []
    coders = [[numbers[coder], [numbers[code] for code, said in given.items() if said]] for coder, given in sorted(one.by_coder.items())]
    settled = [numbers[code] for code, value in one.values.items() if value]
    return [settled, [numbers[code] for code in codes if one.values.get(code) is None], coders]


class Numbers(dict[str, int]):
    """Names by number, in the order in which they come: a name is told once, then its number stands for it."""

    def __missing__(self, name: str) -> int:
        self[name] = len(self)
        return self[name]


def packed_hit(span: Row, numbers: Numbers) -> list[int]:
    """One rule hit: where, which code and rule, whether denied (1) or reported (2), who does it to whom."""
    marks = span["negated"] + 2 * span["attributed"]
    return [
        span["start"],
        span["end"],
        numbers[span["code"]],
        numbers[span["rule"]],
        marks,
        numbers[span["source"]],
        numbers[span["target"]],
    ]


def packed_row(coding: Row, passage: Row, document: Row, place: int, one: Gold | None, numbers: Numbers) -> Columns:
    """One passage as the page's script unpacks it (templates/passages.js): its place in the index, text, rule hits, reasons."""
    codes = [[numbers[code], round(p * DIGITS)] for code, p in present(coding).items()]
    roles = sum(2**i for i, role in enumerate(ROLES) if role in coding["roles"])
    index = [
        place,
        int(passage["id"].rsplit("#", 1)[1]),
        codes,
        roles,
        hand_labels(one, coding["codes"], numbers),
        page_of(document, passage["start"]),
    ]
    hits = [packed_hit(span, numbers) for span in coding["spans"]]
    why = [[numbers[code], [[numbers[name], round(part * 100)] for name, part in parts]] for code, parts in coding["why"].items()]
    return index, passage["text"], hits, why


def facts(document: Row, study: Study) -> list[Any]:
    """A document as the page's filters know it; groups are named as in shares.csv."""
    year = int(document["date"][:4]) if document["date"][:4].isdigit() else None
    groups = [document[key] or "not given" for key in ("speaker", "country", "kind")]
    return [document["id"], document["title"], *groups, document["date"], str(year or "undated"), study.period_of(year), document["source"]]


def rows_of(study: Study, places: Sequence[Place], gold: Mapping[str, Gold], numbers: Numbers) -> tuple[list[Any], dict[str, Columns]]:
    """Documents, and packed rows by passage, of some places."""
    readers = {name: ledger.Reader(study.outputs / f"{name}.jsonl") for name in ("documents", "passages", "codings")}
    documents: list[Any] = []
    rows: dict[str, Columns] = {}
    for name, group in groupby(sorted(places), key=lambda place: place[0]):
        document = readers["documents"].rows(name)[0]
        wanted = {passage for _, passage in group}
        texts = {row["id"]: row for row in readers["passages"].rows(name) if row["id"] in wanted}
        for coding in readers["codings"].rows(name):
            if coding["id"] in wanted:
                rows[coding["id"]] = packed_row(coding, texts[coding["id"]], document, len(documents), gold.get(coding["id"]), numbers)
        documents.append(facts(document, study))
    for reader in readers.values():
        reader.close()
    return documents, rows


def packed(value: Any) -> str:
    """A value as base64 of gzipped JSON: nothing in it can end a script element or run."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return base64.b64encode(gzip.compress(text, 9, mtime=0)).decode()


def columns(rows: Mapping[str, Columns], full: Set[str]) -> Row:
    """Rows column by column, since like packs best beside like; 0 for the text, hits and reasons of a passage not in `full`."""
    found = sorted(rows.items())
    made: Row = {"passages": [row[0] for _, row in found]}
    for i, name in enumerate(("texts", "hits", "why"), 1):
        made[name] = [row[i] if passage in full else 0 for passage, row in found]
    return made


def pack(study: Study, book: Codebook, gold: Mapping[str, Gold], extra: Row, room: int) -> Packed:
    """The passages that fit into `room` bytes; `extra` travels with them."""
    order = ranked(study, gold)
    listed = order[:MOST_LISTED]
    numbers = Numbers((code, i) for i, code in enumerate(book.ids))
    documents, rows = rows_of(study, listed, gold, numbers)
    head = {**extra, "names": list(numbers), "roles": ROLES, "documents": documents}
    shown = min(len(listed), MOST_SHOWN)
    while True:
        content = packed({**head, **columns(rows, {passage for _, passage in listed[:shown]})})
        if len(content) <= room or not shown:
            return Packed(content, len(order), len(listed), shown)
        shown = int(shown * min(0.97 * room / len(content), 0.97))
