"""The addresses of a manifest: fetched once, pinned by hash, checked after; a change is told and never taken."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from pipeline import forms, manifest, store
from pipeline.config import Study, WebSource
from pipeline.errors import PipelineError, Problem
from pipeline.fetch.polite import Answer, Client, Refusal
from pipeline.forms import NotText
from pipeline.manifest import Entry
from pipeline.progress import Track

TYPES = {
    "application/pdf": ".pdf", "application/rtf": ".rtf", "text/rtf": ".rtf", "text/plain": ".txt", "text/html": ".html",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx", "application/epub+zip": ".epub",
    "application/vnd.oasis.opendocument.text": ".odt",
}  # fmt: skip
INSTEAD = "or give texts of your own: make all STUDY={} SOURCE=<folder, file or table>"


def ending(url: str, answer: Answer) -> str:
    """The form of an answer: a PDF by its first bytes, else as the server or the address says, else a page."""
    if answer.content.startswith(b"%PDF"):
        return ".pdf"
    said = TYPES.get(answer.headers.get("content-type", "").split(";")[0].strip().lower(), "")
    named = PurePosixPath(urlsplit(url).path).suffix.lower()
    return said or (named if forms.is_known(named) else ".html")


def text_hash(name: str, content: bytes) -> str:
    """A hash of a page's main text, "" where it has none: what stays while menus and counters around it change."""
    try:
        return store.sha256_text(" ".join(forms.extract(name, content).text.split()))
    except NotText:
        return ""


def is_pinned(content: bytes, name: str, pin: Mapping[str, Any]) -> bool:
    """Whether bytes are what was first fetched, or hold the same main text."""
    same = hashlib.sha256(content).hexdigest() == pin["sha256"]
    return same or (bool(pin["text_sha256"]) and text_hash(name, content) == pin["text_sha256"])


def receipt(name: str, content: bytes) -> dict[str, Any]:
    """What is noted of a page that was fetched for the first time."""
    day = datetime.now(UTC).date().isoformat()  # as papers cite it
    digest = hashlib.sha256(content).hexdigest()
    return {"file": name, "sha256": digest, "text_sha256": text_hash(name, content), "bytes": len(content), "fetched": day}


def is_here(entry: Entry, said: Mapping[str, Any], study: Study) -> bool:
    """Whether an address's page lies here as it was first fetched."""
    path = manifest.page(entry, said, study)
    return path is not None and is_pinned(path.read_bytes(), path.name, said[entry.url])


def take(entry: Entry, answer: Answer, said: dict[str, Any], study: Study) -> str:
    """Lay down what was fetched; why not, where it is not what was first fetched."""
    folder = manifest.pages_folder(study)
    pin = said.get(entry.url)
    name = pin["file"] if pin else store.sound(entry.id).replace("/", "_") + ending(entry.url, answer)
    if pin and not is_pinned(answer.content, name, pin):
        store.write_bytes(folder / ".changed" / name, answer.content)
        return f"left out: its text is not what was first fetched on {pin['fetched']}; what is there now lies in {folder}/.changed/{name}"
    store.write_bytes(folder / name, answer.content)
    said[entry.url] = pin or receipt(name, answer.content)
    return ""


def bring(source: WebSource, study: Study, track: Track, found: list[Problem]) -> Counter[str]:
    """Fetch what is not here yet; each page is kept and noted at once, so that an interrupted run goes on."""
    client, counts = Client(source.delay), Counter[str]()
    said = manifest.receipts(source, study)
    entries = manifest.load(source, study)
    place = str(manifest.path_of(source, study))
    for entry in track(entries, total=len(entries), label="addresses"):
        if is_here(entry, said, study):
            counts["kept"] += 1
            continue
        try:
            why = take(entry, client.get(entry.url), said, study)
        except Refusal as error:
            why = f"not fetched: {error}"
        if why:
            found.append(Problem(place, entry.line, f"{entry.url}: {why}", "error", "fetch"))
            counts["failed"] += 1
            continue
        store.write_json(manifest.receipts_path(source, study), dict(sorted(said.items())))
        counts["fetched"] += 1
    if entries and not counts["kept"] and not counts["fetched"]:
        raise PipelineError(f"None of the {len(entries)} addresses in {place} could be fetched.",
                            f"Check the network, {INSTEAD.format(study.name)}", tuple(found[:5]))  # fmt: skip
    return counts
