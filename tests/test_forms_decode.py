"""Bytes to text: odd encodings are recognised, what is no text is named."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.forms import decode as module
from pipeline.forms.decode import NotText, decode, file_encoding

ENGLISH = "“It’s a matter of principle,” said the Prime Minister – and the café fell silent.\r\nHe spoke of Zürich and £5 million."
RUSSIAN = "Мы не признаём угроз, с которыми обращаются к нашей стране.\nРоссия — наш сосед и партнёр, сказал министр."
ARABIC = "إيران وروسيا جارتان وصديقتان منذ زمن طويل، وقد قال الوزير ذلك اليوم في طهران أمام الصحفيين."


@pytest.mark.parametrize(("text", "encoding"), [
    (ENGLISH, "utf-8"), (ENGLISH, "utf-8-sig"), (ENGLISH, "cp1252"), (ENGLISH, "utf-16"), (ENGLISH, "utf-16-le"), (ENGLISH, "utf-16-be"),
    (ENGLISH, "utf-32"), (RUSSIAN, "utf-8"), (RUSSIAN, "cp1251"), (RUSSIAN.replace("—", "-"), "koi8-r"), (RUSSIAN, "utf-16"),
    (RUSSIAN, "utf-16-le"), (RUSSIAN, "utf-16-be"), (ARABIC, "utf-8"), (ARABIC, "cp1256"), (ARABIC, "utf-16-le"),
    ("We met at the café in Genève.", "cp1252"), ("Zürich", "cp1252"), ("It’s ours.", "cp1252"),
])  # fmt: skip
def test_decode__recognises_the_encoding(tmp_path, text, encoding):
    content = text.encode(encoding)
    found, name = decode(content)
    assert found == text
    assert codecs.lookup(name).name == codecs.lookup(encoding).name
    (tmp_path / "t.csv").write_bytes(content)
    assert file_encoding(tmp_path / "t.csv") == name


@pytest.mark.parametrize("bom", [codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE])
def test_decode__byte_order_mark_decides(bom):
    assert decode(bom + RUSSIAN.encode("utf-16-le" if bom == codecs.BOM_UTF16_LE else "utf-16-be")) == (RUSSIAN, "utf-16")


@given(text=st.text(st.characters(codec="utf-8", exclude_categories=["Cc"])))
def test_decode__utf8_always_comes_back(text):
    content = text.encode()
    if not any(content.startswith(start) for start in (*module.SIGNATURES, *(bom for bom, _ in module.BOMS))):
        assert decode(content) == (text, "utf-8")


@given(content=st.binary(max_size=400))
def test_decode__any_bytes_are_text_or_not_text(content):
    try:
        text, encoding = decode(content)
    except NotText as error:
        assert str(error)
    else:
        assert content.decode(encoding) == text


@pytest.mark.parametrize(("content", "what"), [
    (b"%PDF-1.7\n1 0 obj", "PDF"), (b"PK\x03\x04rest", "ZIP"), (b"\x89PNG\r\n\x1a\n", "PNG"), (b"\x1f\x8b\x08", "gzip"),
    (b"\x7fELF\x02\x01", "program"), (bytes(range(256)) * 50, "binary"), (b"\x01\x02\x03\x04" * 100, "binary"),
    (b"abc\x00\x00\x00\x00def" * 9, "binary"),
    (b"\xff\xfe\x00", "not text in utf-16"), (b"words\x00" * 200, "binary"),
])  # fmt: skip
def test_decode__says_what_is_no_text(content, what):
    with pytest.raises(NotText, match=what):
        decode(content)


def test_decode__names_the_line_that_is_too_long():
    with pytest.raises(NotText, match="line 2 has 50,000,000 characters"):
        decode(b"first\n" + b"x" * 50_000_000 + b"\nlast\n")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_decode__many_short_lines_are_no_long_line(end):
    text = ("word " * 20 + end) * 110_000
    assert len(text) > module.LONGEST_LINE and decode(text.encode())[0] == text


def test_decode__nothing_is_empty_text():
    assert decode(b"") == ("", "utf-8")


def test_file_encoding__a_late_odd_byte_is_not_missed(tmp_path):
    (tmp_path / "t.csv").write_bytes(b"text\n" + b"plain words\n" * 120_000 + "café\n".encode("cp1252"))
    assert file_encoding(tmp_path / "t.csv") == "cp1252"


def test_file_encoding__says_why_a_file_cannot_be_opened(tmp_path):
    with pytest.raises(NotText, match="No such file"):
        file_encoding(tmp_path / "gone.csv")
