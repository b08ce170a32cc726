"""What the search dialog asks for."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pipeline import store
from pipeline.errors import PipelineError
from pipeline.model import Row
from pipeline.workbench.bench import Bench
from pipeline.workbench.search import snippet
from pipeline.workbench.web import bench_of


def api_search(request: Request) -> Response:
    """Passages for a query: an id, a number in the plan, or words."""
    bench, query = bench_of(request), request.query_params.get("q", "").strip()[:200]
    ids, more = named(bench, query), False
    if not ids:
        ids, more = bench.haystack.find(query)
    return JSONResponse({"found": [item(bench, name, query) for name in ids], "more": more})


def named(bench: Bench, query: str) -> list[str]:
    """The passage that a query names by its number in the plan or its id."""
    if query.isdecimal() and 0 < int(query) <= len(bench.queue):
        return [bench.queue[int(query) - 1].passage_id]
    try:
        return [bench.corpus.passage(query)["id"]] if "#" in query else []
    except PipelineError:
        return []


def item(bench: Bench, passage_id: str, query: str) -> Row:
    """A passage as the list of results shows it."""
    row = bench.corpus.passage(passage_id)
    facts = bench.corpus.document(row["document_id"])
    where = " · ".join(part for part in (facts.get("title", ""), facts.get("date", ""), passage_id) if part)
    label = bench.log.current((row["document_id"], store.sha256_text(row["text"])))
    labelled = label is not None and label.status == "coded"
    return {"id": passage_id, "where": where, "labelled": labelled, "snippet": snippet(row["text"], query)}


ROUTES = [Route("/api/search", api_search)]
NAV: list[tuple[str, str]] = []
