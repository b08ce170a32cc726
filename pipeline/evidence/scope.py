"""One scope of the verdict, whole: shares to weights, verdict, sensitivity and evidence, ready to be written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.codebook import Codebook
from pipeline.coded import Coded, Hand, with_bare_frames
from pipeline.config import Study
from pipeline.evidence import sensitivity
from pipeline.evidence.decide import Bars, Verdict, decide, doubts
from pipeline.evidence.lists import Sources, code_rows, lists
from pipeline.evidence.mixes import NONE, Model
from pipeline.evidence.weights import Statements, Weights, baselines, kish, posterior, pushes, range_of, weigh
from pipeline.model import Row
from pipeline.shares import Correction, Shares, Stretch

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

SCOPES = {"partner": "passages that touch the partner", "all": "the whole discourse"}
HOPELESS = 50  # times as many documents
THRESHOLDS = (0.3, 0.7)  # other probabilities from which a code could count as present


@dataclass(frozen=True)
class Setting:
    """All that every scope of one study shares. `reaches`: whether each code's coders agree enough, None where unmeasured."""

    study: Study
    book: Codebook
    coded: Coded
    hand: Hand
    correction: Correction
    speakers: Sequence[str]
    reaches: Mapping[str, bool | None]

    @property
    def model(self) -> Model:
        """The codebook's model of evidence."""
        return Model.of(self.book)

    @property
    def bars(self) -> Bars:
        """What the study asks of a verdict."""
        asked = self.study.thresholds
        return Bars(asked.margin, asked.interval, asked.stands)

    @property
    def flagged(self) -> dict[str, bool]:
        """Codes whose coders agree less than the bar."""
        return {code: self.reaches.get(code) is False for code in self.book.ids}

    def rows(self, scope: str) -> Bools:
        """The passages of a scope."""
        return self.coded.partner if scope == "partner" else np.ones(len(self.coded.passages), dtype=bool)

    def shares(self, scope: str, documents: Bools | None = None) -> Shares:
        """The shares in a scope, or in that part of it that lies in some documents."""
        stretch = Stretch.of(self.coded, self.correction.design, self.rows(scope))
        return self.correction.shares(stretch if documents is None else stretch.within(documents, self.correction.design))


def scope_result(setting: Setting, scope: str) -> Row:
    """Weights, verdict, sensitivity and evidence over one set of passages."""
    shares, model, book = setting.shares(scope), setting.model, setting.book
    said = Statements.of(shares, setting.coded.statements)
    weights = weigh(said, model, setting.study.seed)
    found = sensitivity_of(setting, scope, shares, said, weights)
    doubt = doubts(said, weights, model, setting.bars, book.ids, setting.reaches, shares.method != "naive", found.stands)
    verdict = decide(weights, setting.bars, doubt)
    row = {
        "scope": scope, "means": SCOPES[scope], "passages": int(shares.stretch.sizes.sum()), "documents": weights.documents,
        "effective_documents": round(float(kish(np.array(float(weights.documents)), model.correlation)), 2) if weights.documents else 0.0,
        "statements": round(weights.effective, 1), "method": shares.method, "labels": shares.labels,
        "verdict": {**rounded(asdict(verdict)), "would_decide": would_decide(setting, shares, said, weights, verdict)},
        "narratives": narrative_rows(setting, scope, said, weights), "bandwagoning": bandwagoning(setting, said, weights),
        "sensitivity": {"stands": found.stands, "draws": sensitivity.DRAWS if weights.documents else 0, "leaders": found.leaders,
                        "rows": list(found.rows)},
    }  # fmt: skip
    return {**row, "words": in_words(setting, row, verdict)}


def rounded(row: Mapping[str, object], digits: int = 2) -> Row:
    """Figures as the outputs give them; what is not finite is null."""

    def shown(value: object) -> object:
        return (round(value, digits) if np.isfinite(value) else None) if isinstance(value, float) else value

    return {key: shown(value) for key, value in row.items()}


def sensitivity_of(setting: Setting, scope: str, shares: Shares, said: Statements, weights: Weights) -> sensitivity.Sensitivity:
    """The sensitivity analysis of a scope."""
    base = sensitivity.Base(setting.book, setting.model, said, weights, setting.bars)
    sizes = sensitivity.merge_factors(setting.coded, setting.book, scope == "partner")
    numbers = {name: i for i, name in enumerate(sorted(set(setting.speakers)))}
    speakers = np.array([numbers[name] for name in setting.speakers])
    seed, priors = setting.study.seed, setting.book.evidence.priors
    return sensitivity.study(base, sizes, speakers, priors, other_bases(setting, scope, shares), setting.book.ids, seed)


def other_bases(setting: Setting, scope: str, shares: Shares) -> dict[str, Floats]:
    """Shares of statements by other routes: machine codes as they are, at other thresholds, labels alone."""
    coded, columns, rows = setting.coded, setting.coded.statements, setting.rows(scope)
    named = {"naive": "machine codes, uncorrected", "labels": "hand labels alone", "dsl": "design-based, lambda = 1"}
    made = {named[name]: one.value[columns] for name, one in shares.others.items() if name in named}
    for threshold in THRESHOLDS:
        present = with_bare_frames((coded.p[rows, : len(coded.ids)] >= threshold).astype(float), setting.book, "code")
        made[f"machine codes from probability {threshold}"] = present[:, columns].mean(axis=0) if rows.any() else np.zeros(len(columns))
    return made


def narrative_rows(setting: Setting, scope: str, said: Statements, weights: Weights) -> list[Row]:
    """One row a narrative: weight, interval, range, posterior, codes and evidence; "none of these" last."""
    book, model, level = setting.book, setting.model, setting.bars.interval
    draws = said.draws(setting.study.seed) if weights.documents else np.zeros((0, len(book.ids)))
    codes = code_rows(said, book, model, setting.flagged, draws, level)
    source = Sources(setting.coded, setting.rows(scope), setting.hand.said)
    passages = {code: source.passages(code, book) for code in book.ids}
    lowest, highest = range_of(said, book, model)
    chances, pushed, lost = posterior(weights, book.evidence.priors), pushes(said, model), baselines(said, model)
    made = []
    for n, narrative in enumerate(book.narratives):
        order = sorted(range(len(book.ids)), key=lambda i: -abs(pushed[n, i]))
        made.append({
            "id": narrative.id, "name": narrative.name, **weight_row(weights, narrative.id, level),
            "range_low": round(float(lowest[n]), 2), "range_high": round(float(highest[n]), 2),
            "posterior": round(chances[narrative.id], 4), "prior": book.evidence.priors[narrative.id],
            "baseline": round(float(lost[n]), 2), "pushes": {book.ids[i]: round(float(pushed[n, i]), 2) for i in order},
            "codes": codes[n], "evidence": lists(codes[n], passages),
        })  # fmt: skip
    nothing = dict.fromkeys(("decibans", "low", "high", "lean", "lean_low", "lean_high", "range_low", "range_high"), 0.0)
    chance = {"posterior": round(chances[NONE], 4), "prior": book.evidence.priors[NONE]}
    empty = {"baseline": 0.0, "pushes": {}, "codes": [], "evidence": {"confirming": [], "disconfirming": [], "absent": []}}
    return [*made, {"id": NONE, "name": "None of these", **nothing, **chance, **empty}]


def weight_row(weights: Weights, narrative: str, level: float) -> Row:
    """A narrative's weight with its interval, in all and a statement."""
    value = float(weights.decibans[weights.names.index(narrative)])
    low, high = weights.interval(narrative, level) if weights.documents else (0.0, 0.0)
    each = max(weights.effective, 1e-9)
    figures = {"decibans": value, "low": low, "high": high}
    return {**rounded(figures), **rounded({"lean": value / each, "lean_low": low / each, "lean_high": high / each}, 3)}


def bandwagoning(setting: Setting, said: Statements, weights: Weights) -> Row | None:
    """Schweller's bandwagoning against Walt's: which is nearer, by which codes; None where the codebook has not both."""
    pair = setting.book.evidence.bandwagoning
    if pair is None:
        return None
    margin, low, high = weights.margin(pair.schweller, pair.walt, setting.bars.interval)
    a, b = (weights.names.index(name) for name in (pair.schweller, pair.walt))
    pushed = pushes(said, setting.model)
    gap = pushed[a] - pushed[b]
    order = [i for i in np.argsort(-np.abs(gap), kind="stable") if abs(gap[i]) >= 0.1]
    nearer = "for profit (Schweller)" if margin > 0 else "by capitulation (Walt)"
    if not weights.documents:
        words = "Nothing is said that could tell the two kinds of bandwagoning apart."
    elif low <= 0 <= high:
        words = f"Schweller's and Walt's bandwagoning cannot be told apart here ({margin:+.1f} decibans, {low:.1f} to {high:.1f})."
    else:
        words = f"If bandwagoning at all, then {nearer}: by {abs(margin):.1f} decibans ({low:.1f} to {high:.1f})."
    return {"schweller": round(float(weights.decibans[a]), 2), "walt": round(float(weights.decibans[b]), 2),
            **rounded({"margin": margin, "low": low, "high": high}), "words": words,
            "codes": [{"code": setting.book.ids[i], "push": round(float(gap[i]), 2)} for i in order]}  # fmt: skip


def would_decide(setting: Setting, shares: Shares, said: Statements, weights: Weights, verdict: Verdict) -> str:
    """What would decide a verdict that is not yet supported; "" where nothing is wanting."""
    if verdict.grade == "supported":
        return ""
    if verdict.grade == "refused":
        return f"Coders who agree at {setting.study.thresholds.reliability:g} or better on {', '.join(verdict.unreliable)}."
    if not weights.documents or verdict.low is None or not np.isfinite(verdict.low):
        return "More documents in which any code of the codebook is found."
    wanted = [telling_codes(setting, weights, verdict)]
    if verdict.low <= 0 and verdict.margin > 0:
        wanted.append(more_evidence(setting, shares, said, verdict))
    if shares.method == "naive":
        wanted.append("Hand labels of this corpus, drawn with recorded probabilities.")
    return " ".join(wanted)


def telling_codes(setting: Setting, weights: Weights, verdict: Verdict) -> str:
    """The codes that best tell the leader from the runner-up."""
    names, book = weights.names, setting.book
    a, b = names.index(verdict.narrative), names.index(verdict.runner_up)
    mixes, ratios = setting.model.mixes, setting.model.ratios
    telling = np.abs(mixes[a] - mixes[b]) * (ratios[a] - ratios[b])  # how much a code is apt to tell, and for whom
    order = np.argsort(-telling, kind="stable")
    called = {n.id: n.name.lower() for n in book.narratives} | {NONE: "“none of these”"}
    sides = [", ".join(book.ids[i] for i in chosen) for chosen in (order[:3], order[::-1][:3])]
    return f"A larger share of {sides[0]} would speak for {called[names[a]]}, of {sides[1]} for {called[names[b]]}."


def more_evidence(setting: Setting, shares: Shares, said: Statements, verdict: Verdict) -> str:
    """How many more labels or documents would bring the interval of the lead off zero, were the lead to stay."""
    names, columns = setting.model.names, setting.coded.statements
    gap = setting.model.ratios[names.index(verdict.narrative)] - setting.model.ratios[names.index(verdict.runner_up)]
    slope = gap - gap @ said.mix()
    of_labels = float((slope**2 * shares.best.from_labels[columns]).sum())
    total = max(float((slope**2 * np.diag(said.covariance)).sum()), 1e-300)
    half = (verdict.high - verdict.low) / 2
    target = (verdict.margin / half) ** 2 * total
    rest = max(total - of_labels, 0.0)
    off_zero = f"bring the {setting.bars.interval:.0%} interval off zero if the lead stays as it is"
    unlabelled = int(shares.stretch.sizes.sum()) - shares.labels
    if of_labels and target > rest:
        number = int(np.ceil(shares.labels * (of_labels / (target - rest) - 1)))
        return f"About {min(number, unlabelled):,} more labels, drawn as these were, of {unlabelled:,} passages would {off_zero}."
    times = total / target
    if times > HOPELESS:
        return "The two are too close for more texts or labels of the same kind to part them."
    return f"Labels alone would not {off_zero}; about {times:.0f} times as many documents and labels might."


def in_words(setting: Setting, row: Row, verdict: Verdict) -> str:
    """A verdict as a sentence."""
    names = {n.id: n.name.lower() for n in setting.book.narratives} | {NONE: "“none of these”"}
    partner = setting.study.roles.partner.name
    where = f"in the passages that touch {partner}" if row["scope"] == "partner" else "in the whole discourse"
    rest = f"{row['passages']:,} passages, {row['documents']} documents with codes"
    if verdict.grade == "undecided":
        return f"Undecided {where}: {verdict.reason} ({rest})."
    interval = f"{setting.bars.interval:.0%} interval {verdict.low:.1f} to {verdict.high:.1f}"
    lead = f"{names[verdict.narrative]} leads {names[verdict.runner_up]} by {verdict.margin:.1f} decibans ({interval})"
    stands = f"stands in {verdict.stands:.0%} of sensitivity draws"
    return f"{verdict.grade.capitalize()} {where}: {lead}, {stands}; {verdict.reason} ({rest})."
