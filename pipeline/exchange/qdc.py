"""A REFI-QDA codebook that came back: how it differs from the study's. It holds no codings, so nothing is written."""

from __future__ import annotations

from pathlib import Path

from pipeline import codebook
from pipeline.archive import MEGA, refused
from pipeline.config import Study
from pipeline.errors import Problem
from pipeline.exchange import guids
from pipeline.exchange.codes_map import map_codes
from pipeline.exchange.proposal import Ask, Proposal
from pipeline.exchange.qde_parse import Parser
from pipeline.exchange.qde_project import Outline

MOST = 64 * MEGA


def read_outline(path: Path) -> Outline:
    """The codes and sets of a codebook file."""
    if path.stat().st_size > MOST:
        raise refused(path, f"it is over {MOST // MEGA} MB")
    outline = Outline()
    with path.open("rb") as file:
        for record in Parser(path, "CodeBook").records(file):
            outline.add(record)
    return outline


def read(path: Path, study: Study, ask: Ask) -> Proposal:
    """No labels, but every difference of the two codebooks."""
    book = codebook.load(study.codebook_folder)
    outline = read_outline(path)
    found = map_codes(outline.codes, book, path.name)
    losses = [Problem(path.name, 0, f"code {code.name!r} is not in the codebook", "warning", "code") for code in found.unknown.values()]
    missing = [code.id for code in book.codes if code.id not in found.known.values()]
    losses += [Problem(path.name, 0, f"code {code} of the codebook is not in the file", "warning", "code") for code in missing]
    stories = {guids.guid("narrative", book.name, story.id) for story in book.narratives}
    for group in outline.groups:
        if group.guid not in stories:
            losses.append(Problem(path.name, 0, f"set {group.name!r} of {len(group.codes)} code(s)", "warning", "set"))
    hint = f"a codebook file holds no codings; what differs is to be written into {study.codebook_folder} by hand"
    return Proposal((), (*losses, *found.differences), (f"{len(found.known)} of {len(book.codes)} codes are the same", hint))
