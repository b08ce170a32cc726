"""What lies at a source, told by names, sizes and times, without reading it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.ledger import digest_of


def signature(paths: Sequence[Path]) -> str:
    """A hash of every file below some paths: name, size, time of last change."""
    lines = []
    for top in paths:
        files = sorted(p for p in top.rglob("*") if p.is_file()) if top.is_dir() else [top] if top.exists() else []
        for file in files:
            facts = file.stat()
            lines.append(f"{file}\t{facts.st_size}\t{facts.st_mtime_ns}")
    return digest_of(*lines)
