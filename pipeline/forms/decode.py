"""Bytes to text: which encoding a file is in, and what is no text at all."""

from __future__ import annotations

import codecs
import unicodedata
from pathlib import Path

from charset_normalizer import from_bytes

LONGEST_LINE = 10_000_000  # characters; a longer "line" is a dump, not prose
SAMPLE = 1 << 20
WIDE_SAMPLE = 1 << 14
ASCII = bytes(range(128))
ODD = {"Cc", "Cn", "Co", "Cs"}  # controls, unassigned, private, halves of pairs

SIGNATURES = {
    b"%PDF": "a PDF", b"PK\x03\x04": "a ZIP archive (DOCX, XLSX, EPUB...)", b"\xd0\xcf\x11\xe0": "an old Office file",
    b"\x89PNG": "a PNG picture", b"\xff\xd8\xff": "a JPEG picture", b"\x1f\x8b": "a gzip archive", b"GIF8": "a GIF picture",
    b"\x7fELF": "a program",
}  # fmt: skip
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip


class NotText(Exception):
    """The bytes are no text that can be read; the message says what they seem to be."""


def decode(content: bytes) -> tuple[str, str]:
    """Text and encoding name of a file's bytes; NotText where there is none."""
    encoding = encoding_of(content)
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise NotText(f"not text in {encoding} (byte {error.start})") from None
    check_lines(text)
    return text, encoding


def encoding_of(content: bytes) -> str:
    """The encoding of a whole file's bytes: BOM, else UTF-8, else the most plausible guess."""
    encoding = marked_encoding(content[:SAMPLE])
    if not encoding:
        try:
            content.decode("utf-8")
            encoding = "utf-8"
        except UnicodeDecodeError:
            encoding = guessed(content[:SAMPLE])
    return encoding


def marked_encoding(sample: bytes) -> str:
    """The encoding that a file's beginning gives away, "" where it does not."""
    for signature, what in SIGNATURES.items():
        if sample.startswith(signature):
            raise NotText(f"{what}, not plain text")
    for bom, encoding in BOMS:
        if sample.startswith(bom):
            return encoding
    if b"\0" in sample:
        return wide_encoding(sample)
    if control_share(sample) > 0.02:
        raise NotText("binary data, not text")
    return ""


def wide_encoding(sample: bytes) -> str:
    """UTF-16 without a BOM, told by the byte order that makes prose; else binary."""
    for encoding in ("utf-16-le", "utf-16-be"):
        if is_prose(sample[:WIDE_SAMPLE].decode(encoding, "replace")):
            return encoding
    raise NotText("binary data, not text")


def is_prose(text: str) -> bool:
    """Whether nearly all characters are assigned and words are set apart by plain spaces or line ends.

    In the wrong byte order a space is U+2000 and a line end U+0A00.
    """
    odd = sum(unicodedata.category(c) in ODD for c in text) - sum(map(text.count, "\t\n\r\f"))
    return odd <= 0.02 * len(text) and text.count(" ") + text.count("\n") >= 0.02 * len(text)


def guessed(sample: bytes) -> str:
    """The most plausible legacy encoding.

    Where bytes beyond ASCII are rare there is too little to tell alphabets
    apart by, but then the text is Western European: cp1252.
    """
    if len(sample.translate(None, ASCII)) <= 4 + 0.05 * len(sample) and decodes(sample, "cp1252"):
        return "cp1252"
    best = from_bytes(sample).best()
    if best is None:
        raise NotText("binary data or an unknown encoding")
    return best.encoding


def decodes(sample: bytes, encoding: str) -> bool:
    """Whether bytes are valid in an encoding."""
    try:
        sample.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def control_share(sample: bytes) -> float:
    """Share of control bytes that no text has."""
    controls = sum(sample.count(bytes([byte])) for byte in range(32) if byte not in (9, 10, 11, 12, 13, 27))
    return controls / max(len(sample), 1)


def check_lines(text: str) -> None:
    """Refuse lines no prose has."""
    if len(text) > LONGEST_LINE:
        for number, line in enumerate(text.splitlines(), 1):
            if len(line) > LONGEST_LINE:
                raise NotText(f"line {number} has {len(line):,} characters; the longest a text may have is {LONGEST_LINE:,}")


def file_encoding(path: Path) -> str:
    """The encoding of a table too large to hold: UTF-8 if all of it is, else by its beginning."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        file = path.open("rb")
    except OSError as error:
        raise NotText(str(error.strerror)) from None
    with file:
        sample = file.read(SAMPLE)
        if marked := marked_encoding(sample):
            return marked
        file.seek(0)
        try:
            for block in iter(lambda: file.read(SAMPLE), b""):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return guessed(sample)
    return "utf-8"
