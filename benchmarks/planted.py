"""Planted truth: corpora composed so that one narrative is true, coded with measured errors; whether the verdict finds it.

Of the coded passages of a corpus a share (the strength) is drawn from hand-coded passages that carry a code the
narrative expects strongly and none it expects little of or speaks against, each such code equally often; the rest from passages drawn at
random from policy discourse. Codes nobody has met yet are passages made of that code and its frame. The machine then
misreads every passage at the rates of the shipped model's card, labels are drawn as for a study, and the whole chain
from correction to verdict runs. Null corpora: discourse at large alone, and all narratives at once.

    python benchmarks/planted.py [--repetitions 100] [--quick]
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass

import numpy as np
from hand_labels import ROOT, hand_coded

from pipeline import codebook, store
from pipeline.codebook import Codebook
from pipeline.coded import Coded, with_bare_frames
from pipeline.correction import Design
from pipeline.evidence import sensitivity
from pipeline.evidence.decide import Bars, Verdict, decide, doubts
from pipeline.evidence.mixes import Model
from pipeline.evidence.weights import Statements, weigh
from pipeline.shares import Correction, Stretch

STRENGTHS = {"faint": 0.1, "weak": 0.25, "clear": 0.5, "strong": 0.75}
DOCUMENTS, PASSAGES, CODED, LABELS = 60, 30, 0.35, 300
DWELLING = 8.0  # how closely documents keep to the corpus's strength (beta concentration)
ELSEWHERE = 0.5  # how far error rates of a new corpus are from the measured ones (standard deviation of their logarithms)
GOALS = {"right in strong cases": (0.95, 1.0), "undecided in null cases": (0.90, 1.0), "confident and wrong": (0.0, 0.02)}


@dataclass(frozen=True)
class Pool:
    """Hand-coded passages to compose from: each narrative's own, by strongly expected code, and those drawn at random."""

    own: dict[str, list[np.ndarray]]
    at_large: np.ndarray


def pool_of(book: Codebook) -> Pool:
    """What each narrative's passages are: they carry a strongly expected code and none that it expects little of or speaks against."""
    codes, random = hand_coded(book)
    coded = codes.any(axis=1)
    own = {}
    for narrative in book.narratives:
        unexpected = [book.ids.index(code) for code, level in narrative.expects.items() if level in {"little", "against"}]
        clean = codes[coded & ~codes[:, unexpected].any(axis=1)]
        strong = [book.ids.index(code) for code, level in narrative.expects.items() if level == "strong"]
        own[narrative.id] = [clean[clean[:, i] == 1] if (clean[:, i] == 1).any() else made_up(book, i) for i in strong]
    return Pool(own, codes[coded & random])


def made_up(book: Codebook, column: int) -> np.ndarray:
    """A passage that carries one code and the frame it implies."""
    row = np.zeros((1, len(book.ids)))
    row[0, column] = 1
    if frame := book.implied(book.ids[column]):
        row[0, book.ids.index(frame)] = 1
    return row


def error_rates(book: Codebook) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of each code the machine's hits among passages with it, its false alarms among the rest, and its precision (shipped card)."""
    card = {row["code"]: row for row in store.read_json(ROOT / "models" / "base" / "card.json")["quality"]}
    recall = np.array([card[code]["recall"] or 0.0 for code in book.ids])
    precision = np.array([card[code]["precision"] or 0.05 for code in book.ids])
    share = np.array([card[code]["positives"] / card[code]["labels"] for code in book.ids])
    alarms = recall * share * (1 - precision) / np.maximum(precision, 0.01) / (1 - share)
    return recall, np.minimum(alarms, 0.2), precision


def compose(book: Codebook, pool: Pool, narratives: list[str], strength: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """True codes of a corpus's passages, and the document of each."""
    document = np.repeat(np.arange(DOCUMENTS), PASSAGES)
    lean = rng.beta(strength * DWELLING, (1 - strength) * DWELLING, DOCUMENTS) if strength else np.zeros(DOCUMENTS)
    truth = np.zeros((len(document), len(book.ids)))
    for i in np.flatnonzero(rng.random(len(document)) < CODED):
        rows = pool.at_large
        if rng.random() < lean[document[i]]:
            of_code = pool.own[narratives[rng.integers(len(narratives))]]
            rows = of_code[rng.integers(len(of_code))]
        truth[i] = rows[rng.integers(len(rows))]
    return truth, document


def coded_by_machine(book: Codebook, truth: np.ndarray, document: np.ndarray, rng: np.random.Generator) -> Coded:
    """The corpus as a classifier would code it whose errors are not quite those measured; it knows only its usual precision and misses."""
    recall, alarms, precision = error_rates(book)
    alarms = alarms * np.exp(ELSEWHERE * rng.standard_normal(len(alarms)))
    recall = recall ** np.exp(ELSEWHERE * rng.standard_normal(len(recall)))
    said = rng.random(truth.shape) < np.where(truth == 1, recall, alarms)
    missed = np.clip((1 - recall) * 0.02, 0.001, 0.2)
    p = np.where(said, precision, missed)
    names = tuple(f"d{i:03}" for i in range(DOCUMENTS))
    passages = tuple(f"{names[d]}#{i:05}" for i, d in enumerate(document))
    return Coded(book.ids, book.frames, passages, names, document, with_bare_frames(p, book, "p"),
                 with_bare_frames(said.astype(float), book, "code") == 1, np.zeros(len(truth), dtype=bool), True)  # fmt: skip


def labelled(book: Codebook, coded: Coded, truth: np.ndarray, rng: np.random.Generator) -> Design:
    """Labels drawn half where the machine sees any code, half elsewhere, with their probabilities."""
    any_code = coded.present[:, : len(book.ids)].any(axis=1)
    rows, stratum, weight = [], [], []
    for number, stratum_rows in enumerate((np.flatnonzero(any_code), np.flatnonzero(~any_code))):
        taken = rng.choice(stratum_rows, min(LABELS // 2, len(stratum_rows)), replace=False)
        rows.append(taken)
        stratum.append(np.full(len(taken), number))
        weight.append(np.full(len(taken), len(stratum_rows) / len(taken)))
    at = np.concatenate(rows)
    return Design(at, coded.document[at], DOCUMENTS, np.zeros(len(at), dtype=np.int64), np.concatenate(stratum), np.concatenate(weight),
                  with_bare_frames(truth[at], book, "code"), coded.p[at])  # fmt: skip


def verdict_of(book: Codebook, coded: Coded, design: Design, bars: Bars, seed: int) -> Verdict:
    """The verdict that the tool gives on the whole corpus."""
    correction = Correction(coded, design)
    shares = correction.shares(Stretch.of(coded, design))
    said, model = Statements.of(shares, coded.statements), Model.of(book)
    weights = weigh(said, model, seed)
    base = sensitivity.Base(book, model, said, weights, bars)
    sizes = sensitivity.merge_factors(coded, book, False)
    stands = sensitivity.study(base, sizes, np.arange(DOCUMENTS) // 6, book.evidence.priors, {}, book.ids, seed).stands
    reliable = dict.fromkeys(book.ids, True)
    return decide(weights, bars, doubts(said, weights, model, bars, book.ids, reliable, True, stands))


def trial(book: Codebook, pool: Pool, narratives: list[str], strength: float, seed: int, bars: Bars) -> Verdict:
    """Compose, misread, label, judge."""
    rng = np.random.default_rng(seed)
    truth, document = compose(book, pool, narratives, strength, rng)
    coded = coded_by_machine(book, truth, document, rng)
    return verdict_of(book, coded, labelled(book, coded, truth, rng), bars, seed)


def outcome(verdict: Verdict, truth: str) -> str:
    """What came of a trial: right, leaning right, undecided, leaning wrong, or wrong (supported)."""
    if verdict.grade == "undecided":
        return "undecided"
    side = "right" if verdict.narrative == truth else "wrong"
    return side if verdict.grade == "supported" else f"leaning {side}"


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--repetitions", type=int, default=100, help="corpora for each narrative and strength")
    options.add_argument("--quick", action="store_true", help="ten of each")
    chosen = options.parse_args()
    number = 10 if chosen.quick else chosen.repetitions
    book = codebook.load(ROOT / "codebook" / "alliance")
    pool, bars = pool_of(book), Bars(5.0, 0.95, 0.8)
    everyone = [narrative.id for narrative in book.narratives]
    cases = [(name, [n], n, s) for name, s in STRENGTHS.items() for n in everyone]
    cases += [("null: at large", everyone, "", 0.0)] * len(everyone) + [("null: all at once", everyone, "", 0.75)] * len(everyone)
    table: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for index, (case, narratives, truth, strength) in enumerate(cases):
        for repetition in range(number):
            verdict = trial(book, pool, narratives, strength, 1000 * index + repetition, bars)
            table[case, truth][outcome(verdict, truth)] += 1
    return report(table)


def report(table: dict[tuple[str, str], Counter[str]]) -> int:
    """Print the table and the figures; 1 where a goal is missed."""
    columns = ("right", "leaning right", "undecided", "leaning wrong", "wrong")
    print(f"{'case':<18} {'truth':<30} " + " ".join(f"{c:>14}" for c in columns))
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    for (case, truth), counts in table.items():
        sums[case] += counts
        print(f"{case:<18} {truth or '-':<30} " + " ".join(f"{counts[c] / counts.total():>14.2f}" for c in columns))
    strong, null, every = sums["strong"], Counter(), Counter()
    for case, counts in sums.items():
        every += counts
        null += counts if case.startswith("null") else Counter()
    figures = {"right in strong cases": strong["right"] / strong.total(), "undecided in null cases": null["undecided"] / null.total(),
               "confident and wrong": every["wrong"] / every.total()}  # fmt: skip
    missed = [name for name, value in figures.items() if not GOALS[name][0] <= value <= GOALS[name][1]]
    print(
        "; ".join(f"{name} {value:.3f}" for name, value in figures.items())
        + ("; MISSED: " + ", ".join(missed) if missed else "; all goals met")
    )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
