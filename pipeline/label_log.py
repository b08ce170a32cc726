"""One coder's file of labels as the workbench writes it: locked, synced, nothing twice, nothing lost."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline import labels, store
from pipeline.errors import PipelineError, Problem
from pipeline.labels import Label

CODER = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
UNDO = "undo:"  # begins the submission of a line that takes back the one named after it
WAIT = 10  # seconds for another process that writes the same file
Key = tuple[str, str]  # document id and SHA-256 of the passage's text


class Conflict(PipelineError):
    """Something changed since the page was loaded; `conflict` says what: label, codebook or passage."""

    def __init__(self, message: str, hint: str, conflict: str) -> None:
        super().__init__(message, hint)
        self.conflict = conflict


def key_of(label: Label) -> Key:
    """What a label speaks of."""
    return label.document_id, label.text_sha256


def checked_coder(coder: str) -> str:
    """A coder's name that can name a file and is nobody's else."""
    if not CODER.fullmatch(coder) or coder == labels.ADJUDICATED:
        hint = f"Use small letters, digits and hyphens; `{labels.ADJUDICATED}` is taken."
        raise PipelineError(f"{coder!r} cannot name a coder.", hint)
    return coder


class LabelLog:
    """A coder's labels in the order given, kept up to date with the file, which other processes may write too."""

    def __init__(self, folder: Path, coder: str, codes: Sequence[str]) -> None:
        self.path = folder / f"{coder}.jsonl"
        self.codes = codes
        self.read_until = 0
        self.history: dict[Key, list[Label]] = defaultdict(list)
        self.order: list[Label] = []
        self.submissions: dict[str, Label] = {}
        self.recovered: list[Problem] = []
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.locked():
            self.refresh()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the file against other processes; a line they left torn is mended first."""
        try:
            with FileLock(self.path.with_name(f".{self.path.stem}.lock"), timeout=WAIT):
                self.mend()
                yield
        except Timeout:
            raise PipelineError(f"{self.path} is held by another program.", "Save again in a moment.") from None

    def mend(self) -> None:
        """Set a torn last line aside and remember that."""
        aside = self.path.with_suffix(".torn")
        torn = store.mend_tail(self.path, aside)
        if torn:
            what = f"the last line was torn ({len(torn)} characters) and set aside in {aside.name}; label that passage again"
            self.recovered.append(Problem(str(self.path), 0, what, "warning", "label"))

    def refresh(self) -> None:
        """Take in lines that were added since, by whom ever."""
        if not self.path.is_file() or self.path.stat().st_size == self.read_until:
            return
        found: list[Problem] = []
        given = labels.read_file(self.path, self.codes, found)
        if found:
            raise PipelineError(f"{self.path}: {len(found)} line(s) cannot be used.", "Correct these lines.", tuple(found))
        self.history.clear()
        self.order, self.submissions = [], {}
        for label in given:
            self.take(label)
        self.read_until = self.path.stat().st_size

    def take(self, label: Label) -> None:
        """Remember one label."""
        self.history[key_of(label)].append(label)
        self.order.append(label)
        if label.submission:
            self.submissions[label.submission] = label

    def current(self, key: Key) -> Label | None:
        """The coder's last line on a passage, a withdrawn one too."""
        given = self.history.get(key)
        return given[-1] if given else None

    def standing(self) -> list[Label]:
        """The lines that no later line takes back, in order."""
        stack: list[Label] = []
        for label in self.order:
            if label.submission.startswith(UNDO):
                stack = [one for one in stack if one.submission != label.submission.removeprefix(UNDO)]
            else:
                stack.append(label)
        return stack

    def add(self, label: Label, seen: str | None) -> Label:
        """Put a label on disk; the one already there if this submission was kept before.

        `seen`: submission of the label that the coder saw on this passage when
        deciding ("" for none, or one without a name); a Conflict if another
        window has changed it since. None asks for no such check.
        """
        with self.locked():
            self.refresh()
            if label.submission in self.submissions:
                return self.submissions[label.submission]
            now = self.current(key_of(label))
            if seen is not None and (now.submission if now else "") != seen:
                raise Conflict("You labelled this passage in another window meanwhile.", "Look at both, then save again.", "label")
            self.write([label])
        return label

    def extend(self, given: Sequence[Label]) -> None:
        """Put labels on disk, all of them or none."""
        with self.locked():
            self.refresh()
            self.write(given)

    def write(self, given: Sequence[Label]) -> None:
        """Append labels; the caller holds the lock."""
        store.append_lines(self.path, (store.dumps(label.model_dump(exclude_defaults=False, mode="json")) for label in given))
        for label in given:
            self.take(label)
        self.read_until = self.path.stat().st_size
