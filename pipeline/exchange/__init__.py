"""Coming back: files from other tools read as a coder's labels. `READERS` is the only list of what can be read."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from pipeline.config import Study
from pipeline.errors import UsageError
from pipeline.exchange.proposal import Ask, Proposal, Reader

READERS = {
    ".qdpx": "qdpx:read",
    ".qdc": "qdc:read",
    ".xlsx": "sheet:read",
    ".csv": "sheet:read",
    ".json": "label_studio:read",
    ".jsonl": "doccano:read",
}


def read(path: Path, study: Study, ask: Ask) -> Proposal:
    """The labels a file proposes for a study, by the file's type."""
    named = READERS.get(path.suffix.lower())
    if named is None:
        raise UsageError(f"{path}: no reader for {path.suffix or 'a file without a suffix'}.", f"Can be read: {', '.join(READERS)}.")
    if not path.is_file():
        raise UsageError(f"The file {path} does not exist.", "Check the path.")
    module, function = named.split(":")
    reader: Reader = getattr(import_module(f"pipeline.exchange.{module}"), function)
    return reader(path, study, ask)
