"""Which passage comes: the plan's next one, the next of another list, or one labelled before."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.errors import PipelineError
from pipeline.label_log import Key, key_of
from pipeline.labels import Label
from pipeline.workbench.bench import Bench
from pipeline.workbench.second_look import looks

SECOND_LOOK = "second-look:"


def first(bench: Bench, wanted: str, after: str = "", draw: bool = False) -> str | None:
    """The id of the passage to label next on a list ("" for the plan), None where all are done; `after`: the one to pass over.

    The first round is drawn by itself, a further one only where `draw` asks for
    it: training before it lets it go where the machine is unsure now.
    """
    if not wanted:
        if draw or not bench.queue:
            bench.ensure_round()
        ids = [one.passage_id for one in bench.open_ones()]
    elif wanted.startswith(SECOND_LOOK):
        look = looks(bench).get(wanted.removeprefix(SECOND_LOOK))
        ids = [name for label in (look.labels if look else []) if (name := bench.corpus.present_id(*key_of(label), label.passage_id))]
    else:
        raise PipelineError(f"There is no list {wanted!r}.", "Open it from its page.")
    return following(ids, after)


def following(ids: Sequence[str], after: str) -> str | None:
    """The id that comes after another one, the first where that is not there or is the last."""
    place = ids.index(after) + 1 if after in ids else 0
    return ids[place % len(ids)] if ids else None


def before(bench: Bench, passage_id: str) -> str:
    """The passage the coder labelled before a given one, the last one where that is not labelled."""
    order: dict[Key, Label] = {}
    for label in bench.log.standing():
        order.pop(key_of(label), None)
        if label.status == "coded":
            order[key_of(label)] = label
    given = list(order.values())
    place = next((i for i, label in enumerate(given) if label.passage_id == passage_id), len(given))
    for label in reversed(given[:place]):
        if name := bench.corpus.present_id(*key_of(label), label.passage_id):
            return name
    raise PipelineError("There is no passage labelled before this one.")
