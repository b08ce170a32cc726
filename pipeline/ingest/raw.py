"""What every reader of a source form yields: a raw text, or why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.errors import Problem


@dataclass(frozen=True, slots=True)
class Raw:
    r"""A text as its source gives it, with whatever the source says of it.

    `line` is where it begins in a table (0 for a file of its own). `pages` are
    the labels of its pages, which \f and PAGE part (see `forms.Extract`).
    """

    id: str
    text: str
    given: Mapping[str, str]
    file: str
    line: int
    encoding: str
    pages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unread:
    """A text that cannot be read, and why."""

    id: str
    problem: Problem
