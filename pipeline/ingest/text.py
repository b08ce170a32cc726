"""Plain text: one .txt file, or a folder of them with an optional metadata.csv."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

from pipeline.errors import Problem
from pipeline.ingest.decode import NotText, decode
from pipeline.ingest.raw import Raw, Unread

IGNORED = {"readme.md", "readme.txt", "license", "notice", "metadata.csv", ".ds_store", "thumbs.db", "desktop.ini"}


def list_files(path: Path, problems: list[Problem]) -> list[Path]:
    """The .txt files of a folder tree, in order; whatever else lies there is reported."""
    if path.is_file():
        return [path]
    files = []
    for file in sorted(p for p in path.rglob("*") if p.is_file()):
        if file.suffix.lower() == ".txt" and file.name.lower() not in IGNORED:
            files.append(file)
        elif file.name.lower() not in IGNORED and not file.name.startswith("."):
            what = f"left out: {file.suffix or 'files without an ending'} cannot be read yet; save it as .txt"
            problems.append(Problem(str(file), 0, what, "warning", "unsupported"))
    return files


def read_metadata(folder: Path, files: list[Path], problems: list[Problem]) -> dict[str, Mapping[str, str]]:
    """Rows of metadata.csv by the file they speak of; unmatched rows and files are reported."""
    table = folder / "metadata.csv"
    if not table.is_file():
        return {}
    text, _ = decode(table.read_bytes())
    rows: dict[str, Mapping[str, str]] = {}
    names = {file.relative_to(folder).as_posix() for file in files}
    for line, row in enumerate(csv.DictReader(text.lstrip("\ufeff").splitlines()), 2):
        name = row.get("file") or row.get("filename") or row.get("path") or ""
        if name in names:
            rows[name] = row
        else:
            problems.append(Problem(str(table), line, f"names {name!r}, which is not there", "warning", "metadata"))
    for name in sorted(names - rows.keys()):
        problems.append(Problem(str(folder / name), 0, "has no row in metadata.csv", "warning", "metadata"))
    return rows


def read_file(file: Path, document_id: str, given: Mapping[str, str]) -> Raw | Unread:
    """One text file, or why it cannot be read."""
    try:
        text, encoding = decode(file.read_bytes())
    except NotText as error:
        return Unread(document_id, Problem(str(file), 0, f"cannot be read: {error}", "error", "unreadable"))
    except OSError as error:
        reason = f"cannot be opened: {error.strerror}"
        return Unread(document_id, Problem(str(file), 0, reason, "error", "unreadable"))
    return Raw(document_id, text, given, str(file), 0, encoding)


def read(path: Path, problems: list[Problem]) -> Iterator[Raw | Unread]:
    """Every text below a path."""
    folder = path if path.is_dir() else path.parent
    files = list_files(path, problems)
    rows = read_metadata(folder, files, problems) if path.is_dir() else {}
    for file in files:
        name = file.relative_to(folder).as_posix()
        yield read_file(file, name.removesuffix(file.suffix), rows.get(name, {}))
