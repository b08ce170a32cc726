"""What was fetched from the web: the main text of each page that stands as it was first fetched."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline import manifest
from pipeline.config import Study, WebSource
from pipeline.errors import Problem
from pipeline.ingest.files import read_file
from pipeline.ingest.raw import Raw, Unread
from pipeline.ingest.tree import Leaf


def read(source: WebSource, study: Study, found: list[Problem]) -> Iterator[Raw | Unread]:
    """Every fetched page of a manifest as a text; those not here were told by `fetch`."""
    said = manifest.receipts(source, study)
    for entry in manifest.load(source, study):
        path = manifest.page(entry, said, study)
        if path is not None:
            raw = read_file(Leaf(path.name, str(path), path, path.read_bytes), entry.given)
            yield Raw(entry.id, raw.text, raw.given, raw.file, 0, raw.encoding, raw.pages) if isinstance(raw, Raw) else raw
