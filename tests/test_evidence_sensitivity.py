"""How far a verdict stands: draws, families, leaving out, larger passages."""

import numpy as np
import pytest
from said import at_large, leaning, statements

from pipeline.coded import Coded, with_bare_frames
from pipeline.evidence import sensitivity
from pipeline.evidence.decide import Bars
from pipeline.evidence.mixes import Model
from pipeline.evidence.sensitivity import Base, left_out, merge_factors, study
from pipeline.evidence.weights import Statements, weigh

BARS = Bars(5.0, 0.95, 0.8)


def base_of(book, said):
    model = Model.of(book)
    return Base(book, model, said, weigh(said, model), BARS)


def found_for(book, said, seed=3, bases=None, speakers=None):
    speakers = np.arange(len(said.sizes)) % 4 if speakers is None else speakers
    return study(base_of(book, said), np.ones((3, len(book.ids))), speakers, book.evidence.priors, bases or {}, book.ids, seed)


def rows_of(found, what):
    return [row for row in found.rows if row["what"] == what]


def test_study__a_strong_lead_stands_and_a_faint_one_does_not(book):
    strong = found_for(book, statements(book, leaning(book, "identity", 1.5), error=0.001))
    faint = found_for(book, statements(book, leaning(book, "identity", 0.62), error=0.001))
    assert strong.stands > 0.95 > faint.stands and strong.leaders["identity"] > 0.95
    assert sum(strong.leaders.values()) == pytest.approx(1, abs=1e-3)


def test_study__undecided_stands_where_nothing_leads(book):
    assert found_for(book, statements(book, at_large(book))).stands > 0.9


def test_study__names_everything_that_was_changed(book):
    found = found_for(book, statements(book, leaning(book, "identity")), bases={"labels alone": np.full(22, 0.1)})
    whats = {row["what"] for row in found.rows}
    assert whats == {"weights", "model", "priors", "bar", "basis", "passage size", "without document", "without speaker", "without code"}
    assert [row["setting"] for row in rows_of(found, "without code")] == list(book.ids)
    for row in found.rows:
        assert row["stands"] in {True, False} or 0 <= row["stands"] <= 1


def test_study__one_speaker_alone_is_not_left_out(book):
    said = statements(book, leaning(book, "identity"))
    assert not rows_of(found_for(book, said, speakers=np.zeros(40, dtype=int)), "without speaker")


def test_study__same_seed_same_answer(book):
    said = statements(book, leaning(book, "identity", 0.8), error=0.01)
    assert found_for(book, said) == found_for(book, said) != found_for(book, said, seed=4)


def test_study__a_claim_that_one_document_carries_falls_without_it(book):
    """A thousand passages of one document speak for identity; the other documents are as discourse at large."""
    plain, loud = (np.array([shares[c] for c in book.ids]) for shares in (at_large(book), leaning(book, "identity", 3)))
    by_document = np.vstack([np.tile(plain * 10, (20, 1)), loud * 1000])
    sizes = np.array([10.0] * 20 + [1000.0])
    said = Statements(by_document.sum(axis=0) / sizes.sum(), np.zeros((22, 22)), by_document.sum(axis=1), by_document, sizes)
    (row,) = rows_of(found_for(book, said), "without document")
    assert base_of(book, said).claimed[0] >= 0 and row["stands"] == pytest.approx(20 / 21, abs=1e-3)


def test_left_out__shares_without_each_group(book):
    said = statements(book, {"threat": 0.2}, documents=4)
    by_document = said.by_document.copy()
    by_document[0] *= 3
    changed = Statements(by_document.sum(axis=0) / 40, said.covariance, said.counts, by_document, said.sizes)
    shares = left_out(changed, np.arange(4))[:, book.ids.index("threat")]
    assert shares == pytest.approx([0.2, (3 + 1 + 1) * 2 / 30, (3 + 1 + 1) * 2 / 30, (3 + 1 + 1) * 2 / 30])


def coded_of(book, rows, document, partner=None):
    codes = np.array([[float(c in row) for c in book.ids] for row in rows])
    present = with_bare_frames(codes, book, "code") == 1
    names = tuple(f"d{i}" for i in range(max(document) + 1))
    partner = np.zeros(len(rows), dtype=bool) if partner is None else np.array(partner)
    return Coded(book.ids, book.frames, tuple(map(str, range(len(rows)))), names, np.array(document), present * 1.0, present, partner, True)


def test_merged_mixes__neighbours_of_one_document_as_one_passage(book):
    """Two of the same code become one; a bare frame gives way to a sub-code beside it; documents stay apart."""
    rows = [{"threat"}, {"threat", "threat.proximity"}, {"threat"}, {"threat"}, {"profit"}, set()]
    coded = coded_of(book, rows, [0, 0, 0, 1, 1, 1])
    single, pairs, triples = sensitivity.merged_mixes(coded, book, partner=False)
    column = {code: i for i, code in enumerate(book.ids)}
    assert [(m[column["threat"]], m[column["threat.proximity"]], m[column["profit"]]) for m in (single, pairs, triples)] == [
        (3, 1, 1), (2, 1, 1), (1, 1, 1)]  # fmt: skip


def test_merged_mixes__a_larger_passage_touches_the_partner_where_a_part_does(book):
    coded = coded_of(book, [{"threat"}, {"profit"}, {"profit"}, {"profit"}], [0, 0, 0, 0], [True, False, False, False])
    single, pairs, _ = sensitivity.merged_mixes(coded, book, partner=True)
    column = {code: i for i, code in enumerate(book.ids)}
    assert (single[column["threat"]], single[column["profit"]], pairs[column["profit"]]) == (1, 0, 1)


def test_merge_factors__passages_as_they_are_change_nothing(book):
    factors = merge_factors(coded_of(book, [{"threat"}, {"profit"}], [0, 1]), book, partner=False)
    assert factors[0] == pytest.approx(1) and factors.shape == (3, len(book.ids))
