"""The page on which a passage is adjudicated, the coders' names hidden, and the choice to adjudicate without coding."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from pipeline import adjudicators
from pipeline.errors import PipelineError
from pipeline.label_log import Conflict
from pipeline.labels import Placed
from pipeline.model import Row
from pipeline.workbench import adjudication
from pipeline.workbench.actions import now
from pipeline.workbench.adjudication import Ruling
from pipeline.workbench.agreement_views import coder_side, context, marks_of, ruling_view, segments
from pipeline.workbench.bench import Bench
from pipeline.workbench.comparison import Comparison, adjudicated, coders_of, comparison_of, contested, letters, visible, waits
from pipeline.workbench.queries import Query, address, asked, query_of
from pipeline.workbench.web import bench_of, form_of, page


def next_waiting(bench: Bench, found: Comparison, query: Query, after: str) -> Placed | None:
    """The next passage to adjudicate: of those asked for, else of all; from the start again where none is left `after` one."""
    seen = visible(bench, found)
    names = [*dict.fromkeys([*(asked(found, query) if query.group else ()), *found.of])]
    start = names.index(after) + 1 if after in names else 0
    turned = names[start:] + names[:start]
    return next((found.of[name] for name in turned if name in seen and waits(found.of[name], found.book.ids)), None)


def passage_of(bench: Bench, found: Comparison, name: str) -> Placed:
    """A passage that may be adjudicated by the coder at the bench; an error where it may not."""
    one = found.of.get(name)
    if one is None or len(coders_of(one)) < 2:
        raise PipelineError(f"{name!r} is no passage that two coders have labelled.", "Go back to the page of agreement.")
    if name not in visible(bench, found):
        raise PipelineError("You have not labelled this passage, so you may not see what others said of it.", "Label it first.")
    return one


def adjudicate_page(request: Request) -> Response:
    """One passage to decide on."""
    bench = bench_of(request)
    found, query = comparison_of(bench), query_of(request)
    wanted, after = request.query_params.get("passage", ""), request.query_params.get("after", "")
    one = passage_of(bench, found, wanted) if wanted else next_waiting(bench, found, query, after)
    return form_page(request, found, one, {}, [])


def form_page(request: Request, found: Comparison, one: Placed | None, sent: Mapping[str, str], missing: Sequence[str]) -> Response:
    """The form of a passage, with what was sent before where something is missing."""
    bench, query = bench_of(request), query_of(request)
    seen = visible(bench, found)
    left = sum(waits(other, found.book.ids) and other.passage_id in seen for other in found.placed)
    links = {"back": address(query), "action": address(query, "adjudicate"), "saved": request.query_params.get("saved", "")}
    if one is None:
        return page(request, "adjudicate.html", title="Adjudicate", passage=None, left=left, **links)
    form = {"passage": context(bench, one), "later": address(query, "adjudicate", after=one.passage_id), "sent": sent, "missing": missing}
    return page(request, "adjudicate.html", title="Adjudicate", left=left, **links, **form, **form_view(found, one))


def form_view(found: Comparison, one: Placed) -> Row:
    """What the form shows of a passage: the coders by letter, what they part and agree on, and an earlier ruling."""
    names = letters([label.coder for label in coders_of(one)], f"{found.study.seed} {one.passage_id}")
    labels = sorted(coders_of(one), key=lambda label: names[label.coder])
    marks = [mark for label in labels for mark in marks_of(label, one, names[label.coder])]
    last = adjudicated(one)
    return {
        "book": found.book, "sides": [coder_side(label, one, names[label.coder], found.book.ids) for label in labels],
        "segments": segments(one.text, marks), "contested": contested(one, found.book.ids), "agreed": adjudication.agreed(one, found.book),
        "state": adjudication.state_of(one), "submission": secrets.token_hex(16), "last": ruling_view(last) if last else None,
    }  # fmt: skip


async def adjudicate_save(request: Request) -> Response:
    """Save a ruling, then the next passage; the form again where something is missing."""
    sent = await form_of(request)
    return await run_in_threadpool(after_ruling, request, sent)


def after_ruling(request: Request, sent: Mapping[str, str]) -> Response:
    """Save a ruling and go on to the next passage, or say what keeps it from being saved."""
    bench = bench_of(request)
    found = comparison_of(bench)
    one = passage_of(bench, found, sent.get("passage", ""))
    missing = saved_or_missing(bench, found, one, sent)
    if missing:
        answer = form_page(request, found, one, sent, missing)
        answer.status_code = 422
        return answer
    return RedirectResponse(address(query_of(request), "adjudicate", saved=one.passage_id), 303)


def saved_or_missing(bench: Bench, found: Comparison, one: Placed, sent: Mapping[str, str]) -> list[str]:
    """Save what was sent; in words what is missing or has changed where it cannot be saved."""
    codes = adjudication.considered(one, found.book)
    decided = {code: sent[f"code.{code}"] == "present" for code in codes if f"code.{code}" in sent}
    reason = sent.get("reason", "").replace("\r\n", "\n")
    ruling = Ruling(decided, reason, sent.get("seen", ""), sent.get("submission", ""))
    missing = adjudication.missing_in(ruling, one, found.book)
    try:
        if not missing:
            adjudication.save(bench, one, ruling)
    except Conflict as conflict:
        missing = [f"{conflict.message} {conflict.hint}"]
    return missing


async def declare(request: Request) -> Response:
    """Take the coder at the bench for an adjudicator, who labels no more."""
    bench = bench_of(request)
    if (await form_of(request)).get("sure") != "yes":
        raise PipelineError("Say that you label no more in this study.", "Go back and tick the box.")
    await run_in_threadpool(adjudicators.declare, bench.study, bench.coder, now())
    return RedirectResponse("/agreement", 303)


ROUTES = [
    Route("/agreement/adjudicate", adjudicate_page),
    Route("/agreement/adjudicate", adjudicate_save, methods=["POST"]),
    Route("/agreement/adjudicator", declare, methods=["POST"]),
]
