"""Reading and writing data files: streaming, atomic, UTF-8, LF; nothing else opens them."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import jsonlines

from pipeline.errors import PipelineError, Problem
from pipeline.model import Row

SURROGATE = re.compile("[\ud800-\udfff]")


def sound(text: str) -> str:
    """A text with halves of surrogate pairs, which no file can hold, replaced by U+FFFD."""
    return SURROGATE.sub("\ufffd", text)


def dumps(value: Any) -> str:
    """One line of JSON, the same for the same value."""
    return sound(json.dumps(value, ensure_ascii=False, separators=(", ", ": ")))


def sha256_text(text: str) -> str:
    """SHA-256 of a text's UTF-8 bytes, in hex (lone surrogates kept apart)."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def sha256_file(path: Path) -> str:
    """SHA-256 of a file's bytes, in hex; "" where there is no such file."""
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sha512_file(path: Path) -> str:
    """SHA-512 of a file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha512").hexdigest()


@contextmanager
def atomic(path: Path, mode: str = "w") -> Iterator[IO[Any]]:
    """Open a temporary neighbour of `path` and rename it there only on success."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    text = {} if "b" in mode else {"encoding": "utf-8", "newline": "\n"}
    try:
        with temporary.open(mode, **text) as file:  # type: ignore[call-overload]
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def write_jsonl(path: Path, rows: Iterable[Row]) -> int:
    """Write rows one a line, atomically; how many."""
    count = 0
    with atomic(path) as file, jsonlines.Writer(file, dumps=dumps) as writer:
        for row in rows:
            writer.write(row)
            count += 1
    return count


def write_json(path: Path, value: Any) -> None:
    """Write one JSON value, indented, atomically."""
    write_text(path, json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def write_text(path: Path, text: str) -> None:
    """Write a text, atomically."""
    with atomic(path) as file:
        file.write(text)


def write_bytes(path: Path, content: bytes) -> None:
    """Write bytes, atomically."""
    with atomic(path, "wb") as file:
        file.write(content)


def append_lines(path: Path, lines: Iterable[str]) -> None:
    """Put more lines on disk, all of them or none: they are there, synced, when this returns.

    Where the disk is full or fails, what was half written is cut off again and
    a PipelineError says so. The caller holds the lock of the file.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    new = not path.exists()
    try:
        with path.open("ab", buffering=0) as file:
            append_bytes(file, "".join(f"{line}\n" for line in lines).encode())
        if new:
            sync_folder(path.parent)
    except OSError as error:
        raise PipelineError(f"{path} could not be written: {error.strerror}.", "Make room on the disk, then save again.") from None


def append_bytes(file: IO[bytes], content: bytes) -> None:
    """Append and sync; on failure the file is as long as before."""
    size = file.seek(0, os.SEEK_END)
    try:
        while content:
            content = content[file.write(content) :]
        os.fsync(file.fileno())
    except OSError:
        file.truncate(size)
        raise


def sync_folder(folder: Path) -> None:
    """Have a folder's list of files on disk, where the system can do that."""
    if hasattr(os, "O_DIRECTORY"):
        opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def mend_tail(path: Path, aside: Path) -> str:
    """End a file's last line where a crash tore it; what was torn off, "" if nothing was.

    A whole JSON object that lacks only its newline gets one. Anything else is
    first put into `aside`, which keeps all such pieces, and then cut off.
    """
    if not path.is_file():
        return ""
    with path.open("r+b") as file:
        if file.seek(0, os.SEEK_END) == 0 or (file.seek(-1, os.SEEK_END) >= 0 and file.read(1) == b"\n"):
            return ""
        file.seek(0)
        content = file.read()
        sound = content.rfind(b"\n") + 1
        torn = content[sound:]
        if is_object(torn):
            append_bytes(file, b"\n")
            return ""
        piece = torn.decode("utf-8", "replace")
        append_lines(aside, [piece])
        file.truncate(sound)
        os.fsync(file.fileno())
    return piece


def is_object(content: bytes) -> bool:
    """Whether bytes are one whole JSON object."""
    try:
        return isinstance(json.loads(content), dict)
    except (ValueError, RecursionError):
        return False


def read_json(path: Path) -> Any:
    """The JSON value of a file that this program wrote."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise missing(path) from None
    except ValueError as error:
        raise PipelineError(f"{path} is not valid JSON: {error}", "Delete it and run again.") from None


def read_jsonl(path: Path) -> Iterator[Row]:
    """Rows of a JSONL file, streamed; a broken line is named."""
    with opened(path) as file:
        try:
            yield from jsonlines.Reader(file).iter(type=dict, skip_empty=True)
        except (jsonlines.InvalidLineError, UnicodeDecodeError, RecursionError) as error:
            raise broken_line(path, getattr(error, "lineno", 0)) from None


def numbered_rows(path: Path, broken: list[Problem] | None = None) -> Iterator[tuple[int, Row]]:
    """Rows of a JSONL file that people write, with their line numbers from 1.

    A line that cannot be read is an error, or is noted in `broken` where that is given.
    """
    with opened(path, errors="surrogateescape") as file:
        for line, text in enumerate(file, 1):
            if not text.strip():
                continue
            try:
                row = json.loads(text.encode())  # encoding fails where bytes were no UTF-8
            except (ValueError, RecursionError):
                if broken is None:
                    raise broken_line(path, line) from None
                broken.append(not_json(path, line))
                continue
            yield line, row


def opened(path: Path, errors: str = "strict", newline: str | None = None) -> IO[str]:
    """A text file open for reading, or a clear error that it is not there."""
    try:
        return path.open(encoding="utf-8-sig", errors=errors, newline=newline)
    except FileNotFoundError:
        raise missing(path) from None


def not_json(path: Path, line: int) -> Problem:
    """The problem of a line that is no JSON object in UTF-8."""
    return Problem(str(path), line, "not a JSON object in UTF-8")


def broken_line(path: Path, line: int) -> PipelineError:
    """The error for a line that is no JSON object in UTF-8."""
    return PipelineError(f"{path} cannot be read.", "Mend or remove that line.", (not_json(path, line),))


def missing(path: Path) -> PipelineError:
    """The error for a file that an earlier stage should have written."""
    return PipelineError(f"{path} does not exist.", "Run `policycode run` (or `make all`) first.")
