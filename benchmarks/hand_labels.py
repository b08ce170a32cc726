"""The hand codes that travel with the repository, without texts: settled codes of every passage on which all codes were considered."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import numpy as np

from pipeline import labels
from pipeline.codebook import Codebook
from pipeline.labels import Label

ROOT = Path(__file__).parent.parent
STUDIES = ("us-sotu", "iran-russia", "us-nss", "ungd-2017")


def settled(given: list[Label]) -> dict[str, bool | None]:
    """What the labels of one passage come to."""
    return labels.settled({label.coder: {code: code in label.codes for code in label.considered} for label in labels.standing(given)})


def hand_coded(book: Codebook) -> tuple[np.ndarray, np.ndarray]:
    """Settled codes (passages x codes, an open one counts as absent), and which passages were drawn at random."""
    rows, random = [], []
    for study in STUDIES:
        by_passage: dict[tuple[str, str], list[Label]] = defaultdict(list)
        for label in labels.latest(labels.read(ROOT / "corpus" / study / "labels", book.ids)):
            by_passage[label.document_id, label.text_sha256].append(label)
        for _, given in sorted(by_passage.items()):
            codes = settled(given)
            if not codes.keys() >= set(book.ids):
                continue  # coded for the frames alone: its sub-codes are unknown, not absent
            rows.append([float(bool(codes[code])) for code in book.ids])
            random.append(given[0].drawn.scheme.startswith("random"))
    return np.array(rows), np.array(random)
