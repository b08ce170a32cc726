"""The retraining under way: starts it, listens to it, knows how it ended."""

from __future__ import annotations

import json
import subprocess
import sys
from threading import Lock, Thread

from pipeline.config import Study
from pipeline.model import Row


class Retrain:
    """At most one retraining at a time, in a process of its own so that pages stay quick."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self.lock = Lock()
        self.state = "idle"  # idle, running, done, failed
        self.lines: list[str] = []
        self.step: Row = {"label": "", "done": 0, "total": 1}
        self.stage: Row = self.step

    def start(self) -> None:
        """Begin, unless it has begun."""
        with self.lock:
            if self.state == "running":
                return
            self.state, self.lines = "running", []
        command = [sys.executable, "-m", "pipeline.workbench.rerun", str(self.study.file)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8")
        Thread(target=self.listen, args=(process,), daemon=True).start()

    def listen(self, process: subprocess.Popen[str]) -> None:
        """Take in what it tells until it ends."""
        assert process.stdout is not None
        for line in process.stdout:
            self.take(line)
        self.state = "done" if process.wait() == 0 else "failed"

    def take(self, line: str) -> None:
        """One line: progress, or something to show."""
        try:
            said = json.loads(line)
        except ValueError:
            said = {"say": line.rstrip()}
        if "say" in said:
            self.lines.append(said["say"])
        elif said.get("stage"):
            self.stage = self.step = said
        else:
            self.step = said

    def view(self) -> Row:
        """How far it is."""
        return {"state": self.state, "lines": self.lines[-200:], "stage": self.stage, "step": self.step}
