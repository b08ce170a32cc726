"""Documents of every form, written by the forms' own programs' libraries, for tests of reading them."""

import io
import zipfile

WORDS = "Sudland stands with us against the common enemy."


def pdf(pages, title="", scanned=False, columns=False, note=""):
    """A PDF; a page is a list of paragraphs."""
    from fpdf import FPDF

    made = FPDF(format="A4")
    if title:
        made.set_title(title)
    for paragraphs in pages:
        made.add_page()
        made.set_font("Times", size=11)
        if scanned:
            made.image(picture(), w=100)
        else:
            with made.text_columns(ncols=2 if columns else 1, gutter=8) as text:
                for paragraph in paragraphs:
                    text.write(paragraph)
                    text.ln(12)
            if note:
                made.set_font("Times", size=8)
                made.set_y(-30)
                made.multi_cell(0, text=note)
    return bytes(made.output())


def picture():
    """A small grey picture as PNG."""
    import struct
    import zlib

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    body = zlib.compress(b"".join(b"\0" + b"\x80" * 32 for _ in range(32)))
    head = struct.pack(">IIBBBBB", 32, 32, 8, 0, 0, 0, 0)
    return io.BytesIO(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b""))


def docx(paragraphs, title="", breaks=()):
    """A Word file; before the paragraphs in `breaks` a page begins, as Word notes it."""
    import docx as word
    from docx.oxml import OxmlElement

    file = word.Document()
    file.core_properties.title = title
    for i, paragraph in enumerate(paragraphs):
        run = file.add_paragraph().add_run()
        if i in breaks:
            run._r.append(OxmlElement("w:lastRenderedPageBreak"))
        run.add_text(paragraph)
    table = file.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "left", "right"
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def odt(paragraphs, title=""):
    """An OpenDocument text with a note in its first paragraph."""
    import odfdo

    file = odfdo.Document("text")
    file.body.clear()
    file.meta.title = title
    for i, paragraph in enumerate(paragraphs):
        made = odfdo.Paragraph(paragraph)
        if not i:
            made.insert_note(after=paragraph.split()[-1], note_id="n1", citation="1", body="A note nobody spoke.")
        file.body.append(made)
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def zipped(files):
    """A ZIP of files by name."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def epub(chapters, title=""):
    """An EPUB whose chapters are XHTML bodies."""
    items = "".join(f'<item id="c{i}" href="text/c{i}.xhtml" media-type="application/xhtml+xml"/>' for i in range(len(chapters)))
    spine = "".join(f'<itemref idref="c{i}"/>' for i in range(len(chapters)))
    package = f'<package xmlns="http://www.idpf.org/2007/opf"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{title}'
    package += f"</dc:title></metadata><manifest>{items}</manifest><spine>{spine}</spine></package>"
    container = '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="OEBPS/book.opf"/>'
    files = {"META-INF/container.xml": f"{container}</rootfiles></container>", "OEBPS/book.opf": package}
    for i, body in enumerate(chapters):
        files[f"OEBPS/text/c{i}.xhtml"] = (
            f'<html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head><body>{body}</body></html>'
        )
    return zipped(files)


def html(paragraphs, title="", head="", encoding="utf-8"):
    """A web page with a menu, an article and a footer."""
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    menu = "<nav><ul><li><a href='/'>Home</a></li><li><a href='/c'>Contact</a></li></ul></nav>"
    page = f"<html><head>{head}<title>{title}</title></head><body>{menu}<article><h1>{title}</h1>{body}</article>"
    return f"{page}<footer>All rights reserved</footer></body></html>".encode(encoding)


def xlsx(rows):
    """A workbook of one sheet."""
    import openpyxl

    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rtf(paragraphs):
    """An RTF file."""
    body = "".join(f"{paragraph}\\par\n" for paragraph in paragraphs)
    return ("{\\rtf1\\ansi\\ansicpg1252\\deff0{\\fonttbl{\\f0 Times;}}\\f0\\fs24 " + body + "}").encode("cp1252")
