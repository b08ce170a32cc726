"""The loss report: what a form of exchange could not hold, as text a reviewer can open anywhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from pipeline import store
from pipeline.errors import Problem


def write_losses(path: Path, of: str, losses: Sequence[Problem], general: Sequence[str] = ()) -> Path:
    """Write the report: what holds for all, counts by kind, then every single loss; where it is."""
    counts = Counter(loss.kind for loss in losses)
    head = [f"What could not be carried over: {of}", *general, *(f"{count:,} x {kind}" for kind, count in sorted(counts.items()))]
    store.write_text(path, "\n".join([*head, *(["", *map(str, losses)] if losses else [])]) + "\n")
    return path
