"""The reference mix of narratives.yaml: shares of statements in the random part of the hand labels, ready to be put there.

python benchmarks/reference.py
"""

from __future__ import annotations

import sys

from hand_labels import ROOT, hand_coded

from pipeline import codebook
from pipeline.coded import with_bare_frames


def main() -> int:
    book = codebook.load(ROOT / "codebook" / "alliance")
    codes, random = hand_coded(book)
    full = with_bare_frames(codes[random], book, "code")
    counts = [full[:, len(book.ids) + book.frames.index(code) if code in book.frames else i].sum() for i, code in enumerate(book.ids)]
    total = sum(counts) + 0.5 * len(counts)
    print(f"  reference_count: {sum(counts):.0f}\n  reference:")
    for code, count in zip(book.ids, counts, strict=True):
        print(f"    {code}: {(count + 0.5) / total:.4f}")
    stated = max(abs(book.evidence.reference[code] - (count + 0.5) / total) for code, count in zip(book.ids, counts, strict=True))
    print(f"{random.sum()} passages drawn at random, {sum(counts):.0f} statements; narratives.yaml is off by {stated:.4f} at most")
    return 0 if stated < 0.01 else 1


if __name__ == "__main__":
    sys.exit(main())
