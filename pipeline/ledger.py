"""A stage's output by document: what is unchanged is copied, what is new is computed.

A data file `<stage>.jsonl` is a run of lines per document. Beside it, the
ledger `.ledger/<stage>.json` says for every document under which key its
lines were made, where they stand and what they hash to. A key is a hash of
everything the lines depend on, so a rebuild computes only documents whose key
changed. Finished documents go to a journal first; a run that was killed goes
on from there. A torn journal entry, or lines that no longer hash to what the
ledger says, are computed again.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from pipeline.errors import PipelineError
from pipeline.model import Row
from pipeline.store import atomic, dumps, missing, write_text

Made = tuple[str, Sequence[Row], Mapping[str, Any]]  # id, its rows, what else to remember of it


@dataclass(frozen=True, slots=True)
class Entry:
    """The lines of one document: key, digest, byte range, and the stage's own notes."""

    key: str
    digest: str
    start: int
    end: int
    notes: Mapping[str, Any] = field(default_factory=dict)


def digest_of(*parts: str) -> str:
    """A short hash of some texts, order kept."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def ledger_path(data: Path) -> Path:
    """Where the ledger of a data file stands."""
    return data.parent / ".ledger" / f"{data.stem}.json"


def load(data: Path) -> dict[str, Entry]:
    """The entries of a data file; none where file and ledger do not belong together."""
    try:
        stored = json.loads(ledger_path(data).read_text(encoding="utf-8"))
        if stored["bytes"] != data.stat().st_size:
            return {}
        return {name: Entry(*values) for name, values in stored["entries"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def lines_of(file: IO[bytes], entry: Entry) -> bytes | None:
    """The bytes of an entry, None where they are not what the ledger says."""
    try:
        file.seek(entry.start)
        content = file.read(entry.end - entry.start)
    except (OSError, ValueError, TypeError):
        return None
    return content if hashlib.sha256(content).hexdigest()[:32] == entry.digest else None


def damaged(data: Path) -> PipelineError:
    """The error for a data file that is not what the program wrote."""
    return PipelineError(f"{data} is damaged: it is not what its ledger says.", "Delete it and run again; only it is made anew.")


class Reader:
    """Rows of single documents out of a data file, by byte range; an error where it is missing or damaged."""

    def __init__(self, data: Path) -> None:
        if not data.is_file():
            raise missing(data)
        self.data = data
        self.entries = load(data)
        if not self.entries:
            raise damaged(data)
        self.file = data.open("rb")

    def rows(self, name: str) -> list[Row]:
        """The rows of one document."""
        content = lines_of(self.file, self.entries[name])
        if content is None:
            raise damaged(self.data)
        return [json.loads(line) for line in content.splitlines()]

    def close(self) -> None:
        """Close the data file."""
        self.file.close()


class Journal:
    """Finished documents of a run under way: a header line, then the document's lines."""

    def __init__(self, data: Path) -> None:
        self.path = data.parent / ".ledger" / f"{data.stem}.journal"
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.touch()
        self.file = self.path.open("r+b")
        self.entries = self.recover()

    def recover(self) -> dict[str, Entry]:
        """Entries of an earlier, interrupted run; whatever is torn is cut off."""
        entries: dict[str, Entry] = {}
        sound = 0
        for header in iter(self.file.readline, b""):
            try:
                name, key, digest, size, notes = json.loads(header)
                entry = Entry(key, digest, self.file.tell(), self.file.tell() + size, notes)
            except (ValueError, TypeError):
                break
            if lines_of(self.file, entry) is None:
                break
            entries[name], sound = entry, entry.end
        self.file.truncate(sound)
        self.file.seek(sound)
        return entries

    def add(self, name: str, key: str, rows: Sequence[Row], notes: Mapping[str, Any]) -> None:
        """Put one finished document on disk."""
        content = "".join(dumps(row) + "\n" for row in rows).encode("utf-8", "surrogatepass")
        digest = hashlib.sha256(content).hexdigest()[:32]
        header = dumps([name, key, digest, len(content), notes]).encode() + b"\n"
        start = self.file.tell() + len(header)
        self.file.write(header + content)
        self.entries[name] = Entry(key, digest, start, start + len(content), notes)

    def flush(self) -> None:
        """Hand what is written to the operating system."""
        self.file.flush()

    def close(self, *, delete: bool) -> None:
        """Close the journal, and remove it once its documents are in the data file."""
        self.file.close()
        if delete:
            self.path.unlink(missing_ok=True)


def current(data: Path, wanted: Mapping[str, str]) -> dict[str, Entry]:
    """Entries of the data file that still stand: the key is wanted and the lines are intact."""
    old = {name: entry for name, entry in load(data).items() if wanted.get(name) == entry.key}
    if not old:
        return {}
    with data.open("rb") as file:
        return {name: entry for name, entry in old.items() if lines_of(file, entry) is not None}


def update(
    data: Path,
    wanted: Mapping[str, str],
    make: Callable[[Sequence[str]], Iterable[Made]],
    keep: Callable[[Mapping[str, Entry]], Iterable[str]] = lambda entries: entries,
) -> tuple[dict[str, Entry], int]:
    """Bring a data file up to date; its entries (kept or not) and how many were computed.

    `wanted`: key of every document that shall be there. `make`: rows of the
    documents named, in any order. `keep`: which of them go into the file.
    """
    standing = current(data, wanted)
    journal = Journal(data)
    try:
        fresh = {n: e for n, e in journal.entries.items() if wanted.get(n) == e.key and n not in standing}
        todo = [name for name in wanted if name not in standing and name not in fresh]
        for name, rows, notes in make(todo):
            journal.add(name, wanted[name], rows, notes)
            journal.flush()
            fresh[name] = journal.entries[name]
        everything = {name: (fresh.get(name) or standing[name]) for name in wanted}
        chosen = sorted(keep(everything))
        if todo or fresh or chosen != list(load(data)):
            assemble(data, chosen, standing, fresh, journal.file)
        journal.close(delete=True)
        return everything, len(todo)
    finally:
        journal.close(delete=False)


def assemble(data: Path, names: Sequence[str], standing: Mapping[str, Entry], fresh: Mapping[str, Entry], journal: IO[bytes]) -> None:
    """Write data file and ledger: old lines from the old file, new ones from the journal."""
    entries: dict[str, Entry] = {}
    old = data.open("rb") if standing else None
    try:
        with atomic(data, "wb") as out:
            for name in names:
                entry, file = (fresh[name], journal) if name in fresh else (standing[name], old)
                assert file is not None
                content = lines_of(file, entry)
                if content is None:
                    raise OSError(f"{data} changed while it was being rebuilt; run again")
                start = out.tell()
                out.write(content)
                entries[name] = Entry(entry.key, entry.digest, start, out.tell(), entry.notes)
            size = out.tell()
    finally:
        if old:
            old.close()
    write_ledger(data, entries, size)


def write_ledger(data: Path, entries: Mapping[str, Entry], size: int) -> None:
    """Write the ledger beside its data file."""
    stored = {n: [e.key, e.digest, e.start, e.end, dict(e.notes)] for n, e in entries.items()}
    write_text(ledger_path(data), json.dumps({"bytes": size, "entries": stored}, ensure_ascii=False, sort_keys=True))


def chunks(names: Sequence[str], weights: Mapping[str, int], limit: int) -> Iterator[list[str]]:
    """Names in batches whose weights sum to about `limit` (at least one name each)."""
    batch: list[str] = []
    total = 0
    for name in names:
        batch.append(name)
        total += weights.get(name, 1)
        if total >= limit:
            yield batch
            batch, total = [], 0
    if batch:
        yield batch


def worker_count() -> int:
    """How many processes may run: POLICYCODE_JOBS, else the cores there are."""
    wanted = os.environ.get("POLICYCODE_JOBS", "") or "0"
    if not wanted.isdecimal():
        raise PipelineError(f"POLICYCODE_JOBS is {wanted!r}, no number of processes.", "Set it to 1 or more, or unset it.")
    allowed = getattr(os, "sched_getaffinity", None)  # macOS has none
    return int(wanted) or (len(allowed(0)) if allowed else os.cpu_count() or 1)
