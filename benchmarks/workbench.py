"""The workbench on 100,000 passages: how long it takes to open, and how long each step of a coder takes.

    python benchmarks/workbench.py [--quick]

The study is made up (--quick: 10,000 passages), 24 passages a document, a tenth labelled by another coder; the server is the real
one. A step is a saving with the next passage, a jump, or a search. The last line has the figures; the exit code is 1 where
the address takes over 3 seconds, or where half the steps of a kind take over 100 ms.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from exchange import ROOT, build

OPEN, STEP = 3.0, 0.1  # seconds
SAVINGS, JUMPS, SEARCHES = 60, 60, 20


@dataclass
class Project:
    """What the tests' `running` needs of a project."""

    folder: Path
    study_file: Path


def timed(act: Callable[[], Any]) -> float:
    """Seconds of one call."""
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def steps(bench: Any, documents: int) -> dict[str, list[float]]:
    """Seconds of every step, by kind."""
    from workbench import submission

    found: dict[str, list[float]] = {"first passage": [timed(lambda: bench.json("/api/passage"))], "save": [], "jump": [], "search": []}
    view = bench.json("/api/passage")["passage"]
    for _ in range(SAVINGS):
        start = time.perf_counter()
        view = bench.json("/api/labels", submission(view, ["threat"]))["passage"]
        found["save"].append(time.perf_counter() - start)
    for number in range(JUMPS):
        found["jump"].append(timed(lambda n=number: bench.json(f"/api/passage?id=d{n * 97 % documents:05}%23{n % 24 + 1:05}")))
    found["first search"] = [timed(lambda: bench.json("/api/search?q=with+them"))]
    for number in range(SEARCHES):
        found["search"].append(timed(lambda n=number: bench.json(f"/api/search?q=absent+words+{n}")))
    return found


def main() -> int:
    """Measure and judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a tenth of the size")
    documents = 417 if parser.parse_args().quick else 4167
    sys.path[:0] = [str(ROOT / "tests")]
    sys.modules.pop("workbench", None)  # the tests' module of that name, not this file
    from workbench import running

    with tempfile.TemporaryDirectory() as name:
        os.environ["POLICYCODE_HOME"] = name
        build(Path(name), documents, 24)
        start = time.perf_counter()
        with running(Project(Path(name), Path(name) / "corpus" / "big" / "study.yaml")) as bench:
            opened = time.perf_counter() - start
            found = steps(bench, documents)
    for kind, seconds in found.items():
        print(f"{kind:<14} median {1000 * median(seconds):6.0f} ms, longest {1000 * max(seconds):6.0f} ms of {len(seconds)}")
    middle = {kind: median(found[kind]) for kind in ("save", "jump", "search")}
    print(f"passages {documents * 24}; opens in {opened:.1f} s; " + ", ".join(f"{k} {1000 * s:.0f} ms" for k, s in middle.items()))
    return int(opened > OPEN or max(middle.values()) > STEP)


if __name__ == "__main__":
    sys.exit(main())
