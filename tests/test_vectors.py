"""Word vectors learned from passages."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from pipeline import vectors
from pipeline.vectors import SMOOTHING, TooFewWords, cooccurrences, fit_words, positive_pmi

DANGER, TRADE = ("machinations", "plots", "schemes"), ("commerce", "exports", "shipping")
TALK = [f"their {word} {verb} {thing}" for word in DANGER for verb in ("endanger", "menace") for thing in ("borders", "sovereignty")]
TALK += [f"our {word} {verb} {thing}" for word in TRADE for verb in ("enriches", "feeds") for thing in ("farmers", "merchants")]


def learned(texts, min_count=2):
    words = fit_words(texts, min_count)
    return words, vectors.learn(texts, words).astype(float)


def test_learn__words_used_alike_lie_close():
    words, found = learned(TALK)
    place = {word: found[i] for word, i in words.vocabulary_.items()}
    alike = [place[a] @ place[b] for group in (DANGER, TRADE) for a in group for b in group if a < b]
    apart = [place[a] @ place[b] for a in DANGER for b in TRADE]
    assert min(alike) > max(apart) + 0.3


def test_learn__unit_length_and_the_same_each_time():
    words, found = learned(TALK)
    assert np.linalg.norm(found, axis=1) == pytest.approx(1, abs=2e-3)
    assert (found == vectors.learn(TALK, words)).all()
    assert (found == vectors.learn(iter(TALK), words)).all()  # a stream does as well as a list


def test_learn__the_same_each_time_where_there_are_few_directions():
    """Three words in one place, and the rest alike in all: most singular values are equal."""
    texts = [f"their {word} endanger nation borders number{i}" for i, word in enumerate(DANGER * 6)]
    texts += [f"growing {word} enriches farmers merchants number{i}" for i, word in enumerate(TRADE * 6)]
    words, found = learned(texts)
    for _ in range(3):
        assert (vectors.learn(texts, words) == found).all()


def test_cooccurrences__nearer_words_weigh_more_and_none_beyond_the_window():
    """One passage of seven words: the weight of a pair is one over its distance, up to five."""
    text = "alpha bravo charlie delta echo foxtrot golf"
    words = fit_words([text, "unrelated filler"] * 2 + ["more filler"] * 10, 2)
    found = cooccurrences([text], words).toarray()
    at = [words.vocabulary_[word] for word in text.split()]
    wanted = [[1 / abs(i - j) if 0 < abs(i - j) <= 5 else 0 for j in range(7)] for i in range(7)]
    assert found[np.ix_(at, at)] == pytest.approx(np.array(wanted))


def test_cooccurrences__do_not_reach_from_passage_to_passage_nor_depend_on_batches(monkeypatch):
    words = fit_words(TALK, 2)
    whole = cooccurrences(TALK, words)
    monkeypatch.setattr(vectors, "batches", lambda texts, size: ([text] for text in texts))
    assert cooccurrences(TALK, words).toarray() == pytest.approx(whole.toarray())
    assert whole[words.vocabulary_["plots"], words.vocabulary_["commerce"]] == 0


def test_positive_pmi__by_hand():
    """log p(a,b) / (p(a) p(b)^0.75 normalised), negative values dropped."""
    counts = np.array([[0, 4, 1], [4, 0, 1], [1, 1, 0]], dtype=float)
    total, margin = counts.sum(), counts.sum(axis=1)
    context = margin**SMOOTHING / (margin**SMOOTHING).sum()
    wanted = np.zeros((3, 3))
    for i, j in zip(*counts.nonzero(), strict=True):
        wanted[i, j] = max(0.0, np.log((counts[i, j] / total) / (margin[i] / total * context[j])))
    assert positive_pmi(csr_matrix(counts)).toarray() == pytest.approx(wanted)
    assert (wanted == 0).sum() > 3  # some pair met less often than by chance


def test_fit_words__rare_common_and_empty_words_are_left_out():
    words = fit_words([f"nation harbour single{i}" if i < 3 else f"nation other{i}" for i in range(20)], 2).vocabulary_
    assert set(words) == {"harbour"}


@pytest.mark.parametrize("texts", [[], [""], ["a short text"], ["one passage", "and another"], ["平和を守る", "貿易を拡大する"] * 2])
def test_fit_words__says_that_nothing_recurs(texts):
    with pytest.raises(TooFewWords):
        fit_words(texts, 2)


@given(st.lists(st.text("abc ", max_size=12), min_size=1, max_size=25))
def test_learn__any_small_corpus_gives_finite_vectors_or_too_few_words(texts):
    try:
        words = fit_words(texts, 2)
    except TooFewWords:
        return
    found = vectors.learn(texts, words)
    assert found.shape[0] == len(words.vocabulary_) and np.isfinite(found).all()
