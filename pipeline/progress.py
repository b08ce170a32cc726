"""How stages tell that long work goes on, without knowing who listens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar

Item = TypeVar("Item")


class Track(Protocol):
    """Passes items through and shows how many of `total` went by."""

    def __call__(self, items: Iterable[Item], *, total: int, label: str) -> Iterable[Item]:
        """The items, unchanged."""
        ...


def no_track(items: Iterable[Item], *, total: int, label: str) -> Iterable[Item]:
    """Show nothing."""
    return items


def bar(items: Iterable[Item], *, total: int, label: str) -> Iterator[Item]:
    """Show a bar on standard error where work takes longer than a blink."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn("  {task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(label, total=total)
        for item in items:
            yield item
            progress.advance(task)
