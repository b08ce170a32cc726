"""Passages: offsets, coverage and size hold for any text; paragraphs stay whole where they fit."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.config import PassageSize
from pipeline.model import Document
from pipeline.segment import joined, paragraphs, segment, words_in
from pipeline.sentences import sentence_spans, splitter, trimmed

SOUND = st.characters(exclude_categories=["Cs"])
WORDS = st.sampled_from(
    ["peace", "war.", "Mr.", "U.S.", "ally,", "“No!”", "naïve", "سلام", "мир.", "平和。", "e\u0301", "👩‍👩‍👧", "3.5", "--", "x" * 30]
)
GAPS = st.sampled_from(
    [" ", "  ", "\n", "\n\n", "\n \n", "\n\n\n", "\t", "\u00a0", "\u2003", "\u2028", "\x1c", "\x85", "\r\n", "\r\n\r\n", ""]
)
PROSE = st.lists(st.tuples(WORDS, GAPS), max_size=120).map(lambda pairs: "".join(word + gap for word, gap in pairs))
TEXTS = st.text(SOUND) | PROSE
SIZES = (
    st.tuples(st.integers(1, 12), st.integers(10, 40))
    .filter(lambda s: 2 * s[0] <= s[1])
    .map(lambda s: PassageSize(min_words=s[0], max_words=s[1]))
)
LANGUAGES = st.sampled_from(["en", "fa", "ru", "ja-none", "xx", "zzz"])


def document(text, language="en"):
    return Document("d", "", "", "", "", "", language, "", text, "")


def words(count, word="word"):
    return " ".join([word] * count)


@given(text=TEXTS, size=SIZES, language=LANGUAGES)
@example(text="\x00a\x00 b" * 30, size=PassageSize(min_words=1, max_words=10), language="en")
@example(text="\ufeff\u200b", size=PassageSize(), language="en")
def test_segment__offsets_coverage_and_order_hold_for_any_text(text, size, language):
    passages = segment(document(text, language), size)
    inside = [False] * len(text)
    for passage in passages:
        assert text[passage.start : passage.end] == passage.text == passage.text.strip() != ""
        for i in range(passage.start, passage.end):
            assert not inside[i]
            inside[i] = True
    assert all(covered or char.isspace() for covered, char in zip(inside, text, strict=True))
    assert [p.start for p in passages] == sorted(p.start for p in passages)
    assert [p.id for p in passages] == [f"d#{i:05}" for i in range(1, len(passages) + 1)]


@given(text=TEXTS, size=SIZES)
def test_segment__sizes_stay_within_the_limits(text, size):
    spans = [(p.start, p.end) for p in segment(document(text), size)]
    counts = [words_in(text, span) for span in spans]
    assert all(1 <= count <= size.max_words for count in counts)
    for left, right in zip(range(len(spans)), range(1, len(spans)), strict=False):
        if min(counts[left], counts[right]) < size.min_words:  # a small one stands only where joining would break the maximum
            assert words_in(text, (spans[left][0], spans[right][1])) > size.max_words


@given(text=TEXTS)
def test_segment__is_the_same_again(text):
    assert segment(document(text), PassageSize()) == segment(document(text), PassageSize())


def test_segment__keeps_paragraphs_that_fit():
    text = f"{words(30, 'one')}\n\n{words(40, 'two')}\n\n{words(50, 'three')}"
    assert [p.text.split()[0] for p in segment(document(text), PassageSize())] == ["one", "two", "three"]


def test_segment__cuts_long_paragraphs_at_sentences_into_like_sizes():
    text = " ".join(f"{words(19)} end{i}." for i in range(10))
    passages = segment(document(text), PassageSize(min_words=20, max_words=120))
    assert [len(p.text.split()) for p in passages] == [100, 100]
    assert all(p.text.endswith(".") for p in passages)


def test_segment__cuts_a_sentence_over_the_limit_between_words():
    passages = segment(document(words(250)), PassageSize(min_words=20, max_words=100))
    assert max(len(p.text.split()) for p in passages) <= 100 and " ".join(p.text for p in passages) == words(250)


def test_segment__cuts_text_without_spaces():
    text = "平和と自由を守る" * 20_000
    passages = segment(document(text, "ja-none"), PassageSize(min_words=5, max_words=40))
    assert max(len(p.text) for p in passages) <= 40 * 200 and "".join(p.text for p in passages) == text


@pytest.mark.parametrize("text", ["", " ", "\n\n\t \u2003\n"])
def test_segment__blank_text_has_no_passages(text):
    assert segment(document(text), PassageSize()) == []


@pytest.mark.parametrize(("text", "count"), [
    ("a b\n\nc d", 2), ("a b\n \t\nc d", 2), (f"{'x ' * 60}\n{'y ' * 60}", 2), ("short line\nwrapped on", 1),
    ("\n\n a \n\n\n\n b \n\n", 2), ("", 0),
])  # fmt: skip
def test_paragraphs__blank_lines_else_long_lines(text, count):
    assert len(paragraphs(text)) == count


@pytest.mark.parametrize(("sizes", "expected"), [
    ([3, 30], [33]), ([30, 3], [33]), ([38, 3, 30], [38, 33]), ([38, 3, 38], [38, 3, 38]), ([3], [3]),
    ([3, 3, 3], [9]), ([20, 20], [20, 20]),
])  # fmt: skip
def test_joined__small_ones_join_a_neighbour_where_there_is_room(sizes, expected):
    text, spans = "", []
    for size in sizes:
        spans.append((len(text), len(text) + len(words(size))))
        text += words(size) + "\n\n"
    assert [words_in(text, span) for span in joined(text, spans, PassageSize(min_words=5, max_words=40))] == expected


@given(text=TEXTS, language=LANGUAGES)
def test_sentence_spans__hold_every_visible_character_once(text, language):
    spans = sentence_spans(text, (0, len(text)), language)
    assert "".join("".join(text[a:b].split()) for a, b in spans) == "".join(text.split())
    assert all(a < b for a, b in spans) and spans == sorted(spans)


def test_sentence_spans__are_positions_of_the_whole_text():
    text = "Left out. One stands. Two stands! Left out."
    start, end = text.index("One"), text.rindex(" Left")
    assert [text[a:b] for a, b in sentence_spans(text, (start, end), "en")] == ["One stands.", "Two stands!"]


def test_splitter__is_made_once_a_language():
    assert splitter("en") is splitter("en")


@pytest.mark.parametrize(("text", "span"), [("  a b ", (2, 5)), ("   ", (3, 0)), ("\u2003a\x1c", (1, 2))])
def test_trimmed__drops_white_space_at_both_ends(text, span):
    start, end = trimmed(text, 0, len(text))
    assert (start, end) == span if text.strip() else start >= end
