"""The pages of agreement: figures by code, the disagreements behind each, and both as files."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from pipeline import adjudicators
from pipeline.agreement.panel import Group
from pipeline.errors import PipelineError
from pipeline.model import Row
from pipeline.workbench import agreement_tables, agreement_views
from pipeline.workbench.bench import Bench
from pipeline.workbench.comparison import Comparison, comparison_of, key_of, visible, waits
from pipeline.workbench.queries import address, asked, number, query_of
from pipeline.workbench.web import bench_of, page

PER_PAGE = 20
TABLES: Mapping[str, Callable[[Comparison], list[Row]]] = {
    "coefficients": agreement_tables.coefficients, "documents": agreement_tables.documents, "spans": agreement_tables.spans,
}  # fmt: skip


def agreement_page(request: Request) -> Response:
    """Figures of one group of voices: by code, over all codes, by document, and on marked words."""
    bench = bench_of(request)
    found = comparison_of(bench)
    if not found.groups:
        return page(request, "agreement.html", title="Agreement", found=found, group=None)
    group = found.group(request.query_params.get("group", ""))
    return page(request, "agreement.html", title="Agreement", found=found, **figures_of(found, group), **standing_of(bench, found))


def figures_of(found: Comparison, group: Group) -> Row:
    """All figures of a group."""
    key = key_of(group)
    spans = next((row for row in found.spans if (row["kind"], row["who"]) == (group.kind, group.who)), None)
    return {"group": group, "key": key, "rows": found.rows_of(key), "overall": found.overall_of(key),
            "documents": found.documents_of(key), "spans": spans}  # fmt: skip


def standing_of(bench: Bench, found: Comparison) -> Row:
    """What the coder at the bench may see, and how many passages wait for a ruling."""
    seen = visible(bench, found)
    waiting = sum(waits(one, found.book.ids) and one.passage_id in seen for one in found.placed)
    return {"waiting": waiting, "hidden": len(found.placed) - len(seen), "declared": bench.coder in adjudicators.declared(bench.study)}


def disagreements_page(request: Request) -> Response:
    """The passages behind a figure, voices side by side."""
    bench = bench_of(request)
    found, query = comparison_of(bench), query_of(request)
    if not found.groups:
        return RedirectResponse("/agreement", 303)
    seen = visible(bench, found)
    names = asked(found, query)
    shown = [name for name in names if name in seen]
    first = min(max(number(request.query_params.get("from", "1")), 1), max(len(shown), 1)) - 1
    group = found.group(query.group)
    passages = [agreement_views.passage_row(bench, found, group, found.of[name]) for name in shown[first : first + PER_PAGE]]
    return page(
        request, "disagreements.html", title="Disagreements", found=found, group=group, query=query, passages=passages,
        total=len(shown), hidden=len(names) - len(shown), first=first + 1, last=first + len(passages), per_page=PER_PAGE,
        address=lambda **changes: address(query, **changes),
    )  # fmt: skip


def download(request: Request) -> Response:
    """A table of the agreement pages as a file."""
    bench = bench_of(request)
    name, form = request.path_params["table"], request.path_params["form"]
    found = comparison_of(bench)
    if name not in {*TABLES, "disagreements"} or form not in {"csv", "json"}:
        raise PipelineError(f"There is no table {name}.{form}.", "Go back to the page of agreement.")
    rows = TABLES[name](found) if name in TABLES else agreement_tables.disagreements(found, visible(bench, found))
    content = agreement_tables.as_csv(rows) if form == "csv" else agreement_tables.as_json(rows, found)
    media = "text/csv; charset=utf-8" if form == "csv" else "application/json"
    attachment = {"content-disposition": f'attachment; filename="{found.study.name}-{name}.{form}"'}
    return Response(content, media_type=media, headers=attachment)


ROUTES = [
    Route("/agreement", agreement_page),
    Route("/agreement/disagreements", disagreements_page),
    Route("/agreement/download/{table}.{form}", download),
]
