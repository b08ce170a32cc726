"""Files of all forms: one of its own, a folder tree or a ZIP of them, with metadata.csv where somebody wrote one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from pipeline import forms
from pipeline.errors import Problem
from pipeline.forms import NotText
from pipeline.forms.decode import file_encoding
from pipeline.ingest import table
from pipeline.ingest.raw import Raw, Unread
from pipeline.ingest.tree import Leaf, leaves
from pipeline.store import sound

IGNORED = {"readme.md", "readme.txt", "license", "notice", ".ds_store", "thumbs.db", "desktop.ini"}
METADATA = "metadata.csv"
FILE_COLUMNS = ("file", "filename", "path")


def is_wanted(leaf: Leaf) -> bool:
    """Whether a file is one that its folder's owner put there to be read."""
    name = PurePosixPath(leaf.name)
    return name.name.lower() not in IGNORED and not name.name.startswith(".") and "__MACOSX" not in name.parts


def is_read(leaf: Leaf) -> bool:
    """Whether a file's form is one that is read, as document or table."""
    return forms.is_known(leaf.name) or leaf.suffix in table.TABLES


def read_metadata(sheet: Leaf, names: set[str], problems: list[Problem]) -> dict[str, Mapping[str, str]] | None:
    """Rows of a metadata.csv by the file below its folder they speak of, None if it cannot be read; unmatched rows are reported."""
    rows: dict[str, Mapping[str, str]] = {}
    with sheet.on_disk() as path:
        try:
            encoding = file_encoding(path)
        except NotText as error:
            problems.append(Problem(sheet.place, 0, f"cannot be read: {error}", "error", "unreadable"))
            return None
        for line, row in table.rows_of(path, encoding, sheet.place):
            if isinstance(row, Problem):
                problems.append(row)
                continue
            name = file_named(row, sheet.folder, names)
            if name in names and name not in rows:
                rows[name] = row
            else:
                what = "names {!r} again; only its first row was used" if name in rows else "names {!r}, which is not there"
                problems.append(Problem(sheet.place, line, what.format(said_file(row)), "warning", "metadata"))
    return rows


def said_file(row: Mapping[str, str]) -> str:
    """What a row of metadata.csv calls its file."""
    lower = {key.strip().lower(): value for key, value in row.items()}
    return next((lower[key] for key in FILE_COLUMNS if lower.get(key)), "")


def file_named(row: Mapping[str, str], folder: str, names: set[str]) -> str:
    """The file that a row of metadata.csv speaks of: as written, else with the one ending that is there."""
    wanted = folder + said_file(row)
    if wanted in names or f"{wanted}.txt" in names:
        return wanted if wanted in names else f"{wanted}.txt"
    alike = [name for name in names if str(PurePosixPath(name).with_suffix("")) == wanted]
    return alike[0] if len(alike) == 1 else wanted


def all_metadata(found: list[Leaf], problems: list[Problem]) -> dict[str, Mapping[str, str]]:
    """What the metadata.csv of every folder says of the files below it, the nearest first; files without a row are reported."""
    sheets = [leaf for leaf in found if PurePosixPath(leaf.name).name.lower() == METADATA]
    texts = {leaf.name: leaf.place for leaf in found if leaf not in sheets and leaf.suffix not in table.TABLES and is_read(leaf)}
    rows: dict[str, Mapping[str, str]] = {}
    for sheet in sorted(sheets, key=lambda leaf: (-leaf.name.count("/"), leaf.name)):
        below = {name for name in texts if name.startswith(sheet.folder)}
        said = read_metadata(sheet, below, problems)
        if said is None:
            continue
        rows = {**said, **rows}
        for name in sorted(below - rows.keys()):
            problems.append(Problem(texts[name], 0, f"has no row in {METADATA}", "warning", "metadata"))
    return rows


def document_id(leaf: Leaf) -> str:
    """A file's id: its path below the source; a .txt without, others with their ending, so that no new neighbour changes it."""
    return leaf.name.removesuffix(PurePosixPath(leaf.name).suffix) if leaf.suffix == ".txt" else leaf.name


def read_file(leaf: Leaf, given: Mapping[str, str]) -> Raw | Unread:
    """One document, or why it cannot be read."""
    name = document_id(leaf)
    try:
        found = forms.extract(leaf.name, leaf.content())
    except NotText as error:
        return Unread(name, Problem(leaf.place, 0, f"cannot be read: {error}", "error", "unreadable"))
    except OSError as error:
        reason = f"cannot be opened: {error.strerror or error}"
        return Unread(name, Problem(leaf.place, 0, reason, "error", "unreadable"))
    facts = {**found.given, **{key: value for key, value in given.items() if value or key not in found.given}}
    return Raw(name, found.text, facts, sound(leaf.place), 0, found.encoding, found.pages)


def read_table(leaf: Leaf, problems: list[Problem], wanted: str) -> Iterator[Raw | Unread]:
    """The rows of a table in a folder or archive."""
    with leaf.on_disk() as path:
        stem = str(PurePosixPath(leaf.name).with_suffix(""))
        yield from table.read(path, problems, wanted, leaf.place, stem)


def read(path: Path, problems: list[Problem], wanted: str = "") -> Iterator[Raw | Unread]:
    """Every text below a path; `wanted` is the column of tables that holds it."""
    found = [leaf for leaf in leaves(path, problems) if is_wanted(leaf)]
    rows = {} if path.is_file() and path.suffix.lower() != ".zip" else all_metadata(found, problems)
    texts = [leaf for leaf in found if is_read(leaf) and PurePosixPath(leaf.name).name.lower() != METADATA]
    if not texts:
        problems.append(Problem(str(path), 0, "holds no file that can be read", "warning", "empty"))
    for leaf in found:
        if leaf in texts and leaf.suffix in table.TABLES:
            yield from read_table(leaf, problems, wanted)
        elif leaf in texts:
            yield read_file(leaf, rows.get(leaf.name, {}))
        elif PurePosixPath(leaf.name).name.lower() != METADATA:
            problems.append(Problem(leaf.place, 0, f"left out: {forms.advice(leaf.name)}", "warning", "unsupported"))
