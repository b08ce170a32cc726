"""The page on which passages are labelled, and what its script asks for."""

from __future__ import annotations

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pipeline.model import Row
from pipeline.workbench import actions, keys, views
from pipeline.workbench.bench import Bench
from pipeline.workbench.web import bench_of, body_of, page


def label_page(request: Request) -> Response:
    """The page itself; its script fills in the passage."""
    bench = bench_of(request)
    book = bench.book
    return page(request, "label.html", title="Label", book=book, keys=keys.assign(book.codes))


def code_colors(request: Request) -> Response:
    """The codes' colours as a style sheet, since the page admits no inline style."""
    rules = [f'[data-code="{code.id}"] {{ --code: {code.color}; }}' for code in bench_of(request).book.codes]
    return Response("\n".join(rules), media_type="text/css")


def next_view(bench: Bench) -> Row:
    """The passage to label next, with the progress; no passage where all are done."""
    bench.ensure_round()
    left = bench.open_ones()
    return shown(bench, left[0].passage_id if left else None)


def shown(bench: Bench, passage_id: str | None) -> Row:
    """A passage and the progress, as the page's script takes them."""
    return {"passage": views.passage_view(bench, passage_id) if passage_id else None, "progress": views.progress(bench)}


def api_passage(request: Request) -> Response:
    """A passage by its id, or the next one to label."""
    bench = bench_of(request)
    wanted = request.query_params.get("id", "")
    return JSONResponse(shown(bench, wanted) if wanted else next_view(bench))


def after_saving(bench: Bench, body: dict[str, Any]) -> Row:
    """Save, then the next passage."""
    label = actions.save(bench, actions.submission_of(body))
    return {"saved": label.submission, **next_view(bench)}


async def api_save(request: Request) -> Response:
    """Save a label; answered only once it is on disk."""
    return JSONResponse(await run_in_threadpool(after_saving, bench_of(request), await body_of(request)))


def after_undo(bench: Bench) -> Row:
    """Take back the last saving, then show that passage."""
    undone = actions.undo(bench)
    return {"undone": undone.submission if undone else "", **shown(bench, undone.passage_id if undone else None)}


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
