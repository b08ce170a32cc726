"""What lies at a source: the files of a folder tree, ZIP archives opened in memory, never unpacked."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pipeline.archive import MEGA, Archive
from pipeline.errors import PipelineError, Problem

MOST = 512 * MEGA  # bytes of one member, which is read into memory
DEEPEST = 3  # archives in archives


@dataclass(frozen=True, slots=True)
class Leaf:
    """One file: its path below the source, what problems call it, where it lies (None in an archive), its bytes."""

    name: str
    place: str
    path: Path | None
    content: Callable[[], bytes]

    @property
    def suffix(self) -> str:
        """The ending in small letters."""
        return PurePosixPath(self.name).suffix.lower()

    @property
    def folder(self) -> str:
        """The folder's path below the source with its last "/"; "" at the top."""
        return self.name[: self.name.rfind("/") + 1]

    @contextmanager
    def on_disk(self) -> Iterator[Path]:
        """The file as a path, for readers that stream; a copy where it lies in an archive."""
        if self.path is not None:
            yield self.path
            return
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / f"member{self.suffix}"
            copy.write_bytes(self.content())
            yield copy


def leaves(path: Path, problems: list[Problem]) -> Iterator[Leaf]:
    """All files at a path in order of their names, archives opened; what cannot be followed is reported."""
    if path.is_file():
        top = path.parent
        files = [path]
    else:
        top = path
        files = sorted(file for file in path.rglob("*") if file.is_symlink() or file.is_file())
    for file in files:
        if file.is_dir():
            problems.append(Problem(str(file), 0, "left out: links to folders are not followed", "warning", "unsupported"))
            continue
        leaf = Leaf(file.relative_to(top).as_posix(), str(file), file, file.read_bytes)
        if leaf.suffix == ".zip" and not file.name.startswith("."):
            yield from members(leaf, "" if file == path else f"{leaf.name}/", problems)
        else:
            yield leaf


def members(leaf: Leaf, prefix: str, problems: list[Problem], depth: int = 1) -> Iterator[Leaf]:
    """The files of an archive, those of archives in it too; an archive that is not safe to read is reported, and none of it read."""
    try:
        if depth > DEEPEST:
            raise PipelineError(f"it lies in {DEEPEST} archives; unpack it first")
        archive = Archive(Path(leaf.place), None if leaf.path else leaf.content())
    except (PipelineError, OSError) as error:
        said = error.message if isinstance(error, PipelineError) else str(error)
        problems.append(Problem(leaf.place, 0, f"cannot be read: {said}", "error", "unreadable"))
        return
    for info in sorted(archive.members.values(), key=lambda info: info.filename):
        name = info.filename.replace("\\", "/")
        inner = Leaf(prefix + name, f"{leaf.place}/{name}", None, lambda key=info.filename: content_of(archive, key))  # type: ignore[misc]
        if inner.suffix == ".zip":
            yield from members(inner, f"{inner.name}/", problems, depth + 1)
        else:
            yield inner


def content_of(archive: Archive, name: str) -> bytes:
    """A member's bytes; OSError where it is too large or broken."""
    try:
        return archive.read(name, MOST)
    except PipelineError as error:
        raise OSError(error.message) from None
