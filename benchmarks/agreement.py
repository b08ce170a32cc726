"""Intervals of agreement: how fast against the `krippendorff` package on the same draws, and how often they cover the truth.

    python benchmarks/agreement.py [--repetitions 250]

The last line holds the figures; the exit code is 1 where a goal is missed.
"""

from __future__ import annotations

import argparse
import sys
import time

import krippendorff
import numpy as np

from pipeline.agreement.figures import NAMES, figures
from pipeline.agreement.intervals import DRAWS, resampled

FASTER, COVERED = 20, 0.88  # goals: times the package's speed; share of 95% intervals that hold the truth
CASES = {"common": (60, 5, 0.3, 2), "rare": (80, 10, 0.02, 2), "few documents": (20, 15, 0.1, 2), "four coders": (60, 5, 0.1, 4)}


def coded(documents, passages, prevalence, coders, seed):
    """Coders' codes of passages: documents differ in prevalence, coders miss a code with 15% and see one that is not with 1%."""
    rng = np.random.default_rng(seed)
    share = rng.beta(4 * prevalence, 4 * (1 - prevalence), documents)
    truth = rng.random((documents * passages, 1)) < np.repeat(share, passages)[:, None]
    chance = rng.random((documents * passages, coders))
    return np.where(truth, chance >= 0.15, chance < 0.01).astype(np.int8), [f"d{i // passages:05}" for i in range(documents * passages)]


def speed(draws=40):
    """Times faster than the package for alpha alone, though ours gives six coefficients in that time."""
    table, documents = coded(80, 10, 0.1, 2, 0)
    resampled.cache_clear()
    start = time.perf_counter()
    figures(table, documents)
    ours = (time.perf_counter() - start) / DRAWS
    chosen = resampled(80)[:draws].astype(int)
    start = time.perf_counter()
    for weights in chosen:
        krippendorff.alpha(reliability_data=np.repeat(table, np.repeat(weights, 10), axis=0).T, level_of_measurement="nominal")
    return (time.perf_counter() - start) / draws / ours


def coverage(case, repetitions):
    """Share of intervals that hold the value of a sample a hundred times as large, by coefficient."""
    documents, passages, prevalence, coders = CASES[case]
    truth = figures(*coded(documents * 100, passages, prevalence, coders, 0))
    found = [figures(*coded(documents, passages, prevalence, coders, seed)) for seed in range(1, repetitions + 1)]
    return {name: float(np.mean([one[name].low <= truth[name].value <= one[name].high for one in found])) for name in NAMES}


def main() -> int:
    """Measure, print, and say whether the goals are met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=250)
    repetitions = parser.parse_args().repetitions
    lowest = 1.0
    for case in CASES:
        shares = coverage(case, repetitions)
        lowest = min(lowest, *(shares[name] for name in NAMES if name != "prevalence"))
        print(f"{case:<14}" + "  ".join(f"{name} {share:.3f}" for name, share in shares.items()))
    ratio = speed()
    print(f"speed {ratio:.0f}x the package per draw (goal {FASTER}x); lowest coverage {lowest:.3f} (goal {COVERED})")
    return int(ratio < FASTER or lowest < COVERED)


if __name__ == "__main__":
    sys.exit(main())
