"""Forms of documents: one module a form, each turning the bytes of a file into text without touching disk or network."""

from __future__ import annotations

from importlib import import_module
from pathlib import PurePath

from pipeline.errors import PipelineError
from pipeline.forms.decode import NotText
from pipeline.forms.extract import Extract

FORMS = {
    ".txt": "text", ".md": "markdown", ".markdown": "markdown", ".html": "html", ".htm": "html", ".xhtml": "html", ".shtml": "html",
    ".pdf": "pdf", ".docx": "docx", ".docm": "docx", ".odt": "odt", ".epub": "epub", ".rtf": "rtf",
}  # fmt: skip
KNOWN = ".txt .md .html .pdf .docx .odt .epub .rtf, tables as .csv .tsv .jsonl .xlsx, and folders or .zip of these"
PICTURES = {".png", ".jpg", ".jpeg", ".tif", ".tiff", ".gif", ".bmp", ".djvu"}
INSTEAD = {
    **dict.fromkeys([".doc", ".dot", ".wpd", ".pages", ".wps"], "save it as .docx or .odt"),
    **dict.fromkeys([".ppt", ".pptx", ".odp", ".key"], "save it as .pdf"),
    **dict.fromkeys([".xls", ".ods", ".numbers"], "save it as .xlsx or .csv"),
    **dict.fromkeys([".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz"], "unpack it, or pack it as .zip"),
    **dict.fromkeys([".mht", ".mhtml", ".webarchive"], "save the page as .html"),
    **dict.fromkeys(PICTURES, "it is a picture; run OCR over it and give its text"),
}


def is_known(name: str) -> bool:
    """Whether a file's ending names a form that can be read."""
    return PurePath(name).suffix.lower() in FORMS


def advice(name: str) -> str:
    """Why a file of this ending is left out and what to do instead."""
    ending = PurePath(name).suffix.lower()
    return f"{ending or 'files without an ending'} cannot be read; {INSTEAD.get(ending, 'save it as .txt')}"


def extract(name: str, content: bytes) -> Extract:
    """The text of a file, told by its name and bytes; NotText says why there is none."""
    module = import_module(f"{__name__}.{FORMS[PurePath(name).suffix.lower()]}")
    try:
        found: Extract = module.extract(content)
    except PipelineError as error:  # of the archive that the file is
        raise NotText(error.message.removesuffix(".")) from None
    return found


__all__ = ["Extract", "NotText", "advice", "extract", "is_known"]
