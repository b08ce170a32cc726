"""Ways of counting of other tools are recognised from the words that selections quote."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.exchange.decoding import decode
from pipeline.exchange.placing import OutsideText, place_all
from pipeline.exchange.qde_records import Selection

TEXT = (
    "First, they \U0001f6e1 plot against us.\nSecond, “we” trade with them\U0001f600.\n\nThird: nothing ever came of all that talk.\nEnd."
)
WORDS = ["they", "plot against us", "Second", "“we” trade with them", "nothing ever came of all that talk"]
PLACES = [(TEXT.index(words), TEXT.index(words) + len(words)) for words in WORDS]


def utf16(text):
    return len(text.encode("utf-16-le")) // 2


# how the file's bytes are made, and how a tool that wrote it counts a position of the LF text
WAYS = {
    "standard": (lambda t: t.encode(), lambda t, i: i),
    "bom, not counted": (lambda t: b"\xef\xbb\xbf" + t.encode(), lambda t, i: i),
    "bom, counted": (lambda t: b"\xef\xbb\xbf" + t.encode(), lambda t, i: i + 1),
    "crlf, counted as two": (lambda t: t.replace("\n", "\r\n").encode(), lambda t, i: i + t[:i].count("\n")),
    "crlf, counted as one": (lambda t: t.replace("\n", "\r\n").encode(), lambda t, i: i),
    "lf, counted as two": (lambda t: t.encode(), lambda t, i: i + t[:i].count("\n")),
    "cr alone": (lambda t: t.replace("\n", "\r").encode(), lambda t, i: i),
    "utf-16 units": (lambda t: t.encode(), lambda t, i: utf16(t[:i])),
    "utf-16 units, crlf as two": (lambda t: t.replace("\n", "\r\n").encode(), lambda t, i: utf16(t[:i]) + t[:i].count("\n")),
    "utf-16 file": (lambda t: t.encode("utf-16"), lambda t, i: i),
    "from one": (lambda t: t.encode(), lambda t, i: i + 1),
}


def selections(count, text=TEXT, places=PLACES, last=0, quote=lambda words: words):
    return [Selection(str(i), count(text, s), count(text, e) + last, quote(text[s:e])) for i, (s, e) in enumerate(places)]


@pytest.mark.parametrize("way", WAYS)
def test_place_all__finds_the_words_however_they_are_counted(way):
    written, count = WAYS[way]
    placed, habits = place_all(decode(written(TEXT)), selections(count))
    assert [TEXT[item.start : item.end] for item in placed] == WORDS and not any(item.doubt for item in placed)
    assert bool(habits) == (way != "standard")


@pytest.mark.parametrize(("last", "said"), [(1, "one character too late"), (-1, "one character too early")])
def test_place_all__ends_off_by_one(last, said):
    placed, habits = place_all(decode(TEXT.encode()), selections(lambda t, i: i, last=last))
    assert [TEXT[item.start : item.end] for item in placed] == WORDS
    assert habits == [f"selections end {said}"]


@pytest.mark.parametrize("cut", [lambda words: words[:12] + "…", lambda words: words[:12] + "...", lambda words: "  ".join(words.split())])
def test_place_all__quotes_may_be_cut_or_spaced_otherwise(cut):
    written, count = WAYS["crlf, counted as one"]
    placed, _ = place_all(decode(written(TEXT)), selections(count, quote=cut))
    assert [TEXT[item.start : item.end] for item in placed] == WORDS


def test_place_all__without_quotes_ends_of_words_decide():
    written, count = WAYS["crlf, counted as one"]
    placed, habits = place_all(decode(written(TEXT)), selections(count, quote=lambda words: ""))
    assert [TEXT[item.start : item.end] for item in placed] == WORDS and any("counted as one" in habit for habit in habits)


def test_place_all__one_selection_gone_astray_is_moved_to_its_words():
    given = selections(lambda t, i: i)
    stray = Selection("x", 40, 55, "plot against us")
    placed, habits = place_all(decode(TEXT.encode()), [*given, stray])
    assert (placed[-1].start, placed[-1].end) == PLACES[1] and "moved by" in placed[-1].doubt and habits == []


def test_place_all__a_quote_found_nowhere_is_told():
    placed, _ = place_all(decode(TEXT.encode()), [*selections(lambda t, i: i), Selection("x", 0, 5, "Seventh")])
    assert (placed[-1].start, placed[-1].end) == (0, 5) and "'Seventh'" in placed[-1].doubt


def test_place_all__names_that_are_no_quotes_are_not_held_against_it():
    placed, habits = place_all(decode(TEXT.encode()), selections(lambda t, i: i, quote=lambda words: f"1:{len(words)}"))
    assert [TEXT[item.start : item.end] for item in placed] == WORDS and habits == [] and not any(item.doubt for item in placed)


@pytest.mark.parametrize("place", [(0, len(TEXT) + 20), (-5, 3), (9, 4), (10**12, 10**12 + 1)])
def test_place_all__refuses_what_lies_outside_the_text(place):
    with pytest.raises(OutsideText):
        place_all(decode(TEXT.encode()), [Selection("x", *place)])


def test_decode__windows_1252_is_recognised():
    text = decode("“We” — naïve".encode("cp1252"))
    assert text.plain == "“We” — naïve" and "Windows-1252" in text.habits[0]


LINES = st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("\U0001f600\u0301ab "), min_size=1, max_size=20)


@given(st.lists(LINES, min_size=2, max_size=6), st.sampled_from(sorted(WAYS)), st.data())
def test_place_all__long_quotes_fix_any_way(lines, way, data):
    """In a text of any lines, selections that quote whole numbered lines come back on exactly these."""
    text = "\n".join(f"Line {i} says {line.strip()} and ends here {i}." for i, line in enumerate(lines))
    ends = [0, *(i + 1 for i, char in enumerate(text) if char == "\n"), len(text) + 1]
    places = [(a, b - 1) for a, b in itertools.pairwise(ends)]
    chosen = data.draw(st.lists(st.sampled_from(places), min_size=1, unique=True))
    written, count = WAYS[way]
    placed, _ = place_all(decode(written(text)), selections(count, text, chosen))
    assert [(item.start, item.end) for item in placed] == chosen
