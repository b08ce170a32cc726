"""What every reader of foreign files gives: labels as they would be written, and what could not be used."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline.config import Study
from pipeline.errors import Problem, UsageError
from pipeline.labels import Label
from pipeline.store import sha256_text


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
    plain = unicodedata.normalize("NFKD", said).encode("ascii", "ignore").decode()
    name = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:40]
    if said.strip() and not name:  # a name in another script
        name = f"coder-{sha256_text(said.strip())[:8]}"
    if not name or said.startswith("machine:"):
        raise UsageError(f"{said!r} cannot be a coder's name.", "Give a person's name with --coder.")
    return name
