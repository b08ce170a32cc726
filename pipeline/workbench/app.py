"""The workbench's pages in one application: the only list of them."""

from __future__ import annotations

from importlib import import_module

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Mount, Router
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from pipeline.errors import PipelineError
from pipeline.workbench import label_pages, progress_pages, search_pages, second_look_pages
from pipeline.workbench.bench import Bench
from pipeline.workbench.security import Guard
from pipeline.workbench.web import STATIC, environment, on_error

# Each has ROUTES, and NAV: (path, name) of what the navigation shows.
PAGES = (label_pages, search_pages, progress_pages, second_look_pages)
LATER = ("agreement_pages", "adjudication_pages")  # these import scipy, which the first page does not wait for
LATER_NAV = [("/agreement", "Agreement")]


class Later:
    """The pages of LATER, imported when one of them is first asked for."""

    def __init__(self) -> None:
        self.router: Router | None = None

    def loaded(self) -> Router:
        """Their routes."""
        return Router([route for name in LATER for route in import_module(f"pipeline.workbench.{name}").ROUTES])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request that no other page takes."""
        if self.router is None:
            self.router = await run_in_threadpool(self.loaded)
        await self.router(scope, receive, send)


def create_app(bench: Bench, token: str, port: int) -> Starlette:
    """The application for one coder on one study."""
    routes: list[BaseRoute] = [Mount("/static", StaticFiles(directory=STATIC))]
    routes += [route for pages in PAGES for route in pages.ROUTES]
    routes.append(Mount("/", Later()))
    guard = Middleware(Guard, token=token, port=port)
    app = Starlette(routes=routes, middleware=[guard], exception_handlers={PipelineError: on_error})
    app.state.bench = bench
    app.state.templates = environment()
    app.state.nav = [entry for pages in PAGES for entry in pages.NAV] + LATER_NAV
    return app
