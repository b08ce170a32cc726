"""A hash of the program's own text, so that a changed rule of computation rebuilds what it made."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent
PROGRAM = {".py", ".html", ".css", ".js", ".md"}  # templates are program too


@cache
def code_hash(*modules: str) -> str:
    """SHA-256 over the source and templates of some modules or packages of `pipeline`, by dotted name."""
    digest = hashlib.sha256()
    for module in modules:
        path = ROOT.joinpath(*module.split(".")[1:])
        files = sorted(f for f in path.rglob("*.*") if f.suffix in PROGRAM) if path.is_dir() else [path.with_suffix(".py")]
        for file in files:
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]
