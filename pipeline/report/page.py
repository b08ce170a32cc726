"""The page: templates filled with facts; every value is escaped, and only this page's own script and style may run."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from pipeline.model import Row
from pipeline.report import drawing, evidence, methods, quality
from pipeline.report.drawing import Column
from pipeline.report.facts import NONE, Facts
from pipeline.report.figures import Sections
from pipeline.report.links import link
from pipeline.report.quotes import quotes

TEMPLATES = Path(__file__).parent / "templates"
SCRIPTS = ("passages.js", "browser.js")
ABSENT = (Column("name", "Code"), Column("level", "Expected"), Column("share", "Share of statements", "percent"),
          Column("expected", "Under the narrative", "percent"), Column("reference", "At large", "percent"))  # fmt: skip
TURNING = (Column("name", "Narrative"), Column("means", "Where"), Column("date", "From"), Column("before", "Lean before", "signed"),
           Column("after", "After", "signed"), Column("p", "p", "p"), Column("tested", ""))  # fmt: skip
HEAT = (0.0, 0.02, 0.05, 0.1, 0.2)  # shares of a document at which the heat map turns darker
FORMS = {"percent": "{:.1%}", "count": "{:,.0f}", "signed": "{:+.1f}", "figure": "{:.2f}", "p": "{:.3f}", "": "{}"}


def written(value: Any, form: str = "") -> str:
    """A figure as the page writes it; a dash for what is not known."""
    if value is None or value != value:  # NaN is not itself
        return "–"
    return FORMS[form].format(value)


def integrity(content: str) -> str:
    """The hash by which a content security policy lets one inline element run."""
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


def source(*names: str) -> Markup:
    """Our own script or style, as it stands in its files."""
    return Markup("\n".join((TEMPLATES / name).read_text(encoding="utf-8") for name in names))


def heat(row: Row, code: str) -> int:
    """How dark a document's cell is, 0 (no passage) to 5."""
    share = row["counts"].get(code, 0) / row["passages"]
    return sum(share > bar for bar in HEAT)


def turning_rows(facts: Facts) -> list[Row]:
    """The strongest change of each narrative, with where it is, and a link to what follows it."""
    return [
        {**row, "name": facts.name(row["narrative"]), "means": facts.scope(row["scope"])["means"],
         "tested": "significant" if row["significant"] else "may be chance",
         "open": link(narrative=row["narrative"], scope=row["scope"], year=f"{row['date'][:4]}-")}
        for row in facts.found["turning_points"]
    ]  # fmt: skip


def travelling(facts: Facts) -> Row:
    """What the evidence browser must know of codes and narratives."""
    names = {row["id"]: row["name"] for row in facts.headline["narratives"]}
    pulls = {row["id"]: {one["code"]: one["ratio"] for one in row["codes"]} for row in facts.headline["narratives"] if row["id"] != NONE}
    about = {code.id: [facts.code_name(code.id), " ".join(code.definition.split())] for code in facts.book.codes}
    return {"frames": facts.book.frames, "about": about, "narratives": names, "pulls": pulls}


def environment() -> jinja2.Environment:
    """Templates in which every value is escaped unless it was made safe."""
    made = jinja2.Environment(loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    made.filters.update(written=written, drawn=drawing.inline)
    made.globals.update(link=link, heat=heat, wide=drawing.WIDE, narrow=drawing.NARROW)
    return made


def html(facts: Facts, sections: Sections) -> str:
    """The whole page."""
    packed = evidence.pack(facts.study, facts.book, facts.gold, travelling(facts))
    style, script = source("report.css"), source(*SCRIPTS)
    named = {"absent_columns": ABSENT, "turning_columns": TURNING, "turning": turning_rows(facts)}
    context: dict[str, Any] = {
        "facts": facts, "study": facts.study, "book": facts.book, "found": facts.found, "headline": facts.headline, "card": facts.card,
        "figures": sections, "quotes": quotes(facts), "packed": packed, "quality": quality.classifier_rows(facts), "quality_columns": quality.QUALITY,
        "paragraph": methods.paragraph(facts), "references": methods.references(facts),
        **named, "style": style, "script": script, "style_hash": integrity(style), "script_hash": integrity(script),
    }  # fmt: skip
    templates = environment()
    templates.filters["named"] = lambda rows: [{**row, "name": facts.code_name(row["code"]), "open": link(code=row["code"])} for row in rows]
    return templates.get_template("report.html").render(context)
