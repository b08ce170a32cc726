"""Where passages to label may go, by the suffix of a file's name."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from pipeline.errors import UsageError
from pipeline.export.drawing import Drawing
from pipeline.export.form import Exported

Outlet = Callable[[Path, Drawing], Exported]
OUTLETS = {".xlsx": "review", ".csv": "review", ".json": "label_studio", ".jsonl": "doccano"}


def outlet(path: Path) -> Outlet:
    """What writes passages to label in the form that a file's name tells."""
    module = OUTLETS.get(path.suffix.lower())
    if module is None:
        raise UsageError(f"{path}: passages to label cannot be written in that form.", f"Name a file with {', '.join(OUTLETS)}.")
    write: Outlet = import_module(f"pipeline.export.{module}").write_drawing
    return write
