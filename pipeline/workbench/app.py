"""The workbench's pages in one application: the only list of them."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from pipeline.errors import PipelineError
from pipeline.workbench import adjudication_pages, agreement_pages, label_pages, progress_pages, search_pages, second_look_pages
from pipeline.workbench.bench import Bench
from pipeline.workbench.security import Guard
from pipeline.workbench.web import STATIC, environment, on_error

# each has ROUTES, and NAV: (path, name) of what the navigation shows
PAGES = (label_pages, search_pages, progress_pages, second_look_pages, agreement_pages, adjudication_pages)


def create_app(bench: Bench, token: str, port: int) -> Starlette:
    """The application for one coder on one study."""
    routes: list[BaseRoute] = [Mount("/static", StaticFiles(directory=STATIC))]
    routes += [route for pages in PAGES for route in pages.ROUTES]
    guard = Middleware(Guard, token=token, port=port)
    app = Starlette(routes=routes, middleware=[guard], exception_handlers={PipelineError: on_error})
    app.state.bench = bench
    app.state.templates = environment()
    app.state.nav = [entry for pages in PAGES for entry in pages.NAV]
    return app
