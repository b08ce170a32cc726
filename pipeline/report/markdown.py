"""The report as Markdown, for papers: verdict, tables, figures, methods paragraph."""

from __future__ import annotations

import html
from collections.abc import Sequence

from pipeline.model import Row
from pipeline.report import methods, quality
from pipeline.report.drawing import Column, Figure
from pipeline.report.facts import Facts
from pipeline.report.figures import Sections
from pipeline.report.rendering import written

HEADINGS = {
    "narratives": "Which narrative the words fit", "codes": "Evidence by code", "shares": "How often each code stands",
    "groups": "By group",
    "time": "Over time", "speakers": "Speakers", "documents": "Documents by code", "reliability": "Reliability",
    "sensitivity": "Sensitivity",
}  # fmt: skip
TABLES = {"narratives", "codes", "shares", "reliability", "sensitivity"}  # the other tables are long; they stand in figures/*.csv


def plain(text: str) -> str:
    """A text of others that stays text: no markup, one line, no table borders."""
    return html.escape(" ".join(str(text).split()), quote=False).replace("|", "\\|").replace("[", "\\[").replace("`", "\\`")


def table(columns: Sequence[Column], rows: Sequence[Row]) -> str:
    """A Markdown table."""
    head = [[column.head for column in columns], ["---:" if column.form else "---" for column in columns]]
    body = [[plain(written(row[column.field], column.form)) for column in columns] for row in rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in [*head, *body])


def figure(one: Figure, tabled: bool) -> str:
    """A figure, its caption and, where it is short, its table."""
    parts = [f"![{plain(one.label)}](figures/{one.name}.svg)", f"*{plain(one.title)}.* {plain(one.note)}".strip()]
    return "\n\n".join([*parts, table(one.columns, one.rows)] if tabled and one.rows else parts)


def report(facts: Facts, sections: Sections) -> str:
    """The whole report."""
    verdict, others = facts.headline["verdict"], facts.found["scopes"][1:]
    lead = [f"# {plain(facts.study.title)}", plain(facts.study.question), f"**{plain(facts.headline['words'])}** {plain(facts.standing)}"]
    lead += [f"What would decide it: {plain(verdict['would_decide'])}"] if verdict["would_decide"] else []
    lead += [f"For comparison: {plain(result['words'])} There {facts.stands(result)}." for result in others]
    body = []
    for name, figures in sections.items():
        if figures:
            body += [f"## {HEADINGS[name]}", *(figure(one, name in TABLES) for one in figures)]
    rows = quality.classifier_rows(facts)
    body += ["## Quality of the classifier", table(quality.QUALITY, rows)] if rows else []
    method = [
        "## Methods",
        plain(methods.paragraph(facts)),
        "## References",
        "\n".join(f"- {plain(one)}" for one in methods.references(facts)),
    ]
    return "\n\n".join([*lead, *body, *method]) + "\n"
