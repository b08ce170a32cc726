"""Two discourses side by side: two studies, or one before and after a date."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.config import Study
from pipeline.errors import PipelineError, UsageError
from pipeline.evidence.inputs import setting_of
from pipeline.evidence.scope import Setting
from pipeline.evidence.weights import Statements, Weights, weigh
from pipeline.model import Row
from pipeline.progress import Track, no_track
from pipeline.shares import Shares, interval

DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
DATE_HINT = "Write a year, or YYYY-MM-DD."


@dataclass(frozen=True)
class Side:
    """One of the two: its name, its seed, the study's setting, and which of its documents belong to it."""

    name: str
    seed: int
    setting: Setting
    documents: NDArray[np.bool_]

    def shares(self, scope: str) -> Shares:
        """Its shares in a scope."""
        return self.setting.shares(scope, self.documents)

    def weights(self, scope: str) -> Weights:
        """Its narratives' weights."""
        said = Statements.of(self.shares(scope), self.setting.coded.statements)
        return weigh(said, self.setting.model, self.seed)


def within(dates: Sequence[str], before: str | None, after: str | None) -> NDArray[np.bool_]:
    """Which dates are before one date and not before another; a date known to the year is compared by its year."""

    def fits(date: str) -> bool:
        early = before is None or date < before[: len(date)]
        return bool(date) and early and (after is None or date >= after[: len(date)])

    return np.array([fits(date) for date in dates], dtype=bool)


def sides(studies: Sequence[Study], before: str | None, after: str | None, track: Track = no_track) -> tuple[Side, Side]:
    """What is compared: two studies (both within the dates), or one study before and from a date on."""
    for date in (before, after):
        if date is not None and not DATE.fullmatch(date):
            raise UsageError(f"{date} is no date.", DATE_HINT)
    if len(studies) == 1 and before is None and after is None:
        raise UsageError("One study alone is compared with nothing.", "Name a second study, or a date with --before or --after.")
    loaded = [setting_of(study, track)[:2] for study in studies]
    dated = [(setting, [facts[name]["date"] for name in setting.coded.documents]) for setting, facts in loaded]
    seed = studies[0].seed  # two sides are drawn apart
    if len(dated) == 1:
        setting, dates = dated[0]
        early, late = before or after or "", after or before or ""
        pair = (Side(f"before {early}", seed, setting, within(dates, early, None)),
                Side(f"from {late} on", seed + 1, setting, within(dates, None, late)))  # fmt: skip
    else:
        chosen = [within(dates, before, after) if before or after else np.ones(len(dates), dtype=bool) for _, dates in dated]
        first, second = (Side(one.study.name, seed + i, one, chosen[i]) for i, (one, _) in enumerate(dated))
        pair = first, second
    check(pair)
    return pair


def check(pair: tuple[Side, Side]) -> None:
    """Both sides must have documents and be judged by the same codebook."""
    for side in pair:
        if not side.documents.any():
            raise PipelineError(f"There are no dated documents {side.name}.", "Choose another date.")
    one, other = (side.setting.book for side in pair)
    if (one.ids, one.narratives, one.evidence) != (other.ids, other.narratives, other.evidence):
        raise PipelineError("The two studies use different codebooks.", "Give both the same `codebook` in study.yaml.")


def narrative_rows(pair: tuple[Side, Side], scope: str) -> Iterator[Row]:
    """Each narrative's lean (decibans a statement) on both sides and the difference, with intervals."""
    level = pair[0].setting.bars.interval
    weights = [side.weights(scope) for side in pair]
    for n, narrative in enumerate(pair[0].setting.book.narratives):
        leans = [one.draws[:, n] / max(one.effective, 1e-9) for one in weights]
        values = [float(one.decibans[n]) / max(one.effective, 1e-9) for one in weights]
        bounds = [bounds_of(lean, level) for lean in leans]
        apart = bounds_of(leans[1] - leans[0], level) if all(map(len, leans)) else (None, None)
        yield row_of(scope, "narrative", narrative.id, values, bounds, apart, 3)


def bounds_of(draws: NDArray[np.float64], level: float) -> tuple[float | None, float | None]:
    """The interval of draws; none where there are none."""
    if not len(draws):
        return None, None
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def code_rows(pair: tuple[Side, Side], scope: str) -> Iterator[Row]:
    """Each code's share of passages on both sides and the difference; intervals of the difference widened for so many codes (Bonferroni).

    The interval of a difference is made of those of its parts (Newcombe 1998, Statistics in Medicine 17, 873-890, method 10).
    """
    found = [side.shares(scope) for side in pair]
    ids, level = pair[0].setting.book.ids, pair[0].setting.bars.interval
    single, many = (
        [interval(one.best, one.best.hidden, one.stretch.documents, at) for one in found] for at in (level, 1 - (1 - level) / len(ids))
    )
    for i, code in enumerate(ids):
        values = [float(np.clip(one.best.value[i], 0, 1)) for one in found]
        bounds = [(float(low[i]), float(high[i])) for low, high in single]
        (low_first, high_first), (low_second, high_second) = ((float(low[i]), float(high[i])) for low, high in many)
        gap = values[1] - values[0]
        apart = (
            gap - np.hypot(values[1] - low_second, high_first - values[0]),
            gap + np.hypot(high_second - values[1], values[0] - low_first),
        )
        yield row_of(scope, "code", code, values, bounds, (float(apart[0]), float(apart[1])), 4)


def row_of(
    scope: str, what: str, name: str, values: Sequence[float], bounds: Sequence[tuple[float | None, float | None]],
    apart: tuple[float | None, float | None], digits: int,
) -> Row:  # fmt: skip
    """One line of the comparison; `differs` where the interval of the difference excludes zero."""
    low, high = apart
    figures = {"first": values[0], "first_low": bounds[0][0], "first_high": bounds[0][1], "second": values[1], "second_low": bounds[1][0],
               "second_high": bounds[1][1], "difference": values[1] - values[0], "low": low, "high": high}  # fmt: skip
    rounded = {key: None if value is None else round(value, digits) for key, value in figures.items()}
    return {
        "scope": scope,
        "what": what,
        "name": name,
        **rounded,
        "differs": low is not None and high is not None and (low > 0 or high < 0),
    }


def compared(pair: tuple[Side, Side]) -> list[Row]:
    """All rows, the narratives before the codes."""
    return [row for scope in ("partner", "all") for row in (*narrative_rows(pair, scope), *code_rows(pair, scope))]
