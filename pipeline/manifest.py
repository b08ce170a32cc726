"""A study's list of addresses on the web, and the receipts of what was first fetched from them."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from pipeline import store
from pipeline.config import Study, WebSource
from pipeline.errors import PipelineError, Problem

COLUMNS = ("url", "id", "title", "speaker", "country", "date", "kind", "language", "source")
CORRECT = f"Correct the manifest; its columns are {', '.join(COLUMNS)}, of which url must be there."


@dataclass(frozen=True, slots=True)
class Entry:
    """One address: the line it stands on, the id of its document, and what the manifest says of it."""

    line: int
    url: str
    id: str
    given: Mapping[str, str]


def path_of(source: WebSource, study: Study) -> Path:
    """Where a source's manifest lies."""
    return study.folder / source.manifest


def receipts_path(source: WebSource, study: Study) -> Path:
    """Where it is noted what was first fetched: beside the manifest, to be kept with it."""
    return path_of(source, study).with_suffix(".receipts.json")


def pages_folder(study: Study) -> Path:
    """Where fetched pages lie."""
    return study.texts / "web"


def receipts(source: WebSource, study: Study) -> dict[str, Any]:
    """What is noted of each address."""
    path = receipts_path(source, study)
    found = store.read_json(path) if path.is_file() else {}
    return found if isinstance(found, dict) else {}


def slug(url: str) -> str:
    """An id for an address: readable, and its own by a hash."""
    parts = urlsplit(url)
    words = re.sub(r"[^\w]+", "-", f"{parts.netloc.removeprefix('www.')}{parts.path}").strip("-")[:60]
    return f"{words}-{hashlib.sha256(url.encode()).hexdigest()[:8]}"


def numbered(path: Path) -> Iterator[tuple[int, Any]]:
    """Rows of a manifest with their lines (of YAML: their place in the list)."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        if path.suffix != ".csv":
            yield from enumerate(yaml.safe_load(text) or [], 1)
            return
        reader = csv.DictReader(io.StringIO(text), strict=True)
        for row in reader:
            yield reader.line_num, row
    except FileNotFoundError:
        raise PipelineError(f"The manifest {path} does not exist.", "Check `manifest:` in study.yaml.") from None
    except (yaml.YAMLError, csv.Error, UnicodeDecodeError, TypeError) as error:
        raise PipelineError(f"{path} cannot be read: {error}", CORRECT) from None


def fault(row: Any, seen: set[str]) -> str:
    """What is wrong with a row, "" where nothing is."""
    if not isinstance(row, dict) or None in row:
        return "is no row of columns" if not isinstance(row, dict) else "has more cells than there are columns; quote cells with commas"
    url = str(row.get("url") or "").strip()
    if not re.fullmatch(r"https?://[^\s/]+\S*", url):
        return f"url {url!r} is no address of the web (http:// or https://)"
    if unknown := sorted(set(row) - set(COLUMNS)):
        return f"unknown columns: {', '.join(unknown)}"
    return f"names {url} again" if url in seen else ""


def load(source: WebSource, study: Study) -> list[Entry]:
    """The addresses of a manifest; every fault at once."""
    path = path_of(source, study)
    entries, faults, seen = [], [], set[str]()
    for line, row in numbered(path):
        if why := fault(row, seen):
            faults.append(Problem(str(path), line, why))
            continue
        given = {key: str(value).strip() for key, value in row.items() if value not in (None, "")}
        url = given.pop("url")
        seen.add(url)
        entries.append(Entry(line, url, given.pop("id", "") or slug(url), {"source": url, **given}))
    if faults:
        raise PipelineError(f"{path} has faults.", CORRECT, tuple(faults))
    return entries


def page(entry: Entry, said: Mapping[str, Any], study: Study) -> Path | None:
    """The file that an address was fetched into; None where it is not here."""
    path = pages_folder(study) / str(said.get(entry.url, {}).get("file", ""))
    return path if entry.url in said and path.is_file() else None
