"""What all pages of the workbench share: templates, answers, and errors as the page shows them."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import jinja2
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse

from pipeline.errors import PipelineError
from pipeline.workbench.bench import Bench

HERE = Path(__file__).parent
STATIC = HERE / "static"


def environment() -> jinja2.Environment:
    """Templates in which every value is escaped."""
    loader = jinja2.FileSystemLoader(HERE / "templates")
    made = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.filters["percent"] = lambda value: "n/a" if value is None else f"{value:.1%}"
    made.filters["figure"] = lambda value: "n/a" if value is None else f"{round(value, 2) + 0.0:.2f}"
    return made


def bench_of(request: Request) -> Bench:
    """The bench that a request is about."""
    bench: Bench = request.app.state.bench
    return bench


def page(request: Request, template: str, **context: Any) -> HTMLResponse:
    """A page from a template that extends base.html; `here` is its path, for the navigation."""
    shared = {"bench": bench_of(request), "study": bench_of(request).study, "nav": request.app.state.nav, "here": request.url.path}
    return HTMLResponse(request.app.state.templates.get_template(template).render(**shared, **context))


def partial(request: Request, template: str, **context: Any) -> HTMLResponse:
    """A part of a page, for a script to put in its place."""
    return HTMLResponse(request.app.state.templates.get_template(template).render(bench=bench_of(request), **context))


async def body_of(request: Request) -> dict[str, Any]:
    """The JSON object a request carries; an error where it carries something else."""
    if request.headers.get("content-type", "").split(";")[0] != "application/json":
        raise PipelineError("The request is not JSON.")
    try:
        given = await request.json()
    except (ValueError, RecursionError):
        raise PipelineError("The request is not JSON.") from None
    if not isinstance(given, dict):
        raise PipelineError("The request is no JSON object.")
    return given


async def form_of(request: Request) -> dict[str, str]:
    """The fields of a form that a page of ours posted; of a name given twice the last."""
    given = parse_qs((await request.body()).decode("utf-8", "replace"), keep_blank_values=True)
    return {name: values[-1] for name, values in given.items()}


async def on_error(request: Request, error: Exception) -> JSONResponse | HTMLResponse:
    """A user's mistake or a conflict: as JSON to scripts, as a page to people."""
    assert isinstance(error, PipelineError)
    status = 409 if getattr(error, "conflict", "") else 400
    if request.url.path.startswith("/api/"):
        said = {"message": error.message, "hint": error.hint, "conflict": getattr(error, "conflict", "")}
        return JSONResponse({**said, "problems": [str(problem) for problem in error.problems]}, status)
    answer = page(request, "error.html", title="That did not work", error=error)
    answer.status_code = status
    return answer
