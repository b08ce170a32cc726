"""Passages whose machine codes a coder has been shown before labelling them: a label given afterwards is not blind, and says so.

`corpus/<study>/labels/plan/revealed-<coder>.jsonl`, a line a passage, only ever appended to.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pipeline import store
from pipeline.config import Study


class Revealed:
    """The ids of these passages."""

    def __init__(self, study: Study, coder: str) -> None:
        self.path: Path = study.labels / "plan" / f"revealed-{coder}.jsonl"
        self.ids = {row["id"] for _, row in store.numbered_rows(self.path)} if self.path.is_file() else set()

    def add(self, ids: Iterable[str]) -> None:
        """Remember passages that are about to be shown."""
        for name in sorted(set(ids) - self.ids):
            store.append_lines(self.path, [store.dumps({"id": name})])
            self.ids.add(name)
