"""What every reader of foreign files gives: labels as they would be written, and what could not be used."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline.config import Study
from pipeline.errors import Problem, UsageError
from pipeline.labels import Label


@dataclass(frozen=True, slots=True)
class Ask:
    """What the caller wants read.

    `coder`: whose labels they become; None where the file itself says. `whole`:
    the coder went through all of the text, so that what carries no code was
    looked at and has none.
    """

    coder: str | None = None
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a file brings: labels, what of it could not be used (`losses`), and what a reader should know (`notes`)."""

    labels: tuple[Label, ...] = ()
    losses: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()


Reader = Callable[[Path, Study, Ask], Proposal]


def coder_name(said: str) -> str:
    """A person's name as the name of a label file: small letters, digits, hyphens."""
    name = re.sub(r"[^\w]+", "-", said.strip().lower()).strip("-")
    if not name or name.startswith("machine"):
        raise UsageError(f"{said!r} cannot be a coder's name.", "Give a person's name with --coder.")
    return name
