"""Report: one self-contained page with the verdict, the figures and the passages behind them; the same for papers."""

from __future__ import annotations

from collections import Counter

from pipeline import store
from pipeline.config import Study
from pipeline.progress import Track, no_track
from pipeline.report import facts, figures, markdown, page


def run(study: Study, track: Track = no_track) -> Counter[str]:
    """Write report.html, report.md and figures/; counts for the log."""
    known = facts.read(study)
    sections = figures.all_figures(known)
    drawings = figures.drawn(sections)
    content = page.html(known, sections, drawings)
    store.write_text(study.outputs / "report.html", content)
    store.write_text(study.outputs / "report.md", markdown.report(known, sections))
    return Counter(bytes=len(content.encode()), figures=figures.write(study, sections, drawings))
