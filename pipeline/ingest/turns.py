"""Who speaks where: the turns of a transcript, and leaving out those of moderators, journalists or others.

A turn begins a line with a name and a colon. Since headings and lists end in
colons too, a document has turns only where a usual word (Q, MODERATOR), a
title (President X) or a name that comes back begins two lines or more.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from pipeline.config import Speakers

Turn = tuple[int, str]
GROUPS = {
    "moderators": {"moderator", "host", "chair", "chairman", "chairperson", "chairwoman", "interviewer", "anchor", "facilitator", "ведущий",
                   "ведущая", "модератор", "مجری"},
    "journalists": {"q", "question", "journalist", "reporter", "correspondent", "press", "media", "вопрос", "журналист", "корреспондент",
                    "خبرنگار", "سوال", "سؤال", "پرسش"},
}  # fmt: skip
USUAL = {*GROUPS["moderators"], *GROUPS["journalists"], "a", "answer", "speaker", "participant", "ответ", "پاسخ", "جواب"}
TITLES = {"president", "minister", "prime", "foreign", "secretary", "ambassador", "senator", "general", "chancellor", "mr", "mrs", "ms",
          "dr", "ayatollah", "imam", "professor", "spokesperson", "spokesman", "the"}  # fmt: skip
PARTICLES = {"de", "al", "bin", "ibn", "von", "van", "der", "da", "of"}
WORD = r"[^\W\d_][\w.'\u2019\u200c-]*"
LABEL = re.compile(
    rf"^[ \t]*[\[*]{{0,3}}(?P<name>{WORD}(?: {WORD}){{0,5}})(?: ?[(\[][^()\[\]\n]{{1,60}}[)\]])?[\]*]{{0,3}}"
    r"(?::|(?<=^Q)\.|(?<=^A)\.)[\]*]{0,3}(?=\s|$)",
    re.M,
)


def bare(name: str) -> str:
    """A name as it is compared: small letters, without points at its end or numbers."""
    return re.sub(r"[\s.\d]+$", "", name).casefold()


def is_name(name: str) -> bool:
    """Whether every word begins with a capital, as names do, and there are no more than names have."""
    words = name.split()
    return len(words) <= 4 and words[0][0].isupper() and all(word[0].isupper() or word in PARTICLES for word in words)


def turns_of(text: str) -> list[Turn]:
    """Where each turn begins, and who speaks; none where the text is no transcript."""
    found = [(match.start("name"), match["name"]) for match in LABEL.finditer(text)]
    often = Counter(bare(name) for _, name in found)
    taken = [(start, name) for start, name in found if is_speaker(name, often[bare(name)])]
    return taken if len(taken) >= 2 and any(often[bare(name)] >= 2 or bare(name) in USUAL for _, name in taken) else []


def is_speaker(name: str, times: int) -> bool:
    """Whether a label names a speaker: a usual word, a title with a name, or a name that comes back."""
    words = bare(name).split()
    if bare(name) in USUAL or words[0] in USUAL - {"a", "q"}:
        return True
    titled = words[0].rstrip(".") in TITLES and len(words) >= 2
    return is_name(name) and (titled or (times >= 2 and (len(words) >= 2 or name.isupper() or "." in name)))


def is_meant(name: str, wanted: Sequence[str]) -> bool:
    """Whether a speaker is one of some names, or of a group of them (moderators, journalists)."""
    words = set().union(*(GROUPS.get(item.casefold(), {bare(item)}) for item in wanted))
    said = bare(name)
    return said in words or said.split()[0] in words & set().union(*GROUPS.values())


def is_kept(name: str, speakers: Speakers) -> bool:
    """Whether a speaker's turns stay; the words before the first turn are nobody's (name "")."""
    if not name:
        return not speakers.only
    return (not speakers.only or is_meant(name, speakers.only)) and not is_meant(name, speakers.leave_out)


def cut(text: str, turns: Sequence[Turn], marks: Sequence[int], speakers: Speakers) -> tuple[str, list[Turn], list[int], int]:
    """The text without the turns of those left out, with turns and marks (of pages) moved to match, and how many turns went."""
    starts = [0, *(start for start, _ in turns)]
    names = ["", *(name for _, name in turns)]
    ends = [*starts[1:], len(text)]
    kept, moved, places = "", [], list(marks)
    for start, end, name in zip(starts, ends, names, strict=True):
        stays = is_kept(name, speakers)
        inside = [i for i, mark in enumerate(marks) if start <= mark < end or (mark == end == len(text))]
        for i in inside:
            places[i] = len(kept) + (marks[i] - start if stays else 0)
        if stays:
            moved += [(len(kept), name)] if name else []
            kept += text[start:end]
    body = kept.rstrip()
    gone = len(turns) - len(moved)
    return body, moved, [min(place, len(body)) for place in places], gone
