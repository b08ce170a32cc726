"""Finding passages by their words: all texts in one string, looked through in one go."""

from __future__ import annotations

from bisect import bisect_right
from pathlib import Path
from threading import Lock

from pipeline import store

MOST = 30
SPACE = 60  # characters shown around a match


class Haystack:
    """The passages of a study, case-folded and joined; read on the first search, and again when the file is new."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lock = Lock()
        self.stamp: tuple[int, int] = (0, 0)
        self.ids: list[str] = []
        self.starts: list[int] = []
        self.text = ""

    def ready(self) -> None:
        """Read the passages where that is to be done."""
        with self.lock:
            stat = self.path.stat()
            if (stat.st_mtime_ns, stat.st_size) != self.stamp:
                self.read()
                self.stamp = (stat.st_mtime_ns, stat.st_size)

    def read(self) -> None:
        """Take in all passages."""
        self.ids, self.starts, parts, position = [], [], [], 0
        for row in store.read_jsonl(self.path):
            folded = folded_words(row["text"])
            self.ids.append(row["id"])
            self.starts.append(position)
            parts.append(folded)
            position += len(folded) + 1
        self.text = "\n".join(parts)

    def find(self, words: str, most: int = MOST) -> tuple[list[str], bool]:
        """Ids of the passages that hold these words next to each other, in reading order, and whether there are more than `most`."""
        self.ready()
        wanted, position = folded_words(words), 0
        found: list[str] = []
        while wanted and (position := self.text.find(wanted, position)) >= 0:
            place = bisect_right(self.starts, position) - 1
            if len(found) == most:
                return found, True
            found.append(self.ids[place])
            position = self.starts[place + 1] if place + 1 < len(self.starts) else len(self.text)
        return found, False


def folded_words(text: str) -> str:
    """A text without case, with one space between words."""
    return " ".join(text.casefold().split())


def snippet(text: str, words: str) -> tuple[str, str, str]:
    """What stands before a match, the match, and what stands after it, each shortened."""
    shown = " ".join(text.split())
    wanted = " ".join(words.split())
    start = shown.lower().find(wanted.lower())
    if start < 0 or not wanted:
        return shown[: 2 * SPACE], "", ""
    end = start + len(wanted)
    before = ("…" if start > SPACE else "") + shown[max(0, start - SPACE) : start]
    return before, shown[start:end], shown[end : end + SPACE] + ("…" if len(shown) > end + SPACE else "")
