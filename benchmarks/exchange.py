"""REFI-QDA at size: 2,000 documents with 200,000 codings out and in, in time and memory, beside pyrefiqda on the same file.

    python benchmarks/exchange.py [--quick]

The study is made up. Each step runs in a process of its own, so that its peak memory is its own. The last line has the
figures; the exit code is 1 where an export takes over five minutes of processor time or 500 MB, or where the same state gives other bytes.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SECONDS, MEGABYTES = 300, 500
STUDY = """name: big
title: A made-up study
question: How large may a study be?
roles:
  self: {name: Norland, aliases: [Norland], speaks: true}
  partner: {name: Sudland, aliases: [Sudland]}
  adversary: {name: Ostland, aliases: [Ostland]}
"""
WORDS = ("they", "plot against us", "and we trade", "with them", "for gain", "while our values", "hold”—", "naïve", "危险", "\U0001f6e1")
FACTS = {"country": "Norland", "kind": "speech", "language": "en", "source": "made up"}


def build(home: Path, documents: int, passages: int) -> None:
    """Write a coded study: each passage has two codes by the model and two rule hits, a tenth has a hand label with two codes."""
    sys.path[:0] = [str(ROOT / "tests")]
    from coded import passage_coding, write_stage
    from labelling import label_row

    from pipeline import codebook, store
    from pipeline.config import load_study
    from pipeline.model import Document, Hit, Passage, to_row

    draw = random.Random(1)
    (home / "codebook").symlink_to(ROOT / "codebook")
    store.write_text(home / "corpus" / "big" / "study.yaml", STUDY)
    study = load_study(str(home / "corpus" / "big" / "study.yaml"))
    book = codebook.load(study.codebook_folder)
    made: dict[str, dict[str, list[object]]] = {"documents": {}, "passages": {}, "codings": {}}
    labels = []
    for number in range(documents):
        name = f"d{number:05}"
        texts = [" ".join(draw.choices(WORDS, k=30)) + ".\n" for _ in range(passages)]
        text, start = "".join(texts), 0
        facts = FACTS | {"title": f"Speech {number}", "speaker": f"Speaker {number % 40}", "date": f"19{number % 90 + 10}-03-01"}
        made["documents"][name] = [Document(name, **facts, text=text, sha256=store.sha256_text(text))]
        made["passages"][name], made["codings"][name] = [], []
        for index, part in enumerate(texts, 1):
            passage = Passage(f"{name}#{index:05}", name, start, start + len(part), part)
            start += len(part)
            codes = draw.sample(book.ids, 2)
            hits = [Hit(10 * i, 10 * i + 8, code, f"{code}.rule") for i, code in enumerate(codes)]
            made["passages"][name].append(passage)
            made["codings"][name].append(passage_coding(book, passage, codes, hits))
            if draw.random() < 0.1:
                labels.append(label_row(to_row(passage), "zoe", codes, book.ids))
    for stage, rows in made.items():
        write_stage(study, stage, rows)
    store.write_jsonl(study.labels / "zoe.jsonl", labels)


def step(home: Path, *code: str) -> tuple[float, float]:
    """Processor seconds and peak megabytes of a Python program in a process of its own."""
    report = "import json, resource as r; u = r.getrusage(r.RUSAGE_SELF); print(json.dumps([u.ru_utime + u.ru_stime, u.ru_maxrss / 1024]))"
    environment = {**os.environ, "POLICYCODE_HOME": str(home), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", "\n".join([*code, report])]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=home, check=True)
    seconds, megabytes = json.loads(done.stdout.splitlines()[-1])
    return seconds, megabytes


def exporting(path: Path) -> tuple[str, ...]:
    """A program that exports the study."""
    return ("from pathlib import Path", "from pipeline import export", "from pipeline.config import load_study",
            f"export.export_to(load_study('big'), 'qdpx', Path({str(path)!r}))")  # fmt: skip


def reading(path: Path) -> tuple[str, ...]:
    """A program that reads the project back and finds nothing new."""
    return ("from pathlib import Path", "from pipeline import exchange", "from pipeline.config import load_study",
            "from pipeline.exchange.proposal import Ask",
            f"assert exchange.read(Path({str(path)!r}), load_study('big'), Ask()).labels == ()")  # fmt: skip


def peer(path: Path, home: Path) -> tuple[str, ...]:
    """A program in which pyrefiqda loads the project and saves it."""
    return ("from pyrefiqda.refiproject import RefiProject", f"p = RefiProject.load({str(path)!r}, extract_dir={str(home / 'x')!r})",
            f"RefiProject.save(p, {str(home / 'peer.qdpx')!r}, {str(home / 'x' / 'sources')!r})")  # fmt: skip


def main() -> int:
    """Measure and judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a tenth of the size")
    documents = 200 if parser.parse_args().quick else 2000
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        step(home, "import sys", f"sys.path.insert(0, {str(ROOT / 'benchmarks')!r})", "from pathlib import Path", "import exchange",
             f"exchange.build(Path({folder!r}), {documents}, 24)")  # fmt: skip
        first, second = home / "a.qdpx", home / "b.qdpx"
        out, out_memory = step(home, *exporting(first))
        step(home, *exporting(second))
        same = first.read_bytes() == second.read_bytes()
        back, back_memory = step(home, *reading(first))
        other, other_memory = step(home, *peer(first, home))
        size = first.stat().st_size / 2**20
    figures = [
        f"documents {documents}, out {out:.0f} s {out_memory:.0f} MB, in {back:.0f} s {back_memory:.0f} MB, file {size:.0f} MB",
        f"pyrefiqda load and save {other:.0f} s {other_memory:.0f} MB",
        f"out/pyrefiqda time {out / other:.2f} memory {out_memory / other_memory:.2f}",
        f"same bytes {same}",
    ]
    print("; ".join(figures))
    return int(out > SECONDS or out_memory > MEGABYTES or not same)


if __name__ == "__main__":
    sys.exit(main())
