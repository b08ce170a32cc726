"""What can go wrong for a user, as values: one error type, one problem record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing a user should know about one place of the input.

    `error`: something asked for could not be used. `warning`: it was left out
    or doubted for a stated reason. `note`: it was used after mending.
    """

    file: str
    line: int
    message: str
    severity: Severity = "error"
    kind: str = "other"

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.message}"


class PipelineError(Exception):
    """A user's mistake or a missing thing: what is wrong, what to do, where."""

    def __init__(self, message: str, hint: str = "", problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.problems = problems

    def __str__(self) -> str:
        lines = [self.message, *(f"  {problem}" for problem in self.problems)]
        return "\n".join(lines + ([f"Hint: {self.hint}"] if self.hint else []))


class UsageError(PipelineError):
    """A call that cannot be understood (exit code 2)."""
