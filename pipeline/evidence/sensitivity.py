"""How far a verdict stands when what was chosen, or happened to be there, is changed.

Each draw changes everything at once: the factors and the reference mix around
the codebook's, how far documents repeat each other, the size of passages, and
one document, speaker or code left out. The rows change one thing at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.special import softmax

from pipeline.codebook import Codebook
from pipeline.coded import Coded, with_bare_frames
from pipeline.evidence.decide import Bars, claim, outcomes, without_codes
from pipeline.evidence.mixes import DECIBANS, Model, decibans_of, factor_table, reference_mix
from pipeline.evidence.weights import Statements, Weights, effective_statements, mixed
from pipeline.model import Row

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

DRAWS = 1000
MODEL_SPREAD = 3.0  # concentration and correlation may be so many times larger or smaller
BARS = (3.0, 5.0, 10.0)
MERGED = (2, 3)  # so many neighbouring passages as one
NINETY = 1.645  # of drawn factors nine in ten lie within the codebook's spread


@dataclass(frozen=True)
class Base:
    """The claim whose standing is asked, and all that it came from."""

    book: Codebook
    model: Model
    said: Statements
    weights: Weights
    bars: Bars

    @property
    def claimed(self) -> tuple[int, float]:
        """The narrative claimed and the lead claimed for it."""
        return claim(self.weights, self.bars)

    def holds(self, weights: Floats) -> Bools:
        """In which rows of weights the claim holds."""
        claimed, bar = self.claimed
        result: Bools = outcomes(weights, bar) == claimed
        return result

    def row(self, what: str, setting: str, weights: Floats, grade: str = "") -> Row:
        """One changed setting: who leads then, by how much, and whether the claim stands."""
        order = np.argsort(-weights, kind="stable")
        names, margin = self.model.names, float(weights[order[0]] - weights[order[1]])
        return {"what": what, "setting": setting, "leader": names[order[0]], "runner_up": names[order[1]], "margin": round(margin, 2),
                "stands": bool(self.holds(weights[None])[0]), "grade": grade}  # fmt: skip

    def family(self, what: str, setting: str, weights: Floats) -> Row:
        """Many changed settings: the share in which the claim stands, and the one that speaks most against it."""
        middle = np.median(weights, axis=0)
        return self.row(what, setting, middle) | {"stands": round(float(self.holds(weights).mean()), 4)}


def drawn_ratios(book: Codebook, rng: np.random.Generator, number: int) -> tuple[Floats, Floats]:
    """Decibans a statement with factors and reference drawn around the codebook's (draws x narratives x codes), and that reference."""
    table, evidence = factor_table(book), book.evidence
    scale = np.log(evidence.spread) / NINETY
    factors = table * np.exp(scale * rng.standard_normal((number, *table.shape)))
    reference = rng.dirichlet(reference_mix(book) * evidence.reference_count + 1e-3, number)
    return decibans_of(factors, reference), reference


def drawn_effective(said: Statements, model: Model, rng: np.random.Generator, number: int) -> Floats:
    """Effective statements with concentration and correlation drawn around the codebook's (log-uniform)."""
    times = MODEL_SPREAD ** rng.uniform(-1, 1, (number, 2))
    grid = [(model.concentration * a, min(1.0, model.correlation * b)) for a, b in times]
    return np.array([effective_statements(said.counts, k, r) for k, r in grid])


def left_out(said: Statements, groups: Ints) -> Floats:
    """Shares with each group of documents left out (groups x codes)."""
    number = int(groups.max()) + 1
    by_group = np.zeros((number, said.by_document.shape[1]))
    np.add.at(by_group, groups, said.by_document)
    sizes = np.bincount(groups, said.sizes, minlength=number)
    rest = np.maximum(said.sizes.sum() - sizes, 1e-9)
    shares = (said.by_document.sum(axis=0) - by_group) / rest[:, None]
    result: Floats = shares[sizes > 0]
    return result


def merged_mixes(coded: Coded, book: Codebook, partner: bool) -> Floats:
    """Machine-coded shares of statements when 1, 2, 3 neighbouring passages are one (rows), relative to what they are.

    A larger passage is taken to carry the codes of its parts and to touch the
    partner where a part does; what a coder would say of it is not known.
    """
    rows = []
    for size in (1, *MERGED):
        starts = np.concatenate([[0], np.flatnonzero(np.diff(coded.document)) + 1])
        within = np.arange(len(coded.document)) - np.repeat(starts, np.diff([*starts, len(coded.document)]))
        key = coded.document * (len(coded.document) + 1) + within // size
        window = np.unique(key, return_inverse=True)[1]
        sums = csr_matrix((np.ones(len(window)), (window, np.arange(len(window)))))
        present = with_bare_frames((sums @ coded.present[:, : len(coded.ids)].astype(float) > 0).astype(float), book, "code")
        inside = sums @ coded.partner.astype(float) > 0 if partner else np.ones(len(present), dtype=bool)
        rows.append(present[inside][:, coded.statements].sum(axis=0))
    return np.array(rows)


def merge_factors(coded: Coded, book: Codebook, partner: bool) -> Floats:
    """By what each code's part of the mix changes with larger passages (sizes x codes); a half count keeps rare codes still."""
    mixes = mixed(merged_mixes(coded, book, partner) + 0.5)
    result: Floats = mixes / mixes[0]
    return result


def joint_draws(base: Base, rng: np.random.Generator, sizes: Floats, rests: Sequence[Floats]) -> Floats:
    """Weights (draws x narratives) with everything changed at once."""
    ratios, reference = drawn_ratios(base.book, rng, DRAWS)
    effective = drawn_effective(base.said, base.model, rng, DRAWS)
    pool = [base.said.share[None], *rests]
    kinds = rng.integers(0, len(pool) + 1, DRAWS)  # the last kind leaves a code out
    shares = np.array([pool[kind % len(pool)][rng.integers(0, len(pool[kind % len(pool)]))] for kind in kinds])
    mix = mixed(shares * sizes[rng.integers(0, len(sizes), DRAWS)])
    weights: Floats = np.einsum("dnc,dc->dn", ratios, mix)
    coded = np.flatnonzero(kinds == len(pool))
    weights[coded] -= lost_with(ratios[coded], reference[coded], mix[coded], rng.integers(0, mix.shape[1], len(coded)))
    return weights * effective[:, None]


def lost_with(ratios: Floats, reference: Floats, mix: Floats, codes: Ints) -> Floats:
    """What each draw's weights (a statement, draws x narratives) lose with one code: its own part, and the rescaling of the rest."""
    each = np.arange(len(codes))
    ratio, at_large, share = ratios[each, :, codes], reference[each, codes][:, None], mix[each, codes][:, None]
    rest = (1 - at_large * np.exp(ratio / DECIBANS)) / (1 - at_large)
    lost: Floats = share * ratio + (1 - share) * DECIBANS * np.log(np.maximum(rest, 1e-12))
    return lost


@dataclass(frozen=True)
class Sensitivity:
    """`stands`: share of joint draws in which the claim holds; `leaders`: how often each leads there; `rows`: one change at a time."""

    stands: float
    leaders: Mapping[str, float]
    rows: tuple[Row, ...]


def study(
    base: Base,
    sizes: Floats,
    speakers: Ints,
    priors: Mapping[str, float],
    other_bases: Mapping[str, Floats],
    names: Sequence[str],
    seed: int,
) -> Sensitivity:
    """The whole analysis; `sizes` from merge_factors, `speakers`: number of each document's, `other_bases`: shares by other routes."""
    if not base.weights.documents:
        return Sensitivity(1.0, {}, ())
    rng = np.random.default_rng(seed)
    documents = left_out(base.said, np.arange(len(base.said.sizes)))
    by_speaker = left_out(base.said, speakers)
    joint = joint_draws(base, rng, sizes, [documents, *([by_speaker] if len(by_speaker) > 1 else [])])
    leaders = np.bincount(joint.argmax(axis=1), minlength=len(base.model.names)) / len(joint)
    rows = [*one_at_a_time(base, rng, sizes, other_bases), *bar_rows(base), prior_row(base, rng, priors),
            *leave_out_rows(base, documents, by_speaker, names)]  # fmt: skip
    return Sensitivity(
        round(float(base.holds(joint).mean()), 4), dict(zip(base.model.names, leaders.round(4).tolist(), strict=True)), tuple(rows)
    )


def one_at_a_time(base: Base, rng: np.random.Generator, sizes: Floats, other_bases: Mapping[str, Floats]) -> Iterator[Row]:
    """Weights, model, source of the shares and passage size, each alone."""
    effective, mix = base.weights.effective, base.said.mix()
    yield base.family(
        "weights", "factors and reference drawn around the codebook's", drawn_ratios(base.book, rng, DRAWS)[0] @ mix * effective
    )
    scale = drawn_effective(base.said, base.model, rng, DRAWS)
    yield base.family("model", "how far documents repeat each other, a third to three times", scale[:, None] * (base.model.ratios @ mix))
    for name, share in other_bases.items():
        yield base.row("basis", name, base.model.ratios @ mixed(share) * effective)
    for size, factor in zip(MERGED, sizes[1:], strict=True):
        yield base.row("passage size", f"{size} neighbours as one", base.model.ratios @ mixed(base.said.share * factor) * effective)


def bar_rows(base: Base) -> Iterator[Row]:
    """The lead that is asked for, changed."""
    for bar in BARS:
        found = int(outcomes(base.weights.decibans[None], bar)[0])
        row = base.row("bar", f"{bar:g} decibans", base.weights.decibans)
        yield row | {"stands": found == base.claimed[0], "grade": "reached" if found >= 0 else "not reached"}


def prior_row(base: Base, rng: np.random.Generator, priors: Mapping[str, float]) -> Row:
    """Priors drawn evenly from all there can be (Dirichlet 1); the claim stands where its posterior is the highest."""
    drawn = np.log(rng.dirichlet(np.ones(len(priors)), DRAWS)) + base.weights.decibans / DECIBANS
    best = softmax(drawn, axis=1).argmax(axis=1)
    claimed = base.claimed[0]
    wanted = claimed if claimed >= 0 else int(base.weights.decibans.argmax())
    return base.row("priors", "drawn evenly from all there can be", base.weights.decibans) | {
        "stands": round(float((best == wanted).mean()), 4)
    }


def leave_out_rows(base: Base, documents: Floats, speakers: Floats, names: Sequence[str]) -> Iterator[Row]:
    """Documents and speakers as families with the one whose absence matters most; codes one by one."""
    effective = base.weights.effective
    for what, shares in (("without document", documents), ("without speaker", speakers)):
        if len(shares) > 1:
            yield base.family(what, "each in turn", mixed(shares) @ base.model.ratios.T * effective)
    each = without_codes(base.said, base.model, [[i] for i in range(len(names))])
    for name, weights in zip(names, each, strict=True):
        yield base.row("without code", name, weights)
