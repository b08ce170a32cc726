"""The page on which passages are labelled, and what its script asks for."""

from __future__ import annotations

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from pipeline import adjudicators
from pipeline.model import Row
from pipeline.workbench import actions, keys, lists, views
from pipeline.workbench.bench import Bench
from pipeline.workbench.web import bench_of, body_of, page

ACTIONS = (
    ("a code's key", "puts the code on or off; with words selected, marks them for it"), ("Shift + key", "unsure about that code"),
    (".", "unsure about the code touched last"), ("; then key", "reads a code's definition"), ("0", "takes all codes off"),
    ("Enter", "saves and goes on (Ctrl + Enter in the memo)"), ("n", "skips: the passage comes again at the end"),
    ("b", "back to the passage labelled before"), ("Ctrl + Z, Backspace", "takes back the last saving"), (",", "memo (Escape leaves it)"),
    ("m", "marks words without a mouse"), ("=", "more context, or less"), ("/", "finds a passage, or goes to one"),
)  # fmt: skip


def label_page(request: Request) -> Response:
    """The page itself; its script fills in the passage. Who adjudicates is sent to the page of agreement."""
    bench = bench_of(request)
    if bench.coder in adjudicators.declared(bench.study):
        return RedirectResponse("/agreement", 303)
    book = bench.book
    return page(request, "label.html", title="Label", book=book, keys=keys.assign(book.codes), actions=ACTIONS)


def code_colors(request: Request) -> Response:
    """The codes' colours as a style sheet, since the page admits no inline style."""
    rules = [f'[data-code="{code.id}"] {{ --code: {code.color}; }}' for code in bench_of(request).book.codes]
    return Response("\n".join(rules), media_type="text/css")


def next_view(bench: Bench, wanted: str = "", after: str = "", draw: bool = False) -> Row:
    """The passage to label next on the plan or another list, with the progress; no passage where all are done."""
    return shown(bench, lists.first(bench, wanted, after, draw))


def shown(bench: Bench, passage_id: str | None) -> Row:
    """A passage and the progress, as the page's script takes them."""
    return {"passage": views.passage_view(bench, passage_id) if passage_id else None, "progress": views.progress(bench)}


def api_passage(request: Request) -> Response:
    """A passage by its id, the one labelled before another, or the next one to label."""
    bench, asked = bench_of(request), request.query_params
    if "before" in asked:
        return JSONResponse(shown(bench, lists.before(bench, asked["before"])))
    return JSONResponse(
        shown(bench, asked["id"]) if "id" in asked else next_view(bench, asked.get("list", ""), asked.get("after", ""), "draw" in asked)
    )


def after_saving(bench: Bench, body: dict[str, Any]) -> Row:
    """Save, then the next passage."""
    wanted = body.pop("list", "")
    label = actions.save(bench, actions.submission_of(body))
    return {"saved": label.submission, **next_view(bench, str(wanted))}


async def api_save(request: Request) -> Response:
    """Save a label; answered only once it is on disk."""
    return JSONResponse(await run_in_threadpool(after_saving, bench_of(request), await body_of(request)))


def after_undo(bench: Bench) -> Row:
    """Take back the last saving, then show that passage."""
    undone = actions.undo(bench)
    if undone is None:
        return {"undone": ""}
    return {"undone": undone.submission, "taken": views.label_view(undone, undone.start), **shown(bench, undone.passage_id)}


async def api_undo(request: Request) -> Response:
    """Take back the last saving."""
    await body_of(request)
    return JSONResponse(await run_in_threadpool(after_undo, bench_of(request)))


ROUTES = [
    Route("/", label_page),
    Route("/codes.css", code_colors),
    Route("/api/passage", api_passage),
    Route("/api/labels", api_save, methods=["POST"]),
    Route("/api/undo", api_undo, methods=["POST"]),
]
NAV = [("/", "Label")]
