"""Word vectors learned from unlabelled passages: words used alike lie close together.

With a thousand labels most words of a new speech were never seen beside a
label. Vectors from all passages, labelled or not, let `machinations` speak
like `plots`. Positive pointwise mutual information of words within a window,
reduced by a truncated singular value decomposition: Levy, Goldberg, Dagan
(2015), Improving Distributional Similarity, TACL 3, with context smoothing
0.75 and square-rooted singular values.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.linalg import svds
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import normalize

Vectors = NDArray[np.float16]

TOKEN = r"(?u)\b\w[\w'’]*\b"
DIMENSIONS = 100
WINDOW = 5
SMOOTHING = 0.75
STEPS = 256  # of one, to which components are rounded: halves what they take in a model file
WHOLE = 500  # words up to which all singular vectors are computed


class TooFewWords(ValueError):
    """So few words recur in the passages that there is no vocabulary to learn."""


def fit_words(texts: Iterable[str], min_count: int = 5) -> TfidfVectorizer:
    """The vocabulary of some passages with its inverse document frequencies; TooFewWords where it would be empty."""
    words = TfidfVectorizer(min_df=min_count, max_df=0.3, sublinear_tf=True, token_pattern=TOKEN, stop_words="english", dtype=np.float32)
    try:
        return words.fit(texts)
    except ValueError as error:
        raise TooFewWords(str(error)) from None


def cooccurrences(texts: Iterable[str], words: TfidfVectorizer) -> csr_matrix:
    """How often two words of the vocabulary stand within a window, near ones weighing more (1/distance); symmetric."""
    vocabulary = words.vocabulary_
    tokens = words.build_tokenizer()
    size = len(vocabulary)
    total = csr_matrix((size, size), dtype=np.float64)
    for batch in batches(texts, 2000):
        parts: list[tuple[NDArray[np.int64], NDArray[np.int64], float]] = []
        for text in batch:
            ids = np.array([vocabulary[w] for w in tokens(text.lower()) if w in vocabulary], dtype=np.int64)
            parts += [(ids[:-gap], ids[gap:], 1 / gap) for gap in range(1, WINDOW + 1) if len(ids) > gap]
        if parts:
            rows, columns = (np.concatenate([part[i] for part in parts]) for i in (0, 1))
            weights = np.concatenate([np.full(len(part[0]), part[2]) for part in parts])
            total = total + coo_matrix((weights, (rows, columns)), shape=(size, size)).tocsr()
    return csr_matrix(total + total.T)


def batches(texts: Iterable[str], size: int) -> Iterable[list[str]]:
    """Texts in lists of a size."""
    batch: list[str] = []
    for text in texts:
        batch.append(text)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def positive_pmi(counts: csr_matrix) -> csr_matrix:
    """Positive pointwise mutual information of co-occurring words, contexts smoothed."""
    pairs = counts.tocoo()
    total = pairs.sum()
    word = np.asarray(pairs.sum(axis=1)).ravel()
    context = word**SMOOTHING / (word**SMOOTHING).sum()
    with np.errstate(divide="ignore"):
        values = np.log(pairs.data / total / (word[pairs.row] / total * context[pairs.col]))
    kept = values > 0
    return csr_matrix((values[kept], (pairs.row[kept], pairs.col[kept])), shape=pairs.shape)


def strongest_directions(matrix: csr_matrix, k: int, seed: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The first k left singular vectors, as columns, and singular values of a square matrix, the largest first.

    ARPACK starts anew from random vectors where a matrix has fewer than k
    directions, as those of small vocabularies do; these are done in full.
    """
    if matrix.shape[0] <= WHOLE:
        left, values, _ = np.linalg.svd(matrix.toarray())
    else:
        left, values, _ = svds(matrix, k=k, random_state=seed)
    order = np.argsort(-values, kind="stable")[:k]
    return left[:, order], values[order]


def learn(texts: Sequence[str] | Iterable[str], words: TfidfVectorizer, seed: int = 0) -> Vectors:
    """Vectors of about unit length for the words of a vocabulary (words x dimensions); zeros where no two words ever meet."""
    counts = cooccurrences(texts, words)
    if counts.shape[0] < 2 or not counts.nnz or not (information := positive_pmi(counts)).nnz:
        return np.zeros((counts.shape[0], 1), dtype=np.float16)
    k = min(DIMENSIONS, information.shape[0] - 1)
    left, values = strongest_directions(information, k, seed)
    left = left * np.sign(left[np.abs(left).argmax(axis=0), np.arange(k)])  # SVD leaves the sign open
    return np.asarray(np.round(normalize(left * np.sqrt(values)) * STEPS) / STEPS, dtype=np.float16)
