"""Which passages an address asks for: of whom, on which code, in which document, and what they show."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any
from urllib.parse import urlencode

import numpy as np
from starlette.requests import Request

from pipeline.agreement.coefficients import double_coded
from pipeline.agreement.panel import Group
from pipeline.errors import PipelineError
from pipeline.workbench.comparison import Comparison


@dataclass(frozen=True, slots=True)
class Query:
    """Which passages are asked for: of a group, on a code ("" for all), in a document ("" for all), and what they show.

    `show`: `parted` (the group disagrees), `given` (anyone gave the code), or `marked` (anyone marked words).
    """

    group: str
    code: str = ""
    document: str = ""
    show: str = "parted"


def asked(found: Comparison, query: Query) -> list[str]:
    """The passages a query asks for; of those with the code given, the ones on which the group parts come first."""
    group, codes = found.group(query.group), found.book.ids
    if query.code and query.code not in codes:
        raise PipelineError(f"There is no code {query.code}.", "Go back to the page of agreement.")
    columns = [codes.index(query.code)] if query.code else list(range(len(codes)))
    parted, given = np.zeros(len(found.placed), dtype=bool), np.zeros(len(found.placed), dtype=bool)
    for column in columns:
        said = group.said(column)
        double = double_coded(said)
        given[double] |= (said[double] == 1).any(axis=1)
        parted[double] |= (said[double] == 1).any(axis=1) & (said[double] == 0).any(axis=1)
    marked = np.array([bool(query.show == "marked" and marks_in(found, group, name)) for name in found.panel.passages], dtype=bool)
    wanted = {"parted": parted, "given": given, "marked": marked}.get(query.show, parted)
    chosen = [i for i in np.flatnonzero(wanted).tolist() if query.document in {"", found.panel.documents[i]}]
    return [found.panel.passages[i] for i in sorted(chosen, key=lambda i: (not parted[i], found.panel.passages[i]))]


def marks_in(found: Comparison, group: Group, passage: str) -> bool:
    """Whether anyone of a group marked words in a passage."""
    coders = any(label.spans and label.coder in group.names for label in found.of[passage].labels)
    return coders or ("rules" in group.names and any(hit.live for hit in found.hits.get(passage, ())))


def query_of(request: Request) -> Query:
    """What an address asks for."""
    given = {one.name: request.query_params[one.name] for one in fields(Query) if one.name in request.query_params}
    return Query(**{"group": "", **given})


def address(query: Query, page: str = "disagreements", **changes: Any) -> str:
    """The address of a query's passages on one of the agreement pages."""
    wanted = {name: value for name, value in (asdict(query) | changes).items() if value}
    return f"/agreement/{page}?{urlencode(wanted)}"


def number(text: str) -> int:
    """A number in an address; 1 where it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 1
