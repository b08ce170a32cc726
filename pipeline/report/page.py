"""The page: templates filled with facts; every value is escaped, and only this page's own script and style may run."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence

from markupsafe import Markup

from pipeline.model import Row
from pipeline.report import evidence, methods, quality
from pipeline.report.drawing import columns
from pipeline.report.facts import NONE, Facts
from pipeline.report.figures import Drawn, Sections
from pipeline.report.links import link
from pipeline.report.quotes import quotes
from pipeline.report.rendering import TEMPLATES, environment

LIMIT = 4_900_000  # bytes of the page; what figures and tables leave is for passages
SCRIPTS = ("passages.js", "browser.js")
MOVING = columns(
    "name | Code",
    "push | Decibans | signed",
    "share | Share of statements | percent",
    "reference | At large | percent",
    "level | The narrative",
)
ABSENT = columns("name | Code", "level | The narrative", "share | Share of statements | percent",
          "expected | Under the narrative | percent", "reference | At large | percent")  # fmt: skip
TURNING = columns("name | Narrative", "means | Where", "date | From", "before | Lean before | signed",
           "after | After | signed", "p | p | p", "tested | Test")  # fmt: skip
HEAT = (0.0, 0.02, 0.05, 0.1, 0.2)  # shares of a document at which the heat map turns darker
LEVELS = {"strong": "expects it often", "some": "expects it", "little": "expects it seldom", "against": "excludes it", "": "is silent"}


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


def coded(facts: Facts, rows: Sequence[Row], narrative: str) -> list[Row]:
    """Rows about codes of a narrative with the codes' names, what it expects of them, and the addresses of their passages."""
    scope = facts.headline["scope"]
    return [
        {
            **row,
            "name": facts.code_name(row["code"]),
            "level": LEVELS[row["level"]],
            "open": link(code=row["code"], narrative=narrative, scope=scope),
        }
        for row in rows
    ]


def html(facts: Facts, sections: Sections, drawn: Drawn) -> str:
    """The whole page."""
    style, script = source("report.css"), source(*SCRIPTS)
    context: Row = {
        "facts": facts, "study": facts.study, "book": facts.book, "found": facts.found, "headline": facts.headline, "card": facts.card,
        "figures": sections, "drawn": drawn, "quotes": quotes(facts),
        "quality": quality.classifier_rows(facts), "quality_columns": quality.QUALITY, "moving": MOVING, "absent": ABSENT,
        "turning": turning_rows(facts), "turning_columns": TURNING,
        "heat": heat, "coded": coded,
        "paragraph": methods.paragraph(facts), "references": methods.references(facts),
        "style": style, "script": script, "style_hash": integrity(style), "script_hash": integrity(script),
    }  # fmt: skip
    template = environment().get_template("report.html")
    size = len(template.render(context, packed=evidence.NOTHING).encode())
    packed = evidence.pack(facts.study, facts.book, facts.gold, travelling(facts), LIMIT - size)
    return template.render(context, packed=packed)
