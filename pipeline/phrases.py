"""Common words and word pairs of the corpus, chosen without labels, and how much labels make each of them tell.

Word vectors carry what words have in common; a phrase carries what is its own
(`free world`, `our neighbours`). Phrases are weighted, for each code, by their
log-count ratio between passages with the code and without (naive Bayes inside
a linear classifier: Wang and Manning 2012, ACL, section 2.3).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import CountVectorizer

from pipeline.vectors import TOKEN

MOST = 6000
LEAST = 15  # passages of a large corpus in which a phrase must stand
COMMONEST = 0.3  # share of passages above which it tells nothing


def choose(texts: Sequence[str]) -> tuple[str, ...]:
    """The commonest words and word pairs, in alphabetical order; of a small corpus, those that recur."""
    least = LEAST if len(texts) > 1000 else 2
    counter = CountVectorizer(ngram_range=(1, 2), min_df=least, max_df=COMMONEST, binary=True, token_pattern=TOKEN)
    try:
        found = counter.fit_transform(texts)
    except ValueError:  # no phrase recurs
        return ()
    frequency = np.asarray(found.sum(axis=0)).ravel()
    names = counter.get_feature_names_out()
    order = np.argsort(-frequency, kind="stable")[:MOST]
    return tuple(sorted(str(names[i]) for i in order))


def held(texts: Sequence[str], phrases: Sequence[str]) -> csr_matrix:
    """Which phrases each text holds (texts x phrases, 0/1)."""
    if not phrases:
        return csr_matrix((len(texts), 0), dtype=np.float32)
    counter = CountVectorizer(ngram_range=(1, 2), vocabulary=list(phrases), binary=True, token_pattern=TOKEN, dtype=np.float32)
    return csr_matrix(counter.transform(texts))


def log_count_ratios(held_in: csr_matrix, truth: NDArray[np.bool_]) -> NDArray[np.float64]:
    """For each phrase the log of its share among phrases of positive passages over that of negative ones, each counted once more."""
    positive, negative = (np.asarray(held_in[side].sum(axis=0), dtype=np.float64).ravel() + 1 for side in (truth, ~truth))
    ratios: NDArray[np.float64] = np.log((positive / positive.sum()) / (negative / negative.sum()))
    return ratios
