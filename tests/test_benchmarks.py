"""The benchmarks of the verdict run from a fresh clone and say their figures last."""

import subprocess
import sys

import pytest
from conftest import ROOT


@pytest.mark.parametrize(
    ("script", "arguments", "figure"),
    [("coverage.py", ["--repetitions", "2"], "corrected intervals cover"), ("planted.py", ["--repetitions", "1"], "right in strong cases"),
     ("reference.py", [], "passages drawn at random")],
)  # fmt: skip
def test_benchmark__prints_its_figures_last(script, arguments, figure):
    done = subprocess.run([sys.executable, str(ROOT / "benchmarks" / script), *arguments], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode in {0, 1} and done.stderr == ""
    assert figure in done.stdout.splitlines()[-1]
