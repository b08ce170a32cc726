"""Exports at size: every form that streams, in time and memory, beside pandas writing the same table.

    python benchmarks/exports.py [--quick]

The study is made up, 48,000 passages (--quick: 4,800). Each step runs in a process of its own. Memory must not follow the
corpus: no form may take more than half as much again for four times the passages. The last line has the figures; the exit
code is 1 where a form does, or where the workbook takes over twice as long as pandas needs for its plain one.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from exchange import step

FORMS = ("csv", "xlsx", "jsonl", "parquet", "review", "labelling", "label-studio", "doccano", "cas", "web-annotation")
GROWTH, TIME = 1.5, 2.0  # the workbook has validations, links and a codebook that pandas does not write


def exporting(form: str, path: Path) -> tuple[str, ...]:
    """A program that writes one form."""
    return ("from pathlib import Path", "from pipeline import export", "from pipeline.config import load_study",
            f"export.export_to(load_study('big'), {form!r}, Path({str(path)!r}))")  # fmt: skip


def building(folder: Path, documents: int) -> tuple[str, ...]:
    """A program that makes the study up; in a process of its own, since a child's peak begins at its parent's size."""
    verdict = folder / "outputs" / "big" / "narratives.json"
    return (f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})", "from pathlib import Path", "from exchange import build",
            f"build(Path({str(folder)!r}), {documents}, 24)", "from pipeline import store",
            f"store.write_json(Path({str(verdict)!r}), {{'scopes': [], 'basis': 'made up'}})")  # fmt: skip


def pandas_writing(source: Path, path: Path) -> tuple[str, ...]:
    """A program in which pandas writes the same table, all of it in memory."""
    return ("import pandas as pd", f"pd.read_csv({str(source)!r}, low_memory=False).to_excel({str(path)!r}, index=False)")


def measured(folder: Path, documents: int) -> dict[str, tuple[float, float]]:
    """Seconds and peak megabytes of every form for a study of some documents of 24 passages."""
    step(folder, *building(folder, documents))
    found = {form: step(folder, *exporting(form, folder / f"out.{form}")) for form in FORMS}
    return {**found, "pandas": step(folder, *pandas_writing(folder / "out.csv", folder / "peer.xlsx"))}


def main() -> int:
    """Measure and judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a tenth of the size")
    documents = 200 if parser.parse_args().quick else 2000
    with tempfile.TemporaryDirectory() as small, tempfile.TemporaryDirectory() as large:
        quarter, whole = measured(Path(small), documents // 4), measured(Path(large), documents)
    growth = {form: whole[form][1] / quarter[form][1] for form in FORMS}
    ratio = whole["xlsx"][0] / whole["pandas"][0]
    for form, (seconds, megabytes) in whole.items():
        print(f"{form:<15} {seconds:6.1f} s {megabytes:6.0f} MB {f'x{growth[form]:.2f} for x4' if form in growth else ''}")
    worst = max(growth, key=lambda form: growth[form])
    print(f"passages {documents * 24}; memory grows most in {worst}: x{growth[worst]:.2f} for x4; workbook/pandas time {ratio:.2f}")
    return int(growth[worst] > GROWTH or ratio > TIME)


if __name__ == "__main__":
    sys.exit(main())
