"""Every form gives the words, their order and pages; what is broken, locked or hostile says so in one sentence."""

import io
import zipfile

import papers
import pytest

from pipeline import forms
from pipeline.forms import NotText
from pipeline.forms.extract import PAGE

SAID = ["Sudland stands with us against the common enemy.", "Our trade with Sudland brings prosperity to both of our nations."]
FILES = {
    "a.txt": "\n\n".join(SAID).encode(),
    "a.md": f"---\ntitle: On allies\n---\n# On allies\n\n**{SAID[0]}**\n\n- {SAID[1]}\n".encode(),
    "a.html": papers.html(SAID, "On allies"),
    "a.pdf": papers.pdf([SAID[:1], SAID[1:]], "On allies"),
    "a.docx": papers.docx(SAID, "On allies", breaks=(1,)),
    "a.odt": papers.odt(SAID, "On allies"),
    "a.epub": papers.epub([f"<p>{SAID[0]}</p>", f'<p>{SAID[1]}<span epub:type="pagebreak" title="7"/></p>'], "On allies"),
    "a.rtf": papers.rtf(SAID),
}


def flat(text):
    return " ".join(text.replace(PAGE, " ").split())


@pytest.mark.parametrize("name", FILES)
def test_extract__has_the_words_in_order(name):
    found = forms.extract(name, FILES[name])
    text = flat(found.text)
    assert 0 <= text.index(SAID[0]) < text.index(SAID[1])
    assert not {"Home", "Contact", "All rights reserved", "nobody spoke"} & set(text.split(". ")) and "**" not in text
    if name.endswith((".txt", ".rtf")):
        assert not found.given
    else:
        assert found.given["title"] == "On allies"


@pytest.mark.parametrize(("name", "labels"), [("a.pdf", ("1", "2")), ("a.docx", ("1", "2")), ("a.epub", ("", "7")), ("a.odt", ())])
def test_extract__has_a_label_for_every_page_mark(name, labels):
    found = forms.extract(name, FILES[name])
    assert found.pages == labels
    assert not labels or found.text.count("\f") + found.text.count(PAGE) == len(labels) - 1


def test_extract__docx_keeps_tables_in_place():
    assert "left | right" in forms.extract("a.docx", FILES["a.docx"]).text


@pytest.mark.parametrize("name", [name for name in FILES if not name.endswith((".txt", ".md", ".html"))])
@pytest.mark.parametrize("harm", [
    lambda b: b"", lambda b: b[: len(b) // 2], lambda b: b"\x00\xffrubbish" * 50, lambda b: papers.zipped({"x": "y"}),
])  # fmt: skip
def test_extract__a_broken_file_is_named_as_such(name, harm):
    try:
        assert forms.extract(name, harm(FILES[name])).text.strip()  # what still holds words may be read
    except NotText as error:
        assert "\n" not in str(error) and len(str(error)) > 10


def test_extract__pdf_columns_come_one_after_the_other():
    words = [f"word{number:03}" for number in range(900)]
    assert flat(forms.extract("a.pdf", papers.pdf([[" ".join(words)]], columns=True)).text).split() == words


def test_extract__pdf_footnotes_stand_apart():
    text = forms.extract("a.pdf", papers.pdf([SAID], note="1 A note in small type.")).text
    assert text.replace("\r", "").split("\n\n")[-1].strip() == "1 A note in small type." and SAID[1] in flat(text)


def test_extract__a_scanned_pdf_is_named_as_such():
    with pytest.raises(NotText, match=r"scanned PDF.*OCR"):
        forms.extract("a.pdf", papers.pdf([[], []], scanned=True))


def test_extract__a_locked_pdf_is_named_as_such():
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(FILES["a.pdf"])))
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    with pytest.raises(NotText, match="password"):
        forms.extract("a.pdf", out.getvalue())


@pytest.mark.parametrize("ending", ["docx", "odt", "epub"])
def test_extract__an_archive_that_means_harm_is_refused(ending):
    out = io.BytesIO(FILES[f"a.{ending}"])
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.xml", b"\0" * 40_000_000)
    with pytest.raises(NotText, match="would grow"):
        forms.extract(f"a.{ending}", out.getvalue())


@pytest.mark.parametrize(("encoding", "declared"), [
    ("utf-8", "windows-1251"), ("utf-8", ""), ("windows-1251", "windows-1251"), ("koi8-r", "koi8-r"), ("utf-16", "utf-8"),
])  # fmt: skip
def test_extract__html_is_read_by_its_bytes_not_by_a_false_word(encoding, declared):
    words = "Россия и Иран развивают стратегическое партнёрство и укрепляют взаимное доверие между народами."
    page = papers.html([words] * 3, "Речь", head=f'<meta charset="{declared}">' if declared else "", encoding=encoding)
    assert words in forms.extract("a.html", page).text


def test_advice__names_what_to_do():
    assert "save it as .docx" in forms.advice("x.doc") and "OCR" in forms.advice("x.JPG") and "unpack" in forms.advice("x.rar")
