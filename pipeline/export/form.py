"""What every export format is: a name, a file suffix, a sentence of help, and the function that writes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

from pipeline.config import Study
from pipeline.progress import Track, no_track


@dataclass(frozen=True, slots=True)
class Choices:
    """What a caller may choose beyond the format: which passages are drawn ("": as is usual for it), how many, by which seed."""

    draw: str = ""
    size: int | None = None
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: counts for the log, and what the format could not hold, a sentence each."""

    counts: Counter[str]
    losses: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Format:
    """One form of export.

    `writer`: `module:function`, relative to `pipeline.export`; the function has the
    signature of `Writer` and writes atomically. `always`: made by every run of
    the stage, as `export/codings.<suffix>`. `draws`: takes `--draw` and `--size`.
    """

    name: str
    suffix: str
    help: str
    writer: str
    always: bool = False
    draws: bool = False

    def write(self, study: Study, path: Path, choices: Choices | None = None, track: Track = no_track) -> Exported:
        """Write the study's coded corpus to `path` in this form."""
        module, function = self.writer.split(":")
        write: Writer = getattr(import_module(f".{module}", __package__), function)
        return write(study, path, choices or Choices(), track)


Writer = Callable[[Study, Path, Choices, Track], Exported]
