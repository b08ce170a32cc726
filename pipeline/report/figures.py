"""All figures of a report, by the section they stand in, and their files for papers."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import pandas as pd

from pipeline import store
from pipeline.config import Study
from pipeline.report import quality, shares, weights
from pipeline.report.drawing import NARROW, WIDE, Figure, png, svg
from pipeline.report.facts import Facts

Sections = Mapping[str, Sequence[Figure]]
Drawn = Mapping[str, Mapping[str, str]]


def all_figures(facts: Facts) -> Sections:
    """Every figure by section; a section without data has none."""
    results = facts.found["scopes"]
    scope = facts.headline["scope"]
    subs = [code.id for code in facts.book.codes if code.parent]
    made: dict[str, list[Figure | None]] = {
        "narratives": [weights.narratives(result) for result in results],
        "codes": [weights.pushes(facts, facts.headline, narrative) for narrative in facts.ahead],
        "shares": [shares.estimates(facts, facts.book.frames, "frames"), shares.estimates(facts, subs, "sub-codes")],
        "groups": [shares.by_group(facts, name) for name in ("partner", "kind", "country")],
        "time": [
            weights.lean_by_year(facts, scope),
            weights.lean_by(facts, "period", scope),
            shares.timeline(facts),
            shares.by_group(facts, "period"),
        ],
        "speakers": [weights.lean_by(facts, "speaker", scope), shares.by_group(facts, "speaker")],
        "documents": [shares.documents(facts)],
        "reliability": [quality.agreement(facts)],
        "sensitivity": [quality.sensitivity(facts, result) for result in results],
    }
    return {section: [one for one in found if one is not None] for section, found in made.items()}


def drawn(sections: Sections) -> Drawn:
    """Every figure as SVG, for wide and for narrow screens, by its name."""
    return {one.name: {"wide": svg(one, WIDE), "narrow": svg(one, NARROW)} for found in sections.values() for one in found}


def as_csv(figure: Figure) -> str:
    """The data behind a figure."""
    out = io.StringIO()
    pd.DataFrame(figure.rows, columns=[column.field for column in figure.columns]).to_csv(out, index=False, lineterminator="\n")
    return out.getvalue()


def write(study: Study, sections: Sections, drawings: Drawn) -> int:
    """Write every figure as SVG, PNG and CSV, and remove those of an earlier run; how many."""
    folder = study.outputs / "figures"
    figures = [one for found in sections.values() for one in found]
    for path in folder.glob("*.*"):
        path.unlink()
    for one in figures:
        store.write_text(folder / f"{one.name}.svg", drawings[one.name]["wide"])
        store.write_bytes(folder / f"{one.name}.png", png(drawings[one.name]["wide"]))
        store.write_text(folder / f"{one.name}.csv", as_csv(one))
    return len(figures)
