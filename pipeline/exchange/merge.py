"""Proposed labels against those that stand: the difference, and its writing. Labels are only ever appended."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline import labels as stored
from pipeline.config import Study
from pipeline.label_log import LabelLog
from pipeline.labels import Label

Kind = Literal["new", "changed", "same"]
CLOCK = {"time", "drawn", "passage_id", "codebook_version", "submission", "start", "end"}  # what two labels that say the same may differ in


@dataclass(frozen=True, slots=True)
class Change:
    """One proposed label and what the same coder said of the same passage before."""

    label: Label
    before: Label | None

    @property
    def kind(self) -> Kind:
        """Whether writing it would change what stands."""
        if self.before is None:
            return "new"
        return "same" if self.label.model_dump(exclude=CLOCK) == self.before.model_dump(exclude=CLOCK) else "changed"

    def words(self) -> str:
        """The change in a line: + codes that come, - codes that go, and those that stay."""
        old = set(self.before.codes) if self.before else set()
        new = set(self.label.codes)
        absent = set(self.label.considered) - new - old if self.before is None else set()
        signed = [f"+{c}" for c in sorted(new - old)] + [f"-{c}" for c in sorted(old - new)] + sorted(new & old)
        said = " ".join(signed) or "no code"
        looked = f" (not: {', '.join(sorted(absent))})" if 0 < len(absent) <= 4 else f" (not: {len(absent)} others)" if absent else ""
        memo = f"  “{self.label.memo}”" if self.label.memo and (self.before is None or self.label.memo != self.before.memo) else ""
        return f"{self.label.coder}  {self.label.passage_id}  {self.kind}: {said}{looked}{memo}"


def difference(study: Study, codes: Sequence[str], proposed: Sequence[Label]) -> list[Change]:
    """What each proposed label would change, in the order of coders and passages."""
    standing = {key(label): label for label in stored.latest(stored.read(study.labels, codes))}
    newest = {key(label): label for label in proposed}
    return [Change(label, standing.get(k)) for k, label in sorted(newest.items(), key=lambda item: (item[1].coder, item[1].passage_id))]


def key(label: Label) -> tuple[str, str, str]:
    """What makes two labels speak of the same: document, text, coder."""
    return label.document_id, label.text_sha256, label.coder


def append(study: Study, codes: Sequence[str], labels: Sequence[Label]) -> dict[str, int]:
    """Append labels to their coders' files, all of a coder's or none; how many for each coder."""
    by_coder: dict[str, list[Label]] = defaultdict(list)
    for label in labels:
        by_coder[label.coder].append(label)
    for coder, given in sorted(by_coder.items()):
        LabelLog(study.labels, coder, codes).extend(given)
    return {coder: len(given) for coder, given in sorted(by_coder.items())}
