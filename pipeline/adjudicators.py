"""Who has chosen to adjudicate a study without coding it, and so may see codes of passages they have not labelled.

`corpus/<study>/labels/plan/adjudicators.jsonl`, a line a person, only ever
appended to: labels they gave afterwards would not be blind.
"""

from __future__ import annotations

from pathlib import Path

from filelock import FileLock

from pipeline import store
from pipeline.config import Study


def path_of(study: Study) -> Path:
    """Where they are listed."""
    return study.labels / "plan" / "adjudicators.jsonl"


def declared(study: Study) -> frozenset[str]:
    """The names of a study's adjudicators."""
    path = path_of(study)
    return frozenset(row["name"] for _, row in store.numbered_rows(path)) if path.is_file() else frozenset()


def declare(study: Study, name: str, time: str) -> None:
    """Put a name on the list, once."""
    path = path_of(study)
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_name(".adjudicators.lock")):
        if name not in declared(study):
            store.append_lines(path, [store.dumps({"name": name, "time": time})])
