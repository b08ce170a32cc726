"""What coders and rules marked in the labelled passages, and how far they agree on it (the span rows of reliability.json)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from pipeline.agreement.coefficients import double_coded
from pipeline.agreement.figures import figures, row_of
from pipeline.agreement.spans import Marks, Place, character_table, span_figures
from pipeline.codebook import Codebook
from pipeline.config import Study
from pipeline.labels import ADJUDICATED, Label, Placed
from pipeline.model import Hit, Row


@dataclass(frozen=True, slots=True)
class Seen:
    """What one voice made of a passage: its marks, in characters of the passage, and the codes it gave without marking words."""

    marks: Marks
    unmarked: frozenset[str]
    considered: frozenset[str]


def gathered(marked: Iterable[tuple[Place, str]], book: Codebook) -> Marks:
    """Codes by place; a sub-code's mark is one of its frame too."""
    codes: dict[Place, set[str]] = defaultdict(set)
    for place, code in marked:
        codes[place] |= {code, book.implied(code) or code}
    return {place: frozenset(given) for place, given in codes.items()}


def seen_by_coder(label: Label, length: int, book: Codebook) -> Seen:
    """What a label marks, moved to characters of its passage, which `length` long."""
    inside = [((max(m.start - label.start, 0), min(m.end - label.start, length)), m.code) for m in label.spans]
    marks = gathered([(place, code) for place, code in inside if place[0] < place[1]], book)
    return Seen(marks, frozenset(label.codes) - frozenset().union(*marks.values()), frozenset(label.considered))


def seen_by_rules(hits: Sequence[Hit], book: Codebook) -> Seen:
    """What the rules mark of what the speaker asserts."""
    return Seen(gathered([((hit.start, hit.end), hit.code) for hit in hits if hit.live], book), frozenset(), frozenset(book.ids))


@dataclass(frozen=True, slots=True)
class Markers:
    """Voices whose marks are set beside each other; `seen`: what each made of each passage, by its id."""

    kind: str
    names: tuple[str, ...]
    seen: tuple[Mapping[str, Seen], ...]

    def common(self) -> list[str]:
        """Passages that two or more of them looked at."""
        counts = Counter(name for seen in self.seen for name in seen)
        return sorted(name for name, count in counts.items() if count > 1)


def marking(placed: Sequence[Placed], hits: Mapping[str, Sequence[Hit]], book: Codebook) -> list[Markers]:
    """All coders who mark words together, every pair where there are more than two, and each beside the rules.

    A coder who never marks words has no say on spans and is left out.
    """
    by_coder: dict[str, dict[str, Seen]] = defaultdict(dict)
    for one in placed:
        for label in one.labels:
            if label.coder != ADJUDICATED:
                by_coder[label.coder][one.passage_id] = seen_by_coder(label, len(one.text), book)
    coders = {name: seen for name, seen in sorted(by_coder.items()) if any(one.marks for one in seen.values())}
    rules = {name: seen_by_rules(found, book) for name, found in hits.items()}
    made = [Markers("coders", tuple(coders), tuple(coders.values()))] if len(coders) > 1 else []
    made += [Markers("pair", pair, (coders[pair[0]], coders[pair[1]])) for pair in combinations(coders, 2)] if len(coders) > 2 else []
    return made + [Markers("coder", (name, "rules"), (seen, rules)) for name, seen in coders.items()]


def marked_pairs(group: Markers) -> tuple[list[tuple[Marks, Marks]], list[str], int]:
    """Marks of every pair of voices on each passage both looked at, its id, and how many were left out.

    Left out is a pair where one gave a code without marking words for it: where it stands is then not known.
    """
    pairs, passages, left_out = [], [], 0
    for name in group.common():
        for one, other in combinations([seen[name] for seen in group.seen if name in seen], 2):
            if one.unmarked or other.unmarked:
                left_out += 1
                continue
            pairs.append((one.marks, other.marks))
            passages.append(name)
    return pairs, passages, left_out


def places_of(seen: Seen | None, code: str) -> list[Place] | None:
    """Where a voice marked a code in a passage; None where it said nothing of it, or gave it without marking words."""
    if seen is None or code not in seen.considered or code in seen.unmarked:
        return None
    return [place for place, codes in seen.marks.items() if code in codes]


def character_row(group: Markers, code: str, of: Mapping[str, Placed], study: Study) -> Row | None:
    """Agreement on a code character by character; None where nobody marked it or no two looked."""
    tables, weights, documents = [], [], []
    for name in group.common():
        table, characters = character_table(len(of[name].text), [places_of(seen.get(name), code) for seen in group.seen])
        double = double_coded(table)
        tables.append(table[double])
        weights.append(characters[double])
        documents += [of[name].document_id] * len(double)
    said, many = np.concatenate(tables), np.concatenate(weights)
    if not (said == 1).any():
        return None
    found = figures(said, documents, study.thresholds.interval, study.seed, many)
    return {"code": code, "characters": int(many.sum()), **row_of(found)}


def span_rows(placed: Sequence[Placed], hits: Mapping[str, Sequence[Hit]], book: Codebook, study: Study) -> list[Row]:
    """For every group: agreement on position, on the codes of overlapping marks, and by code on characters."""
    of = {one.passage_id: one for one in placed}
    made = []
    for group in marking(placed, hits, book):
        if not group.common():
            continue
        pairs, passages, left_out = marked_pairs(group)
        found = span_figures(pairs, [of[name].document_id for name in passages], study.thresholds.interval, study.seed)
        by_code = [character_row(group, code, of, study) for code in book.ids]
        made.append({"who": " / ".join(group.names), "kind": group.kind, "coders": list(group.names), "passages": len(set(passages)),
                     "left_out": left_out, **row_of(found), "codes": [row for row in by_code if row]})  # fmt: skip
    return made
