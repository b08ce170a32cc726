"""The passages that go out to people, each with its ticket: drawn as the caller chose, or by the study's sampling plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline import codebook
from pipeline.codebook import Codebook
from pipeline.config import Study
from pipeline.errors import PipelineError
from pipeline.exchange.ticket import Kind, Ticket
from pipeline.export.corpus import chosen_passages, coded_passages
from pipeline.export.draw import Draw, draw
from pipeline.export.form import Choices
from pipeline.labels import Drawn
from pipeline.model import Row
from pipeline.plan import Planned

USUAL: dict[Kind, str] = {"review": "all", "labelling": "random"}


@dataclass(frozen=True, slots=True)
class Drawing:
    """Passages on their way out.

    `drawn`: how each was drawn, by id; `how`: the same in words; `rows`: the
    passages, read once.
    """

    study: Study
    book: Codebook
    kind: Kind
    drawn: Mapping[str, Drawn]
    how: str
    rows: Iterable[Row]

    def key(self, row: Row) -> str:
        """A passage's ticket."""
        return str(Ticket.of(row, self.study.name, self.kind, self.drawn[row["id"]], self.book.version))


def drawing(study: Study, kind: Kind, choices: Choices) -> Drawing:
    """The passages the caller asked for, in reading order."""
    book = codebook.load(study.codebook_folder)
    how = Draw.parse(choices.draw or USUAL[kind], book)
    seed = study.seed if choices.seed is None else choices.seed
    names, total, drawn = draw(coded_passages(study), how, choices.size, seed, book)
    if drawn is None:
        raise PipelineError(f"No passage of {study.name} is drawn by `{how.way}`.", "Draw otherwise: see `policycode export -h`.")
    chance = f"each with probability {drawn.probability:.4g}" if drawn.probability else "chosen by their uncertainty, not by chance"
    words = f"{len(names):,} of {total:,} ({drawn.stratum}), {chance}"
    rows = (row for row in coded_passages(study) if row["id"] in names)
    return Drawing(study, book, kind, dict.fromkeys(names, drawn), words, rows)


def planned(study: Study, queue: Sequence[Planned]) -> Drawing:
    """A coder's passages of the study's sampling plan, blind, in the plan's order."""
    book = codebook.load(study.codebook_folder)
    if not queue:
        raise PipelineError(f"Nothing is left to label in {study.name}.", "All passages of the plan are labelled.")
    schemes = ", ".join(sorted({one.scheme for one in queue}))
    words = f"{len(queue):,}, drawn by the study's plan ({schemes}), in random order: stop wherever you like"
    drawn = {one.passage_id: one.drawn for one in queue}
    return Drawing(study, book, "labelling", drawn, words, chosen_passages(study, [one.passage_id for one in queue]))
