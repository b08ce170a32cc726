"""Training and coding anew, in a process of its own: `python -m pipeline.workbench.rerun <study.yaml>` tells how far it is.

Each line of standard output is a JSON object: `say` (a line to show), or
`label`, `done`, `total` (how far a stage is).
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pipeline import store
from pipeline.config import Study, load_study
from pipeline.errors import PipelineError
from pipeline.progress import Item
from pipeline.runner import locked, record, run_all
from pipeline.stages import stage
from pipeline.workbench import changed

STAGES = ("tag", "train", "code", "reliability", "aggregate", "report", "export")
SELDOM = 0.2  # seconds between two lines of one stage


def tell(**said: Any) -> None:
    """One line to whoever listens."""
    print(json.dumps(said), flush=True)


def told(items: Iterable[Item], *, total: int, label: str) -> Iterator[Item]:
    """Pass items through and tell how many went by."""
    last = 0.0
    for done, item in enumerate(items):
        if time.monotonic() - last > SELDOM:
            tell(label=label, done=done, total=total)
            last = time.monotonic()
        yield item


def rerun(study: Study) -> None:
    """Run the stages that labels reach, and write down what changed."""
    said = record(study).get("source", "")
    source = Path(said) if said and Path(said).exists() else None
    with locked(study):
        changed.lay_aside(study)
        for number, name in enumerate(STAGES):
            tell(label=name, done=number, total=len(STAGES), stage=True)
            if not run_all(study, source, lambda line: tell(say=line), told, [stage(name)]):
                tell(say=f"{name:<12} up to date")
        store.write_json(changed.result_path(study), changed.comparison(study))


if __name__ == "__main__":
    try:
        rerun(load_study(sys.argv[1]))
    except PipelineError as error:
        tell(say=str(error), failed=True)
        sys.exit(1)
