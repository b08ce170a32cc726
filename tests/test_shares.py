"""Shares of groups: corrected, borrowed or naive; intervals; labels that are still wanted."""

import numpy as np
import pytest

from pipeline.coded import Coded
from pipeline.correction import Corrected, Design
from pipeline.shares import FEWEST_LABELS, Correction, Stretch, interval, more_labels, share_rows

IDS, FRAMES = ("threat", "profit"), ("threat", "profit")


def corpus(rng, documents=30, length=20, share=0.3):
    """A coded corpus of two codes that have no sub-codes, the machine wrong on one passage in five."""
    document = np.repeat(np.arange(documents), length)
    truth = (rng.random((len(document), 2)) < share).astype(float)
    said = np.where(rng.random(truth.shape) < 0.2, 1 - truth, truth)
    p = np.column_stack([said * 0.7 + 0.1] * 2)
    names = tuple(f"d{i}" for i in range(documents))
    passages = tuple(f"d{d}#{i:05}" for i, d in enumerate(document))
    present = np.column_stack([said, said]) == 1
    return Coded(IDS, FRAMES, passages, names, document, p, present, np.zeros(len(document), dtype=bool), True), np.column_stack(
        [truth, truth]
    )


def labelled(coded, truth, rows):
    rows = np.asarray(rows)
    zeros = np.zeros(len(rows), dtype=int)
    weight = np.full(len(rows), len(coded.passages) / max(len(rows), 1))
    return Design(rows, coded.document[rows], len(coded.documents), zeros, zeros, weight, truth[rows], coded.p[rows])


@pytest.fixture
def made():
    rng = np.random.default_rng(5)
    coded, truth = corpus(rng)
    return coded, truth, Correction(coded, labelled(coded, truth, rng.choice(600, 300, replace=False)))


def rows_of(correction, stretch):
    return {row["code"]: row for row in share_rows(correction.shares(stretch), IDS, 0.95, 0.03, {"profit": True})}


def test_shares__the_whole_is_corrected_and_nearer_the_truth_than_the_machine(made):
    _, truth, correction = made
    row = rows_of(correction, correction.stretch)["threat"]
    assert row["method"] == "corrected" and row["labels"] == 300 and row["note"] == ""
    assert abs(row["share"] - truth[:, 0].mean()) < 0.04 < abs(row["naive"] - truth[:, 0].mean())
    assert row["low"] < truth[:, 0].mean() < row["high"] and row["naive_low"] > truth[:, 0].mean()
    assert (row["share"], row["low"], row["high"]) == (row["ppi"], row["ppi_low"], row["ppi_high"])
    assert row["positives"] == int(correction.design.truth[:, 0].sum())


def test_shares__a_group_with_few_labels_borrows_and_says_so(made):
    _, _, correction = made
    few = correction.stretch.within(np.arange(30) < 2, correction.design)
    assert 0 < few.labelled.sum() < FEWEST_LABELS
    row = rows_of(correction, few)["threat"]
    assert row["method"] == "borrowed" and "too few labels" in row["note"] and row["dsl"] is None
    assert row["more_labels"] == FEWEST_LABELS - few.labelled.sum()
    whole = rows_of(correction, correction.stretch)["threat"]
    assert row["high"] - row["low"] > whole["high"] - whole["low"]


def test_shares__borrowed_parts_average_to_the_corrected_whole(made):
    _, _, correction = made
    parts = [correction.shares(correction.stretch.within(np.arange(30) == i, correction.design)) for i in range(30)]
    assert {part.method for part in parts} == {"borrowed"}
    mean = np.mean([part.best.value[0] for part in parts])
    assert mean == pytest.approx(correction.shares(correction.stretch).best.value[0], abs=1e-9)


def test_shares__without_labels_naive_and_flagged(made):
    coded, truth, _ = made
    correction = Correction(coded, labelled(coded, truth, np.array([], dtype=int)))
    rows = rows_of(correction, correction.stretch)
    assert rows["threat"]["method"] == "naive" and "not the classifier's errors" in rows["threat"]["note"]
    assert rows["threat"]["share"] == pytest.approx(coded.present[:, 0].mean()) and rows["threat"]["lambda"] is None
    assert (rows["threat"]["flagged"], rows["profit"]["flagged"]) == (False, True)


def test_shares__a_code_that_labels_did_not_consider_stays_naive(made):
    """Coders may consider only some codes: what they left open is not found absent."""
    coded, truth, correction = made
    open_code = truth.copy()
    open_code[:, [1, 3]] = np.nan
    rows = correction.design.row
    partly = Correction(coded, labelled(coded, open_code, rows))
    found = {row["code"]: row for row in share_rows(partly.shares(partly.stretch), IDS, 0.95, 0.03, {})}
    assert found["threat"] == rows_of(correction, correction.stretch)["threat"]
    assert found["profit"]["method"] == "naive" and found["profit"]["share"] == found["profit"]["naive"] and found["profit"]["dsl"] is None
    assert found["profit"]["positives"] == 0 and "not the classifier's errors" in found["profit"]["note"]
    few = partly.shares(partly.stretch.within(np.arange(30) < 2, partly.design))
    assert (few.method_of(0), few.method_of(1)) == ("borrowed", "naive")
    assert few.expected()[:2, 1].tolist() == few.stretch.present[:2, 1].tolist()


def test_stretch__partner_passages_and_labels_in_them(made):
    coded, _, correction = made
    rows = np.arange(600) % 3 == 0
    part = Stretch.of(coded, correction.design, rows)
    assert part.sizes.sum() == 200 and part.labelled.sum() == np.isin(correction.design.row, np.flatnonzero(rows)).sum()


def one(value, variance, from_labels, documents=20):
    error = np.full((documents, 1), np.sqrt(variance / documents)) * np.tile([1, -1], documents // 2)[:, None]
    scalar = (np.array([x]) for x in (from_labels, 0.0, 1.0))
    return Corrected(np.array([value]), np.array([[variance]]), *scalar, error)


def test_interval__is_wilson_at_the_effective_size():
    """With binomial variance and many documents it is Wilson's interval: 30 of 100 gives .219 to .396 (Newcombe 1998)."""
    low, high = interval(one(0.3, 0.3 * 0.7 / 100, 0.001, 4000), np.zeros(1), 4000, 0.95)
    assert (low[0], high[0]) == pytest.approx((0.2189, 0.3959), abs=2e-4)


def test_interval__none_seen_does_not_mean_none_there():
    hidden = np.array([0.5 / 300**2])  # half a label among 300
    never = Corrected(np.zeros(1), np.diag(hidden), hidden, hidden, np.zeros(1), np.zeros((50, 1)))
    low, high = interval(never, hidden, 50, 0.95)
    assert low[0] == 0 and 1 / 300 < high[0] < 6 / 300


@pytest.mark.parametrize(
    ("variance", "from_labels", "wanted"),
    [(0.0001, 0.00005, 0), (0.0009, 0.0008, "some"), (0.0009, 0.0001, None)],
    ids=["near enough", "more labels", "documents differ too much"],
)
def test_more_labels__only_labels_can_be_had(variance, from_labels, wanted):
    (found,) = more_labels(one(0.3, variance, from_labels), 100, 2000, 0.03, 0.95, 5000)
    assert found == wanted or (wanted == "some" and found > 100)


def test_more_labels__by_hand():
    """All of a variance of .0009 comes from 100 labels and (.03 / 1.96) squared is wanted; more than there are cannot be had."""
    (found,) = more_labels(one(0.3, 0.0009, 0.0009), 100, 10**6, 0.03, 0.95, 5000)
    assert found == int(np.ceil(100 * (0.0009 / (0.03 / 1.959965) ** 2 - 1)))
    assert more_labels(one(0.3, 0.0009, 0.0009), 100, 10**6, 0.03, 0.95, most=50) == [50]
