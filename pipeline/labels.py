"""Hand labels: what coders decided, one append-only JSONL file a coder, read and checked here.

A label holds no text: it names its passage by document, character span and the
SHA-256 of the passage's text, so it can be published where texts may not, and
is found again when passages are cut differently.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, model_validator

from pipeline import ledger, store
from pipeline.config import Strict, Study
from pipeline.errors import PipelineError, Problem

ADJUDICATED = "adjudicated"


class Drawn(Strict):
    """How a passage came to be labelled: scheme, stratum, and the probability with which it was drawn from it."""

    scheme: str
    stratum: str = "all"
    probability: float | None = Field(default=None, gt=0, le=1)


class Marked(Strict):
    """Words a coder marked as the ground for a code, in characters of the document."""

    code: str
    start: int = Field(ge=0)
    end: int = Field(gt=0)


class Label(Strict):
    """One coder's decision on one passage: `codes` hold, the rest of `considered` do not.

    Files are append-only and a coder's last line on a passage counts, so a
    decision is changed by a further line and taken back by one that is
    `withdrawn` and considers nothing; `skipped` says that the coder saw the
    passage and passed on. `spans`: words the coder marked. `assisted`: the
    coder saw rule hits before deciding. `submission`: a name the workbench
    gives each saving, so that one sent twice is kept once. An adjudicated
    label says who decided (`adjudicator`), why (`reason`), and which codes
    each coder had given (`originals`).
    """

    passage_id: str
    document_id: str
    start: int = Field(ge=0)
    end: int = Field(gt=0)
    text_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    coder: str
    codes: tuple[str, ...]
    considered: tuple[str, ...]
    unsure: tuple[str, ...] = ()
    spans: tuple[Marked, ...] = ()
    assisted: bool = False
    memo: str = ""
    status: Literal["coded", "skipped", "withdrawn"] = "coded"
    submission: str = ""
    codebook_version: str
    time: str
    drawn: Drawn
    originals: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    adjudicator: str = ""
    reason: str = ""

    @model_validator(mode="after")
    def ordered(self) -> Label:
        """A passage holds a character, and only a decision considers codes."""
        if self.start >= self.end:
            raise ValueError("end is not after start")
        if self.status != "coded" and (self.codes or self.considered):
            raise ValueError(f"a {self.status} label considers no codes")
        return self


@dataclass(frozen=True, slots=True)
class Placed:
    """The labels of one passage of the present corpus, the last one of each coder; `start` in the document."""

    passage_id: str
    document_id: str
    start: int
    text: str
    labels: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class Gold:
    """What the labels of one passage come to.

    `values`: for each code considered, True or False; None where coders parted
    and nobody adjudicated. `drawn`: how the passage was drawn (as its first
    label says).
    """

    passage_id: str
    document_id: str
    text: str
    values: Mapping[str, bool | None]
    by_coder: Mapping[str, Mapping[str, bool]]
    drawn: Drawn


def read_file(path: Path, codes: Sequence[str] | None, found: list[Problem]) -> list[Label]:
    """The labels of one file; every line that is no valid label is noted. With None for `codes`, any code will do."""
    labels = []
    for line, row in store.numbered_rows(path, broken=found):
        try:
            label = Label.model_validate(row)
        except ValidationError as error:
            what = "; ".join(f"[{'.'.join(map(str, e['loc'])) or 'label'}] {e['msg']}" for e in error.errors()[:3])
            found.append(Problem(str(path), line, what))
            continue
        named = {*label.codes, *label.considered, *label.unsure, *(mark.code for mark in label.spans)}
        unknown = sorted(named - set(codes)) if codes is not None else []
        if unknown:
            found.append(Problem(str(path), line, f"unknown code(s): {', '.join(unknown)}"))
        elif not set(label.codes) <= set(label.considered):
            found.append(Problem(str(path), line, "a code is applied that was not considered"))
        else:
            labels.append(label)
    return labels


def files(folder: Path) -> list[Path]:
    """The label files of a study, in order."""
    return sorted(folder.glob("*.jsonl")) if folder.is_dir() else []


def read(folder: Path, codes: Sequence[str]) -> list[Label]:
    """All labels of a study; an error that lists every bad line if there is one."""
    found: list[Problem] = []
    labels = [label for path in files(folder) for label in read_file(path, codes, found)]
    if found:
        hint = "Correct the label file, or the codebook if a code was renamed."
        raise PipelineError(f"{folder}: {len(found)} label(s) cannot be used.", hint, tuple(found))
    return labels


def latest(labels: Iterable[Label]) -> list[Label]:
    """For each coder and passage text the label given last, without what was withdrawn or skipped."""
    newest: dict[tuple[str, str, str], Label] = {}
    for label in labels:
        newest[(label.document_id, label.text_sha256, label.coder)] = label
    return [label for label in newest.values() if label.status == "coded"]


def latest_blind(labels: Iterable[Label]) -> list[Label]:
    """The same, of what coders said before they saw each other's codes.

    A label changed after the passage was adjudicated does not count; one that is
    a coder's first, or was given under another version of the codebook, does.
    """
    given = list(labels)
    decided = {(label.document_id, label.text_sha256): label for label in reversed(given) if label.coder == ADJUDICATED}
    first: dict[tuple[str, str, str], Label] = {}
    for label in given:
        first.setdefault((label.document_id, label.text_sha256, label.coder), label)

    def blind(label: Label) -> bool:
        ruling = decided.get((label.document_id, label.text_sha256))
        if ruling is None or label.time <= ruling.time or label.codebook_version != ruling.codebook_version:
            return True
        return first[(label.document_id, label.text_sha256, label.coder)].time > ruling.time

    return latest(label for label in given if label.coder == ADJUDICATED or blind(label))


def standing(given: Iterable[Label]) -> tuple[Label, ...]:
    """The labels of one passage without an adjudication older than a coder's last word: what is coded anew is open again."""
    labels = tuple(given)
    last = max((label.time for label in labels if label.coder != ADJUDICATED), default="")
    return tuple(label for label in labels if label.coder != ADJUDICATED or label.time >= last)


def settled(by_coder: Mapping[str, Mapping[str, bool]]) -> dict[str, bool | None]:
    """Per code: what was adjudicated, else what all coders who considered it agree on, else None."""
    values: dict[str, bool | None] = {}
    for code in sorted({code for said in by_coder.values() for code in said}):
        if code in by_coder.get(ADJUDICATED, {}):
            values[code] = by_coder[ADJUDICATED][code]
        else:
            said = {given[code] for given in by_coder.values() if code in given}
            values[code] = said.pop() if len(said) == 1 else None
    return values


def text_hash(row: Mapping[str, Any]) -> str:
    """The hash of a passage's text; where the text may not travel, the row states it."""
    return str(row.get("text_sha256") or store.sha256_text(row["text"]))


def locate(label: Label, rows: Sequence[Mapping[str, Any]], document: str) -> str | None:
    """The id of the passage a label speaks of: the same text in the same document."""
    same = [row for row in rows if text_hash(row) == label.text_sha256]
    return min(same, key=lambda row: abs(row["start"] - label.start))["id"] if same else None


def placed(study: Study, codes: Sequence[str]) -> tuple[list[Placed], list[Problem]]:
    """The labelled passages of a study's present corpus, and the labels that fit none of them."""
    return place(study, latest(read(study.labels, codes)))


def placed_and_blind(study: Study, codes: Sequence[str]) -> tuple[list[Placed], list[Placed]]:
    """The labelled passages with the labels that stand, and with those given before coders saw each other's codes."""
    given = read(study.labels, codes)
    now, blind = latest(given), latest_blind(given)
    found, _ = place(study, now)
    return found, found if blind == now else place(study, blind)[0]


def place(study: Study, labels: Iterable[Label]) -> tuple[list[Placed], list[Problem]]:
    """Labels by the passage of the present corpus they speak of, and those that fit none.

    Reads only documents that have labels, so it costs labels, not corpus.
    """
    by_document: dict[str, list[Label]] = defaultdict(list)
    for label in labels:
        by_document[label.document_id].append(label)
    if not by_document:
        return [], []
    passages = ledger.Reader(study.outputs / "passages.jsonl")
    found: list[Problem] = []
    result: list[Placed] = []
    for document, given in sorted(by_document.items()):
        rows = passages.rows(document) if document in passages.entries else []
        result += placed_in_document(document, given, rows, study, found)
    passages.close()
    return sorted(result, key=lambda item: item.passage_id), found


def placed_in_document(
    document: str, labels: Sequence[Label], rows: Sequence[Mapping[str, Any]], study: Study, found: list[Problem]
) -> list[Placed]:
    """Labels of one document brought together by passage."""
    by_text: dict[str, list[Label]] = defaultdict(list)
    for label in labels:
        by_text[label.text_sha256].append(label)
    by_id = {row["id"]: row for row in rows}
    alike: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        alike[text_hash(row)].append(row)
    result = []
    for text, given in by_text.items():
        name = locate(given[0], alike[text], document)
        if name is None:
            what = f"{given[0].passage_id}: labelled by {len(given)} coder(s), but no passage here has that text"
            found.append(Problem(str(study.labels), 0, what, "warning", "label"))
            continue
        result.append(Placed(name, document, by_id[name]["start"], by_id[name]["text"], standing(given)))
    return result


def settle(one: Placed) -> Gold:
    """What the labels of a passage come to."""
    by_coder = {label.coder: {code: code in label.codes for code in label.considered} for label in one.labels}
    return Gold(one.passage_id, one.document_id, one.text, settled(by_coder), by_coder, one.labels[0].drawn)


def gold(study: Study, codes: Sequence[str]) -> tuple[list[Gold], list[Problem]]:
    """What the labels of a study's present corpus come to, and the labels that fit no passage of it."""
    found, lost = placed(study, codes)
    return [settle(one) for one in found], lost
