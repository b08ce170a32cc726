"""What a person wrote in a row's cells, as decisions on codes; ValueError says what is half-filled or no answer."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from pipeline.codebook import Codebook
from pipeline.exchange.layout import ANSWERS, AS_CODED, COMMENT, CORRECTED, NO, REST, VERDICT

YES_WORDS = frozenset({"yes", "y", "1", "true", "x"})
NO_WORDS = frozenset({"no", "n", "0", "false"})
MOST_NAMED = 4
Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Decided:
    """The codes a row was asked about, which of them hold, and on which the person is unsure."""

    asked: tuple[str, ...]
    holding: tuple[str, ...]
    unsure: tuple[str, ...] = ()


def blank(row: Row, book: Codebook) -> bool:
    """Whether a row of a review or labelling sheet was left as it was sent."""
    return VERDICT not in row and not any(row.get(name, "").strip() for name in (*book.ids, REST, COMMENT))


def decide(row: Row, coded: Collection[str], book: Codebook) -> Decided | None:
    """The decisions of a row on which the machine coded `coded`; None where there are none."""
    asked = tuple(code for code in book.ids if code in row)
    machine = [code for code in asked if code in coded]
    return corrected(row, asked, machine, book) if VERDICT in row else answered(row, asked, machine, book)


def answered(row: Row, asked: Sequence[str], machine: Sequence[str], book: Codebook) -> Decided:
    """A row of a review or labelling sheet: yes or no a code, and what of the rest."""
    said = {code: answer(code, row[code]) for code in asked if row[code].strip()}
    rest = word_of(row, REST, (NO, AS_CODED))
    left = [code for code in asked if code not in said]
    if not said and not rest:
        raise ValueError("a comment but no verdict: half-filled rows are not taken")
    if left and not rest:
        raise ValueError(f"half-filled: no verdict on {named(left)}; fill them in, or say what of `{REST}`")
    given = {code: holds for code, (holds, _) in said.items()}
    filled = {code: rest == AS_CODED and code in machine for code in left}
    unsure = tuple(code for code, (_, sure) in said.items() if not sure)
    return Decided(tuple(asked), consistent(asked, given, filled, book), unsure)


def consistent(asked: Sequence[str], given: Mapping[str, bool], filled: Mapping[str, bool], book: Codebook) -> tuple[str, ...]:
    """The codes that hold; a frame left to the rest comes with its sub-code, one denied contradicts it."""
    held = {code for code, holds in {**filled, **given}.items() if holds}
    for code in sorted(held):
        frame = book.implied(code)
        if frame in asked and frame not in held:
            if frame in given and code in given:
                raise ValueError(f"{code} holds but {frame}, which it implies, does not: correct one of the two")
            held = held | {str(frame)} if frame not in given else held - {code}
    return tuple(code for code in asked if code in held)


def corrected(row: Row, asked: Sequence[str], machine: Sequence[str], book: Codebook) -> Decided | None:
    """A row of the coded workbook: its codes as they stand there, and a verdict on them."""
    verdict = word_of(row, VERDICT, (AS_CODED, CORRECTED))
    if empty := [code for code in asked if not row[code].strip()]:
        raise ValueError(f"half-filled: {named(empty)} empty; write 0 or 1")
    given = {code: answer(code, row[code])[0] for code in asked}
    changed = [code for code in asked if given[code] != (code in machine)]
    if not verdict and not changed and not row.get(COMMENT, "").strip():
        return None
    if not verdict:
        what = f"{named(changed)} changed" if changed else "a comment"
        raise ValueError(f"half-filled: {what} but no {VERDICT}; write “{CORRECTED}” or “{AS_CODED}”")
    if changed and verdict == AS_CODED:
        raise ValueError(f"`{VERDICT}` is “{AS_CODED}” but {named(changed)} changed; write “{CORRECTED}” or change back")
    return Decided(tuple(asked), consistent(asked, given, {}, book))


def word_of(row: Row, name: str, allowed: Sequence[str]) -> str:
    """A cell that holds one of some words, or nothing."""
    word = row.get(name, "").strip().lower()
    if word and word not in allowed:
        raise ValueError(f"`{name}` is {row[name]!r}; it may be {' or '.join(f'“{one}”' for one in allowed)}, or empty")
    return word


def answer(code: str, cell: str) -> tuple[bool, bool]:
    """Whether a code holds and whether that is sure."""
    word = cell.strip().lower()
    bare = word.removesuffix("?").strip()
    if bare in YES_WORDS or bare in NO_WORDS:
        return bare in YES_WORDS, word == bare
    raise ValueError(f"{code}: {cell!r} is no answer; it may be {', '.join(ANSWERS)}")


def named(codes: Sequence[str]) -> str:
    """Some codes, not too many."""
    more = f" and {len(codes) - MOST_NAMED} more" if len(codes) > MOST_NAMED else ""
    return ", ".join(codes[:MOST_NAMED]) + more
