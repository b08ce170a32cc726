"""The page of labels to look at again, since the codebook changed."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pipeline.workbench.second_look import UNKNOWN, looks, word_changes
from pipeline.workbench.web import bench_of, page


def second_look_page(request: Request) -> Response:
    """What changed in each definition, and the labels given under the older one."""
    bench = bench_of(request)
    found = looks(bench)
    unknown = found.pop(UNKNOWN, None)
    rows = [
        {"code": bench.book.code(code), "look": look,
         "pieces": word_changes(look.change.then, look.change.now) if look.change and look.change.then is not None else None}
        for code, look in found.items()
    ]  # fmt: skip
    return page(request, "second_look.html", title="Second look", rows=rows, unknown=unknown, book=bench.book)


ROUTES = [Route("/second-look", second_look_page)]
NAV = [("/second-look", "Second look")]
