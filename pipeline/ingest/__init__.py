"""Ingest: texts of every source form become documents: decoded, mended, told apart."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipeline import forms, ledger, problems, store
from pipeline.code_hash import code_hash
from pipeline.config import NpmSource, PathSource, Study, WebSource
from pipeline.errors import PipelineError, Problem
from pipeline.ingest import files, table, web
from pipeline.ingest.mend import mend_pages
from pipeline.ingest.raw import Raw, Unread
from pipeline.ingest.turns import cut, turns_of
from pipeline.model import Document, to_row
from pipeline.progress import Track, no_track

FIELDS = ("title", "speaker", "country", "date", "kind", "language", "source")
Source = NpmSource | PathSource | WebSource
Item = tuple[str, Raw, Mapping[str, str], Source]


def sources_of(study: Study, override: Path | None) -> list[Source]:
    """The study's sources, or the one laid over it."""
    if override is not None:
        return [PathSource(form="path", path=str(override.absolute()))]
    if not study.sources:
        hint = f"Give a folder, a file or a table: make all STUDY={study.name} SOURCE=<path>"
        raise PipelineError(f"The study {study.name} names no texts of its own.", hint)
    return list(study.sources)


def source_path(source: NpmSource | PathSource, study: Study) -> Path:
    """Where the texts of a source lie; an error where they do not."""
    if isinstance(source, NpmSource):
        path = study.texts / source.package.split("/")[-1]
        hint = "Run `policycode fetch` first, or give a folder with SOURCE=<path>."
    else:
        path = study.folder / source.path
        hint = "Check `path:` in study.yaml or the SOURCE you gave."
    if not path.exists():
        raise PipelineError(f"The source {path} does not exist.", hint)
    return Path(os.path.relpath(path))


def read_source(source: Source, study: Study, found: list[Problem]) -> Iterator[Raw | Unread]:
    """Everything a source holds."""
    if isinstance(source, WebSource):
        return web.read(source, study, found)
    path = source_path(source, study)
    wanted = source.text_column if isinstance(source, PathSource) else ""
    if path.suffix.lower() in table.TABLES and path.is_file():
        return table.read(path, found, wanted)
    if path.is_file() and path.suffix.lower() != ".zip" and not forms.is_known(path.name):
        raise PipelineError(f"{path}: {forms.advice(path.name)}.", f"What can be read: {forms.KNOWN}.")
    return files.read(path, found, wanted)


def named(source: Source, raw: Raw) -> Mapping[str, str]:
    """What a file's name says, where the source has a pattern for it."""
    pattern = source.name_pattern if isinstance(source, NpmSource) else ""
    match = re.fullmatch(pattern, raw.id) if pattern else None
    return {k: v.replace("_", " ").title() if k == "speaker" else v for k, v in (match.groupdict() if match else {}).items()}


def wanted_year(source: Source, given: Mapping[str, str]) -> bool:
    """Whether a text's year lies in the years the source asks for."""
    if not isinstance(source, NpmSource) or not given.get("date", "")[:4].isdigit():
        return True
    year = int(given["date"][:4])
    return (source.from_year or year) <= year <= (source.to_year or year)


def build(raw: Raw, given: Mapping[str, str], source: Source, language: str) -> Document:
    """The document of a raw text: mended, with what is known of it in its fields."""
    lower = {key.strip().lower(): value.strip() for key, value in given.items()}
    lower["date"] = lower.get("date") or lower.get("year", "")
    fields = {name: lower.get(name) or getattr(source.metadata, name) for name in FIELDS}
    fields["language"] = fields["language"] or language
    fields["title"] = fields["title"] or ", ".join(filter(None, (fields["speaker"], fields["country"], fields["date"]))) or raw.id
    body, mended, starts = mend_pages(raw.text, fields["language"])
    body, spoken, starts, gone = cut(body, turns_of(body), starts, source.speakers)
    mended |= {"turns left out": gone} if gone else {}
    rest: dict[str, Any] = {k: v for k, v in lower.items() if k not in {*FIELDS, "id", "file", "text", "year"} and v}
    rest |= {"encoding": raw.encoding} if raw.encoding not in {"utf-8", "utf-8-sig"} else {}
    rest |= {"mended": mended} if mended else {}
    rest |= {"pages": list(zip([0, *starts], raw.pages, strict=False))} if raw.pages else {}
    rest |= {"turns": spoken} if spoken else {}
    return Document(raw.id, **fields, text=body, sha256=store.sha256_text(body), metadata=rest)


def notes_of(document: Document, raw: Raw) -> dict[str, Any]:
    """What later runs must know of a document without reading it."""
    return {"sha256": document.sha256, "words": len(document.text.split()), "file": raw.file, "line": raw.line,
            "encoding": document.metadata.get("encoding", ""), "mended": document.metadata.get("mended", {})}  # fmt: skip


def scan(study: Study, override: Path | None, found: list[Problem]) -> Iterator[Item]:
    """Every readable text with its final id, one at a time; what cannot be read goes to `found`."""
    taken: set[str] = set()
    for source in sources_of(study, override):
        for raw in read_source(source, study, found):
            if isinstance(raw, Unread):
                found.append(raw.problem)
                continue
            given = {**named(source, raw), **raw.given}
            if wanted_year(source, given):
                yield unique(raw, taken, found), raw, given, source


def unique(raw: Raw, taken: set[str], found: list[Problem]) -> str:
    """A document id that is not taken; a second use of one is reported."""
    wanted = name = store.sound(raw.id).replace("#", "_")
    number = 1
    while name in taken:
        number += 1
        name = f"{wanted}-{number}"
    if number > 1:
        found.append(Problem(raw.file, raw.line, f"id {wanted!r} stands twice; this one is now {name}", "warning", "id"))
    taken.add(name)
    return name


def originals(entries: Mapping[str, ledger.Entry], found: list[Problem]) -> list[str]:
    """Ids of documents that have words and are no copy of an earlier one; the rest is reported."""
    first: dict[str, str] = {}
    chosen = []
    for name in sorted(entries):
        notes = entries[name].notes
        if not notes["words"]:
            found.append(Problem(notes["file"], notes["line"], "left out: it is empty", "warning", "empty"))
        elif notes["sha256"] in first:
            what = f"left out: the same text as {first[notes['sha256']]!r}"
            found.append(Problem(notes["file"], notes["line"], what, "warning", "duplicate"))
        else:
            first[notes["sha256"]] = name
            chosen.append(name)
    if not chosen:  # said before anything is written, so that what was built before stands
        raise PipelineError("Every text is empty.", "Check the source.", tuple(sorted(found)))
    return chosen


def mendings(entries: Mapping[str, ledger.Entry]) -> list[Problem]:
    """A note for every document that was read in an odd encoding or mended."""
    found = []
    for notes in (entry.notes for entry in entries.values()):
        if notes["encoding"]:
            what = f"read as {notes['encoding']}"
            found.append(Problem(notes["file"], notes["line"], what, "note", "encoding"))
        if notes["mended"]:
            what = "mended " + ", ".join(f"{count} {kind}" for kind, count in notes["mended"].items())
            found.append(Problem(notes["file"], notes["line"], what, "note", "mended"))
    return found


def key_of(raw: Raw, given: Mapping[str, str], source: Source, study: Study) -> str:
    """A hash of everything a document is made of."""
    said = store.dumps(
        [
            dict(given),
            source.metadata.model_dump(),
            source.speakers.model_dump(),
            study.language,
            raw.encoding,
            raw.file,
            raw.line,
            raw.pages,
        ]
    )
    return ledger.digest_of(raw.text, said, code_hash(__package__, "pipeline.forms"))


def run(study: Study, source: Path | None = None, track: Track = no_track) -> Counter[str]:
    """Bring documents.jsonl up to date; counts for the log."""
    found: list[Problem] = []
    keys = {name: key_of(raw, given, one, study) for name, raw, given, one in scan(study, source, found)}
    if not keys:
        raise PipelineError("There is no text that can be read.", "Check the source.", tuple(sorted(found)))

    def make(todo: Sequence[str]) -> Iterator[ledger.Made]:
        wanted = set(todo)
        again = (item for item in scan(study, source, []) if item[0] in wanted) if wanted else iter(())
        for name, raw, given, one in track(again, total=len(wanted), label="documents"):
            document = replace(build(raw, given, one, study.language), id=name)
            yield name, [to_row(document)], notes_of(document, raw)

    data = study.outputs / "documents.jsonl"
    entries, computed = ledger.update(data, keys, make, lambda all_: originals(all_, found))
    problems.replace(study.outputs, "ingest", found + mendings(entries))
    words = sum(entry.notes["words"] for entry in entries.values())
    kinds = Counter(problem.severity for problem in found)
    return Counter(documents=len(ledger.load(data)), computed=computed, words=words, errors=kinds["error"], warnings=kinds["warning"])
