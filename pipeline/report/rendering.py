"""How values become text: templates in which every value is escaped, and figures to their digits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja2

from pipeline.report.drawing import inline
from pipeline.report.links import link

TEMPLATES = Path(__file__).parent / "templates"
FORMS = {"percent": "{:.1%}", "count": "{:,.0f}", "signed": "{:+.1f}", "figure": "{:.2f}", "p": "{:.3f}", "": "{}"}


def written(value: Any, form: str = "") -> str:
    """A figure as reports write it; a dash for what is not known."""
    if value is None or value != value:  # NaN is not itself
        return "–"
    return FORMS[form].format(value).replace("-", "−" if form == "signed" else "-")


def counted(number: int, name: str) -> str:
    """A number with its noun."""
    return f"{number:,} {name}{'' if number == 1 else 's'}"


def environment() -> jinja2.Environment:
    """Templates; in HTML every value is escaped unless it was made safe."""
    escaped = jinja2.select_autoescape(enabled_extensions=("html",), default=False)
    loader = jinja2.FileSystemLoader(TEMPLATES)
    made = jinja2.Environment(loader=loader, autoescape=escaped, undefined=jinja2.StrictUndefined, trim_blocks=True)
    made.filters.update(written=written, counted=counted, inline=inline)
    made.globals.update(link=link)
    return made
