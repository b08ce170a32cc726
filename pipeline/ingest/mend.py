"""Repair what extraction from pages does to a text, and count each repair.

Every repair is conservative: it needs evidence in the document itself (a head
that recurs, a joined word that stands elsewhere), because a text that never
was a page must pass through unchanged.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import accumulate

from pipeline.forms.extract import PAGE
from pipeline.store import sound

WORD = re.compile(r"[^\W\d_]{2,}")
PAGE_GAP = r"\n[ \t]*\n[ \t]*\n"  # two or more blank lines: where a page ended
HYPHEN_BREAK = re.compile(r"\b([^\W\d_]+)[-\u2010\u00ad][ \t]*\n\s*([^\W\d_]+)")
COMPOUND = re.compile(r"\b[^\W\d_]+-[^\W\d_]+")
LONE_I = re.compile(r"\bi ([a-z]{2,})")
SPACED_POINT = re.compile(r"(?<=[A-Za-z]) ([.,;:])(?=\s|$)(?! \.)")  # not the first point of `. . .`
SPACED_INITIAL = re.compile(r"\b([A-Z]) ([.])(?=[A-Z]|\s)")
NUMBER_BEFORE_GAP = re.compile(rf"(?<=[a-z,;] )(\d{{1,3}})[ \t]*(?={PAGE_GAP})")
NUMBER_AFTER_GAP = re.compile(rf"(?<!\n)({PAGE_GAP}\s*)(\d{{1,3}}) (?=[a-z])")
PAGE_NUMBER_LINE = re.compile(r"^[ \t]*(?:\d ?\d{0,2}|[ivxl]{1,6}|- ?\d{1,3} ?-)[ \t]*$", re.M)
RUN = re.compile(r"[^\W\d_]+(?: [^\W\d_]+)+")
ROMAN = re.compile(r"[IVX](?: ?[IVX])*")
SPACED_NUMERAL = re.compile(r"\b\d(?: \d)+\b|^\s*[IVX](?: [IVX])* ?\.(?= )")
FOLLOWS_I = re.compile(
    r"\bi(?:['\u2019]|,| (?:am|was|have|had|will|would|shall|should|can|could|do|did|may|must|think|know|hope|want|believe|said|say|"
    r"see|saw|went|and|or|of|to|the|in|is|on|as|for|with|not)\b)"
)
HEAD_LENGTH = 70
HEAD_REPEATS = 3
SENTENCE_END = re.compile(r"[.!?:;\"')\]\u201d\u2019*]\s*$")


@dataclass
class Mender:
    """One document under repair: its text so far and what was mended how often."""

    text: str
    counts: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.words = Counter(word.lower() for word in WORD.findall(self.text) if word[1:].islower())

    def knows(self, word: str, times: int = 1) -> bool:
        """Whether a word stands in the document at least so often."""
        return self.words[word.lower()] >= times

    def is_crumb(self, piece: str) -> bool:
        """Whether a run of letters is no word of the document."""
        return piece not in {"A", "I"} and not self.knows(piece)

    def replace(self, kind: str, pattern: re.Pattern[str], by: str) -> None:
        """Replace a pattern everywhere and count it."""
        self.text, count = pattern.subn(by, self.text)
        self.counts[kind] += count


def mend(text: str, language: str = "en") -> tuple[str, dict[str, int]]:
    """The text repaired, and how many repairs of each kind were made (kinds with none left out)."""
    return mend_pages(text.replace(PAGE, ""), language)[:2]


def mend_pages(text: str, language: str = "en") -> tuple[str, dict[str, int], list[int]]:
    r"""The same, and where in the repaired text each page but the first begins: at every \f and PAGE of the text."""
    mender = Mender(normalise(text))
    drop_heads(mender)
    drop_page_numbers(mender)
    join_letters(mender)
    join_hyphens(mender)
    if language == "en":
        join_lone_i(mender)
        close_spaced_points(mender)
    rejoin_paragraphs(mender)
    mended, starts = unmarked(mender.text)
    return mended, {kind: count for kind, count in sorted(mender.counts.items()) if count}, starts


def unmarked(text: str) -> tuple[str, list[int]]:
    """A text without the marks of pages, its gaps closed, and where each page's first visible character stands now."""
    pieces = text.split(PAGE)
    before = list(accumulate(sum(map(len, piece.split())) for piece in pieces))[:-1]
    whole = re.sub(r"\n{3,}", "\n\n", "".join(pieces)).strip()
    places = [place for place, character in enumerate(whole) if not character.isspace()] if before else []
    return whole, [places[count] if count < len(places) else len(whole) for count in before]


def normalise(text: str) -> str:
    """One kind of line end, no BOM, no control characters; page feeds become page gaps."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\ufeff", "")
    text = text.replace("\u2028", "\n").replace("\u2029", "\n\n").replace("\x85", "\n")
    text = re.sub(r"[\x00-\x08\x0b\x0e-\x1b\x1d-\x1f\x7f]", "", sound(text)).replace("\f", f"\n\n\n{PAGE}\n")
    return re.sub(r"(?<![ \t])[ \t]+$", "", text, flags=re.M)


def head_key(line: str) -> str:
    """What recurs in a running head: its letters without case, spaces and page numbers."""
    return re.sub(r"[\W\d_]", "", line).casefold()


def looks_like_head(line: str) -> bool:
    """Short, some letters, no sentence end, no leading list mark."""
    stripped = line.strip()
    return 4 <= len(stripped) <= HEAD_LENGTH and len(head_key(stripped)) >= 4 and not SENTENCE_END.search(stripped)


def drop_heads(mender: Mender) -> None:
    """Remove short lines that recur beside a page gap, heads and feet of pages.

    A line that recurs elsewhere as well (a speaker's name in an interview) is
    no head; nor is a refrain, which ends like a sentence.
    """
    lines = mender.text.split("\n")
    if "\n\n\n" not in mender.text:
        return
    alone = [i for i, line in enumerate(lines) if looks_like_head(line) and beside_gap(lines, i)]
    often = Counter(head_key(lines[i]) for i in alone)
    drop = {i for i in alone if often[head_key(lines[i])] >= HEAD_REPEATS}
    mender.counts["running heads"] += len(drop)
    mender.text = "\n".join(line for i, line in enumerate(lines) if i not in drop)


def beside_gap(lines: list[str], i: int) -> bool:
    """Whether a line is the first or last of a page: two blank lines, or the text's end, above or below it."""
    above, below = "".join(lines[max(i - 2, 0) : i]), "".join(lines[i + 1 : i + 3])
    return not above.strip() or not below.strip()


def drop_page_numbers(mender: Mender) -> None:
    """Remove numbers that stand alone or hang at a page gap, where there are several."""
    if len(PAGE_NUMBER_LINE.findall(mender.text)) >= HEAD_REPEATS:
        mender.replace("page numbers", PAGE_NUMBER_LINE, "")
    if len(NUMBER_BEFORE_GAP.findall(mender.text)) >= HEAD_REPEATS:
        mender.replace("page numbers", NUMBER_BEFORE_GAP, "")
    if len(NUMBER_AFTER_GAP.findall(mender.text)) >= HEAD_REPEATS:
        mender.replace("page numbers", NUMBER_AFTER_GAP, r"\1")


def is_letter_spaced(line: str, mender: Mender) -> bool:
    """Whether a short line of mostly capitals is cut into crumbs that are no words of the text."""
    pieces = [piece for piece in line.split() if piece.isalpha()]
    capitals = sum(c.isupper() for c in line) / max(sum(c.isalpha() for c in line), 1)
    crumbs = sum(map(mender.is_crumb, pieces))
    return len(line) <= HEAD_LENGTH and len(pieces) >= 2 and capitals > 0.7 and crumbs >= 0.5 * len(pieces)


def join_letters(mender: Mender) -> None:
    """Join letter-spaced headings, cut into the document's own words."""
    lines = mender.text.split("\n")
    for i, line in enumerate(lines):
        if is_letter_spaced(line, mender) and (whole := respaced(line, mender)) != line:
            lines[i] = whole
            mender.counts["letter-spaced headings"] += 1
    mender.text = "\n".join(lines)


def respaced(line: str, mender: Mender) -> str:
    """A line with its crumbs joined: wide gaps separate words, else the vocabulary does."""
    if re.fullmatch(r"\s*\S(?: \S)+(?: {2,}\S(?: \S)+)*\s*", line) and "  " in line.strip():
        return " ".join(part.replace(" ", "") for part in re.split(r" {2,}", line.strip()))
    whole = RUN.sub(lambda run: joined_letters(run[0], mender), line)
    if whole == line:
        return line
    return SPACED_NUMERAL.sub(lambda match: match[0].replace(" ", ""), whole).strip()


def joined_letters(run: str, mender: Mender) -> str:
    """A run of crumbs as words of the document; as it was where it makes none."""
    pieces = run.split()
    if not any(map(mender.is_crumb, pieces)) or ROMAN.fullmatch(run):
        return run
    if len(pieces) >= 4 and max(map(len, pieces)) == 1:
        return "".join(pieces)
    words = split_by_words(run.replace(" ", "").upper(), mender)
    fits = len(words) < len(pieces) and all(mender.knows(word) for word in words)
    return " ".join(words) if fits else run


def split_by_words(letters: str, mender: Mender) -> list[str]:
    """Fewest words of the document that make up the letters; the letters whole if none do."""
    best: list[list[str] | None] = [[]] + [None] * len(letters)
    for end in range(1, len(letters) + 1):
        for start in range(max(0, end - 20), end):
            before, word = best[start], letters[start:end]
            known = (mender.knows(word, 2) and len(word) > 2) or word.lower() in {"of", "in", "and", "to", "an", "on"}
            if before is not None and known and (best[end] is None or len(before) + 1 < len(best[end] or [])):
                best[end] = [*before, word]
    return best[-1] or [letters]


def join_hyphens(mender: Mender) -> None:
    """Join words broken at a line's end; keep the hyphen of a compound."""

    def joined(match: re.Match[str]) -> str:
        first, second = match[1], match[2]
        if second[0].isupper() and first[0].islower() and match[0].count("\n") > 1:  # a paragraph that ends with a dash
            return match[0]
        mender.counts["broken hyphenation"] += 1
        whole = mender.knows(first + second)
        pages = PAGE * match[0].count(PAGE)
        compound = f"{first}-{second}".lower() in compounds or second[0].isupper()
        both = mender.knows(first, 2) and mender.knows(second, 2)  # once is this very place
        return (first + second if whole or not (compound or both) else f"{first}-{second}") + pages

    compounds = set(COMPOUND.findall(mender.text.lower()))
    mender.text = HYPHEN_BREAK.sub(joined, mender.text)


def join_lone_i(mender: Mender) -> None:
    """Rejoin `i mpede`: a lone small i is no English word, unless it counts a list or the text writes no capitals."""
    if FOLLOWS_I.search(mender.text):
        return

    def joined(match: re.Match[str]) -> str:
        whole = f"i{match[1]}"
        if mender.knows(match[1], 3) and not mender.knows(whole):
            return match[0]
        mender.counts["split words"] += 1
        return whole

    mender.text = LONE_I.sub(joined, mender.text)


def close_spaced_points(mender: Mender) -> None:
    """Close `U .S.` and `world .`, where the document does it habitually."""
    if len(SPACED_POINT.findall(mender.text)) + len(SPACED_INITIAL.findall(mender.text)) >= 5:
        mender.replace("spaced punctuation", SPACED_INITIAL, r"\1\2")
        mender.replace("spaced punctuation", SPACED_POINT, r"\1")


def rejoin_paragraphs(mender: Mender) -> None:
    """Rejoin a paragraph cut by a page: no sentence end before the gap, small letter after."""
    gap = re.compile(r"(?<=[a-z,])[ \t]*\n[ \t]*\n\s*(?=[a-z]{2,})")
    if "\n\n\n" in mender.text:
        mender.counts["paragraphs cut by pages"] += len(gap.findall(mender.text))
        mender.text = gap.sub(lambda match: " " + PAGE * match[0].count(PAGE), mender.text)
