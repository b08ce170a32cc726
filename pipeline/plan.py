"""The sampling plan of a study: rounds of passages to label, each drawn once and then fixed.

`corpus/<study>/labels/plan/round-<n>.jsonl` stands with the labels, not with the
outputs, because the probabilities on the labels come from it and it could not be
drawn again once the classifier has learned from those labels.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock

from pipeline import ledger, store
from pipeline.config import Study
from pipeline.errors import PipelineError
from pipeline.labels import Drawn

Key = tuple[str, str]  # document id and SHA-256 of the passage's text


@dataclass(frozen=True, slots=True)
class Planned:
    """A passage of a round: how it was drawn, and whether every coder shall label it."""

    passage_id: str
    document_id: str
    text_sha256: str
    scheme: str
    stratum: str
    probability: float
    shared: bool

    @property
    def key(self) -> Key:
        """What its labels are known by."""
        return self.document_id, self.text_sha256

    @property
    def drawn(self) -> Drawn:
        """How it was drawn, as its labels say."""
        return Drawn(scheme=self.scheme, stratum=self.stratum, probability=self.probability)


def folder(study: Study) -> Path:
    """Where the rounds stand."""
    return study.labels / "plan"


def locked(study: Study) -> FileLock:
    """A lock for drawing: of two coders who begin at once, one draws and the other takes that round."""
    folder(study).mkdir(parents=True, exist_ok=True)
    return FileLock(folder(study) / ".lock")


def rounds(study: Study) -> list[list[Planned]]:
    """All rounds drawn so far, in order."""
    paths = sorted(folder(study).glob("round-*.jsonl"), key=lambda path: int(path.stem.partition("-")[2]))
    return [[Planned(**row) for row in store.read_jsonl(path)] for path in paths]


def predictions(study: Study, codes: Sequence[str]) -> Iterator[tuple[str, list[float]]]:
    """Every passage's id with the probability of each code, in reading order; with none where the study is not coded yet."""
    path = study.outputs / "codings.jsonl"
    if path.is_file():
        for row in store.read_jsonl(path):
            yield row["id"], [row["codes"][code]["p"] if code in row["codes"] else 0.0 for code in codes]
    else:
        for row in store.read_jsonl(study.outputs / "passages.jsonl"):
            yield row["id"], []


def draw_round(study: Study, codes: Sequence[str], labelled: set[Key]) -> list[Planned]:
    """Draw the next round among passages neither labelled nor drawn before, and write it down; empty where none are left."""
    import numpy as np  # here and not above: the workbench opens without waiting for it

    from pipeline import sampling

    earlier = rounds(study)
    taken = labelled | {one.key for rows in earlier for one in rows}
    frame = frame_of(study, codes, taken)
    if not frame:
        return []
    scores = sampling.unsureness(np.array([ps for _, ps in frame], dtype=np.float64))
    number = len(earlier) + 1
    rule = study.labelling
    sample = sampling.draw(scores, rule.round, rule.random, rule.double, study.seed + number)
    ids = [frame[i][0] for i in sample.chosen]
    hashes = text_hashes(study, ids)
    top = int(sample.stratum.max())
    made = [
        Planned(name, name.rpartition("#")[0], hashes[name], f"round-{number}", f"unsure-{stratum + 1}-of-{top + 1}", float(p), bool(both))
        for name, stratum, p, both in zip(ids, sample.stratum, sample.probability, sample.shared, strict=True)
    ]  # fmt: skip
    store.write_jsonl(folder(study) / f"round-{number}.jsonl", map(asdict, made))
    return made


def frame_of(study: Study, codes: Sequence[str], taken: set[Key]) -> list[tuple[str, list[float]]]:
    """The passages a round may be drawn from, with their predictions."""
    touched = {document for document, _ in taken}
    passages = ledger.Reader(study.outputs / "passages.jsonl")
    gone = {row["id"] for name in touched & set(passages.entries) for row in passages.rows(name)
            if (name, store.sha256_text(row["text"])) in taken}  # fmt: skip
    passages.close()
    return [(name, ps) for name, ps in predictions(study, codes) if name not in gone]


def text_hashes(study: Study, ids: Sequence[str]) -> dict[str, str]:
    """SHA-256 of the text of each passage named."""
    passages = ledger.Reader(study.outputs / "passages.jsonl")
    documents = sorted({name.rpartition("#")[0] for name in ids})
    unknown = [name for name in documents if name not in passages.entries]
    if unknown:
        raise PipelineError(f"{unknown[0]} is coded but not among the passages.", "Run `policycode run` first.")
    wanted = set(ids)
    found = {row["id"]: store.sha256_text(row["text"]) for name in documents for row in passages.rows(name) if row["id"] in wanted}
    passages.close()
    return found


def queue(rows: Sequence[Planned], coder: str, seed: int) -> list[Planned]:
    """A round in a coder's order: shared passages first come to all in the same order, single ones to each coder in another.

    Shared and single passages keep the drawn rhythm, so a round broken off anywhere is still a random part of it.
    """

    def rank(one: Planned) -> bytes:
        return hashlib.sha256(f"{seed} {coder} {one.passage_id}".encode()).digest()

    singles = iter(sorted((one for one in rows if not one.shared), key=rank))
    return [one if one.shared else next(singles) for one in rows]
