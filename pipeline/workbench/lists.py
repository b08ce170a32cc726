"""Which passage comes: the plan's next one, the next of another list, or one labelled before."""

from __future__ import annotations

from pipeline.errors import PipelineError
from pipeline.labels import Label, locate
from pipeline.workbench.bench import Bench


def first(bench: Bench, wanted: str) -> str | None:
    """The id of the passage to label next on a list ("" for the plan), None where all are done."""
    if not wanted:
        bench.ensure_round()
        left = bench.open_ones()
        return left[0].passage_id if left else None
    raise PipelineError(f"There is no list {wanted!r}.")


def before(bench: Bench, passage_id: str) -> str:
    """The passage this coder labelled before a given one, the last one where that is not labelled."""
    given = [label for label in bench.log.standing() if label.status == "coded"]
    ids = [name for label in given if (name := present_id(bench, label))]
    unique = list(dict.fromkeys(reversed(ids)))[::-1]
    place = unique.index(passage_id) if passage_id in unique else len(unique)
    if place == 0:
        raise PipelineError("There is no passage labelled before this one.")
    return unique[place - 1]


def present_id(bench: Bench, label: Label) -> str | None:
    """The id that a label's passage has now, None where the texts no longer hold it."""
    return locate(label, bench.corpus.passages.rows(label.document_id), label.document_id)
