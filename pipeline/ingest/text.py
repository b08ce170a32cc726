"""Plain text: one .txt file, or a folder of them with an optional metadata.csv."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from pipeline.errors import Problem
from pipeline.ingest.decode import NotText, decode, file_encoding
from pipeline.ingest.raw import Raw, Unread
from pipeline.ingest.table import rows_of
from pipeline.store import sound

IGNORED = {"readme.md", "readme.txt", "license", "notice", "metadata.csv", ".ds_store", "thumbs.db", "desktop.ini"}
FILE_COLUMNS = ("file", "filename", "path")


def list_files(path: Path, problems: list[Problem]) -> list[Path]:
    """The .txt files of a folder tree, in order; whatever else lies there is reported."""
    if path.is_file():
        return [path]
    files = []
    for file in sorted(p for p in path.rglob("*") if p.is_symlink() or p.is_file()):
        if file.name.lower() in IGNORED or file.name.startswith("."):
            continue
        if file.is_dir():
            problems.append(Problem(str(file), 0, "left out: links to folders are not followed", "warning", "unsupported"))
        elif file.suffix.lower() == ".txt":
            files.append(file)
        else:
            what = f"left out: {file.suffix or 'files without an ending'} cannot be read yet; save it as .txt"
            problems.append(Problem(str(file), 0, what, "warning", "unsupported"))
    return files


def read_metadata(folder: Path, files: list[Path], problems: list[Problem]) -> dict[str, Mapping[str, str]]:
    """Rows of metadata.csv by the file they speak of; unmatched rows and files are reported."""
    table = folder / "metadata.csv"
    if not table.is_file():
        return {}
    try:
        encoding = file_encoding(table)
    except NotText as error:
        problems.append(Problem(str(table), 0, f"cannot be read: {error}", "error", "unreadable"))
        return {}
    rows: dict[str, Mapping[str, str]] = {}
    names = {file.relative_to(folder).as_posix() for file in files}
    for line, row in rows_of(table, encoding):
        if isinstance(row, Problem):
            problems.append(row)
            continue
        name = file_named(row)
        name = name if name in names else f"{name}.txt"
        if name in names and name not in rows:
            rows[name] = row
        else:
            what = "names {!r} again; only its first row was used" if name in rows else "names {!r}, which is not there"
            problems.append(Problem(str(table), line, what.format(file_named(row)), "warning", "metadata"))
    for name in sorted(names - rows.keys()):
        problems.append(Problem(str(folder / name), 0, "has no row in metadata.csv", "warning", "metadata"))
    return rows


def file_named(row: Mapping[str, str]) -> str:
    """The file that a row of metadata.csv speaks of."""
    lower = {key.strip().lower(): value for key, value in row.items()}
    return next((lower[key] for key in FILE_COLUMNS if lower.get(key)), "")


def read_file(file: Path, document_id: str, given: Mapping[str, str]) -> Raw | Unread:
    """One text file, or why it cannot be read."""
    try:
        text, encoding = decode(file.read_bytes())
    except NotText as error:
        return Unread(document_id, Problem(str(file), 0, f"cannot be read: {error}", "error", "unreadable"))
    except OSError as error:
        reason = f"cannot be opened: {error.strerror}"
        return Unread(document_id, Problem(str(file), 0, reason, "error", "unreadable"))
    return Raw(document_id, text, given, sound(str(file)), 0, encoding)


def read(path: Path, problems: list[Problem]) -> Iterator[Raw | Unread]:
    """Every text below a path."""
    folder = path if path.is_dir() else path.parent
    files = list_files(path, problems)
    rows = read_metadata(folder, files, problems) if path.is_dir() else {}
    if not files:
        problems.append(Problem(str(path), 0, "holds no .txt file", "warning", "empty"))
    for file in files:
        name = file.relative_to(folder).as_posix()
        yield read_file(file, name.removesuffix(file.suffix), rows.get(name, {}))
