"""Archives from elsewhere, read as if somebody meant harm: nothing is unpacked to disk, sizes are bounded before and while reading."""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO

from pipeline.errors import PipelineError

MEGA = 2**20
MOST_MEMBERS = 100_000
MOST_BYTES = 4096 * MEGA  # of all members
MOST_PROJECT = 1024 * MEGA  # of the project file: two hundred thousand codings take about 250 MB
MOST_TEXT = 64 * MEGA  # of one text source, which is read into memory
RATIO = 200  # text shrinks by 3 to 30; what shrinks more is a bomb
SMALL = 8 * MEGA  # members under this size may shrink as they like
HINT = "Nothing was read or written. Ask where the file comes from, or export it anew."


def refused(path: Path, why: str) -> PipelineError:
    """The error for an archive that is not safe to read."""
    return PipelineError(f"{path.name} is refused: {why}.", HINT)


class Archive:
    """A zip archive whose members have been checked; members are found whatever the case of their folder."""

    def __init__(self, path: Path, content: bytes | None = None) -> None:
        """Open the file at `path`, or `content` under that name."""
        self.path = path
        try:
            self.zip = zipfile.ZipFile(path if content is None else BytesIO(content))
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise PipelineError(f"{path} is no zip archive: {error}.", "A .qdpx is a zip archive; export it anew.") from None
        self.members: dict[str, zipfile.ZipInfo] = {}
        try:
            self.check()
        except PipelineError:
            self.zip.close()
            raise

    def check(self) -> None:
        """Refuse names that lead elsewhere, links, locked or doubled members, and sizes that fill a disk."""
        infos = self.zip.infolist()
        if len(infos) > MOST_MEMBERS:
            raise refused(self.path, f"it has {len(infos):,} members, more than {MOST_MEMBERS:,}")
        if sum(info.file_size for info in infos) > MOST_BYTES:
            raise refused(self.path, f"unpacked it is over {MOST_BYTES // MEGA:,} MB")
        for info in infos:
            if why := fault(info):
                raise refused(self.path, f"its member {info.filename!r} {why}")
            if info.is_dir():
                continue
            key = info.filename.lower()
            if key in self.members:
                raise refused(self.path, f"its member {info.filename!r} is there twice")
            self.members[key] = info

    @contextmanager
    def open(self, name: str, most: int) -> Iterator[IO[bytes]]:
        """A member open for reading; an error where it is larger than `most` bytes or broken."""
        info = self.members[name.lower()]
        if info.file_size > most:
            raise refused(self.path, f"its member {name!r} is {info.file_size / MEGA:,.0f} MB, over {most // MEGA:,} MB")
        try:
            with self.zip.open(info) as file:
                yield file
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
            raise PipelineError(f"{self.path.name}: its member {name!r} is broken ({error}).", "Export it anew.") from None

    def read(self, name: str, most: int = MOST_TEXT) -> bytes:
        """The bytes of a member."""
        with self.open(name, most) as file:
            return file.read()

    def close(self) -> None:
        """Close the file."""
        self.zip.close()


def checked(content: bytes, form: str) -> Archive:
    """The archive that a file of some form (".docx") is; a PipelineError where it is none or not safe to read."""
    return Archive(Path(f"the {form}"), content)


def fault(info: zipfile.ZipInfo) -> str:
    """What makes a member unsafe; "" where nothing does."""
    name = info.filename.replace("\\", "/")
    if name.startswith("/") or ":" in name.split("/", maxsplit=1)[0] or ".." in PurePosixPath(name).parts or "\0" in info.orig_filename:
        return "has a path that leads out of the archive"
    mode = info.external_attr >> 16
    if mode and not (stat.S_ISREG(mode) or stat.S_ISDIR(mode) or stat.S_IFMT(mode) == 0):
        return "is a link or a device"
    if info.flag_bits & 0x1:
        return "is locked with a password"
    if info.file_size > SMALL and info.file_size > RATIO * max(info.compress_size, 1):
        return f"would grow from {info.compress_size:,} to {info.file_size:,} bytes"
    return ""
