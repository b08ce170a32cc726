"""MANIFEST.sha256: the hash of every file of a package, in the form that `sha256sum -c` reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from pipeline import store
from pipeline.errors import PipelineError, Problem

NAME = "MANIFEST.sha256"
LINE = re.compile(r"([0-9a-f]{64})  (\S.*)")
MADE_LATER = frozenset({".venv", "rebuilt", "__pycache__", NAME})


def files(folder: Path) -> Iterator[str]:
    """The files of a package, as paths with slashes, in order; not what using it makes."""
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if path.is_file() and not MADE_LATER & set(relative.parts) and not relative.parts[0].endswith(".egg-info"):
            yield relative.as_posix()


def write(folder: Path) -> int:
    """Write the manifest; how many files it names."""
    names = list(files(folder))
    store.write_text(folder / NAME, "".join(f"{store.sha256_file(folder / name)}  {name}\n" for name in names))
    return len(names)


def read(folder: Path) -> dict[str, str]:
    """The hash of every file that the manifest names."""
    path = folder / NAME
    if not path.is_file():
        raise PipelineError(f"{folder} is no replication package: there is no {NAME}.", "Call it where the archive was unpacked.")
    with store.opened(path, errors="replace") as file:
        found = [LINE.fullmatch(line.rstrip("\n")) for line in file]
    if not found or not all(found):
        raise PipelineError(f"{path} is damaged.", "Unpack the archive anew.")
    return {match[2]: match[1] for match in found if match}


def check(folder: Path) -> list[Problem]:
    """Files that are missing, changed, or not of the package."""
    named = read(folder)
    there = set(files(folder))
    missing = [Problem(name, 0, "is missing") for name in sorted(set(named) - there)]
    changed = [Problem(name, 0, "was changed") for name in sorted(there & set(named)) if store.sha256_file(folder / name) != named[name]]
    added = [Problem(name, 0, "is not of the package") for name in sorted(there - set(named))]
    return missing + changed + added
