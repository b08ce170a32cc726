"""Mending: page noise goes and is counted; a text that never was a page passes unchanged."""

import json
import time

import pytest
from conftest import SAMPLES
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ingest.mend import mend, normalise

CASES = sorted(path.name.removesuffix(".input.txt") for path in (SAMPLES / "mend").glob("*.input.txt"))
UNCHANGED = sorted(path.stem for path in (SAMPLES / "unchanged").glob("*.txt"))


def read(folder, name):
    return (SAMPLES / folder / name).read_bytes().decode()


@pytest.mark.parametrize("case", CASES)
def test_mend__gives_the_text_and_counts_of_the_sample(case):
    text, counts = mend(read("mend", f"{case}.input.txt"))
    assert text == read("mend", f"{case}.expected.txt")
    assert counts == json.loads(read("mend", f"{case}.counts.json"))


@pytest.mark.parametrize("case", CASES)
def test_mend__mended_text_needs_no_more_mending(case):
    text = read("mend", f"{case}.expected.txt")
    assert mend(text) == (text, {})


@pytest.mark.parametrize("case", UNCHANGED)
def test_mend__leaves_sound_texts_alone(case):
    text = read("unchanged", f"{case}.txt")
    assert mend(text) == (text, {})


@pytest.mark.parametrize("case", UNCHANGED)
def test_mend__line_ends_of_any_system_come_to_the_same(case):
    text = read("unchanged", f"{case}.txt")
    assert [mend(text.replace("\n", end))[0] for end in ("\r\n", "\r")] == [text, text]


@given(text=st.text(st.characters()) | st.text(st.sampled_from("ab iI.,-\n\f\r \t1A\u00ad\u2010\ud800")))
def test_mend__any_text_comes_out_fit_to_store(text):
    mended, counts = mend(text)
    assert mended == mended.strip() and "\r" not in mended and "\n\n\n" not in mended
    assert mended.encode("utf-8").decode("utf-8") == mended
    assert all(count > 0 for count in counts.values())


@given(text=st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"])))
def test_mend__a_single_line_keeps_its_letters(text):
    assert "".join(filter(str.isalpha, mend(text)[0])) == "".join(filter(str.isalpha, text.replace("\ufeff", "")))


@pytest.mark.parametrize(("raw", "clean"), [
    ("a\r\nb\rc", "a\nb\nc"), ("a\fb", "a\n\n\n\x1c\nb"), ("\ufeffa", "a"), ("a\x00\x07b", "ab"), ("a \t\nb", "a\nb"),
    ("a\u2028b\u2029c\x85d", "a\nb\n\nc\nd"),
    ("a\ud83d", "a\ufffd"),
])  # fmt: skip
def test_normalise__one_form_of_every_line_end(raw, clean):
    assert normalise(raw) == clean


@pytest.mark.parametrize("unit", [" ", "\t", "a ", "i ", "- \n", "A ", "\n", " \n", "1\n", "a-\n", "a .", "A .", "x"])
def test_mend__time_does_not_explode(unit):
    start = time.perf_counter()
    mend("word" + unit * 50_000 + "end")
    assert time.perf_counter() - start < 3
