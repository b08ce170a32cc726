"""A study made from a project of another tool: its texts, a study.yaml, and a draft of its codebook; all of it or nothing."""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from pipeline import codebook, store
from pipeline.config import home
from pipeline.errors import PipelineError, UsageError
from pipeline.exchange import draft_codebook
from pipeline.exchange.codes_map import map_codes
from pipeline.exchange.decoding import SourceText, decode
from pipeline.exchange.facts import FIELDS
from pipeline.exchange.guids import KEPT
from pipeline.exchange.placing import OutsideText, outside, place_all
from pipeline.exchange.qde_project import Outline, Project
from pipeline.exchange.qde_records import Source
from pipeline.exchange.source_match import SAYS_ID
from pipeline.model import Row

PASSAGES = re.compile(r"^Passages: (\d{1,4}) to (\d{1,4}) words$", re.M)
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
ROLES = {role: {"name": f"{role} (to be named)", "aliases": [f"{role} (to be named)"]} for role in ("self", "partner", "adversary")}
HEAD = "# Made from {file}. Name the actors under roles before you run it; the README says what every key means.\n"


@dataclass(frozen=True, slots=True)
class Made:
    """What was made."""

    study_file: Path
    documents: int
    codes: int
    codebook: str


def make(path: Path, name: str) -> Made:
    """Make corpus/<name>/ from a project file."""
    if not NAME.fullmatch(name):
        raise UsageError(f"{name!r} cannot name a study.", "Use small letters, digits and hyphens.")
    folder = home() / "corpus" / name
    if folder.exists():
        raise PipelineError(f"{folder} is there already.", "Give another name with --as-study, or import with --study.")
    building = folder.with_name(f".{name}.{os.getpid()}.tmp")
    project = Project(path)
    try:
        made = build(project, building, name)
        os.replace(building, folder)
        return Made(folder / "study.yaml", *made)
    finally:
        project.close()
        shutil.rmtree(building, ignore_errors=True)


def build(project: Project, folder: Path, name: str) -> tuple[int, int, str]:
    """Write a study into a folder: how many documents, how many codes, which codebook."""
    rows = write_texts(project, folder / "texts")
    if not rows:
        what = f"{project.path.name} holds no text: its {project.outline.sources} text source(s) are empty or not in it."
        raise PipelineError(what, "A study needs texts; export the project anew with its sources.")
    write_table(folder / "texts" / "metadata.csv", rows)
    outline = project.outline
    book = known_codebook(outline) or write_codebook(outline, folder / "codebook", name)
    study = {
        "name": name, "title": outline.about.name or name, "question": "Which theory does this discourse support? (to be written)",
        "codebook": book, "roles": ROLES, "sources": [{"form": "path", "path": "texts"}],
    }  # fmt: skip
    if said := PASSAGES.search(outline.words):  # cut as they were where the file was made, so that its labels fit
        study["passages"] = {"min_words": int(said[1]), "max_words": int(said[2])}
    text = yaml.safe_dump(study, sort_keys=False, allow_unicode=True, width=120)
    store.write_text(folder / "study.yaml", HEAD.format(file=project.path.name) + text)
    return len(rows), len(outline.codes), book


def write_texts(project: Project, folder: Path) -> list[Row]:
    """Write every text of the project; its row of metadata each."""
    rows: list[Row] = []
    taken: Counter[str] = Counter()
    for source in project.sources():
        content = project.content(source)
        if content is None or not (text := decode(content)).plain.strip():
            continue
        check_places(project, source, text)
        stem = file_stem(source)
        taken[stem] += 1
        stem = stem if taken[stem] == 1 else f"{stem}-{taken[stem]}"
        store.write_text(folder / f"{stem}.txt", store.sound(text.plain))
        rows.append({"file": f"{stem}.txt", "title": source.name, **facts(source, project.outline), KEPT: source.guid})
    return rows


def check_places(project: Project, source: Source, text: SourceText) -> None:
    """Refuse a selection outside its text before anything of the study is there."""
    try:
        place_all(text, source.selections)
    except OutsideText as error:
        raise outside(project.path, source.name, error) from None


def file_stem(source: Source) -> str:
    """A file name for a source: the id it had here, else its name in plain letters."""
    said = SAYS_ID.search(source.description)
    name = said[1] if said else source.name.removesuffix(".txt")
    return re.sub(r"[^\w-]+", "_", name).strip("_").lower()[:80] or source.guid


def facts(source: Source, outline: Outline) -> dict[str, str]:
    """What variables and cases say of a source; the year stands in the date."""
    said: dict[str, str] = {}
    for case in outline.cases:
        if source.guid in case.sources:
            said |= named(case.values, outline)
    said |= named(source.values, outline)
    return {name: value for name, value in said.items() if name != "year"}


def named(values: Mapping[str, str], outline: Outline) -> dict[str, str]:
    """Values by the names of their variables, those that every document has in small letters."""
    found = {outline.variables[guid].name: value for guid, value in values.items() if guid in outline.variables and value}
    return {name.lower() if name.lower() in FIELDS else name: value for name, value in found.items()}


def write_table(path: Path, rows: list[Row]) -> None:
    """Write metadata.csv."""
    columns = dict.fromkeys(["file", "title", *FIELDS, *(name for row in rows for name in row)])
    out = io.StringIO()
    writer = csv.DictWriter(out, list(columns), lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(rows)
    store.write_text(path, store.sound(out.getvalue()))


def known_codebook(outline: Outline) -> str:
    """The codebook here that has all of the project's codes; "" where none has."""
    for folder in sorted((home() / "codebook").glob("*/codebook.yaml")):
        try:
            book = codebook.load(folder.parent)
        except PipelineError:
            continue
        if outline.codes and not map_codes(outline.codes, book, "").unknown:
            return folder.parent.name
    return ""


def write_codebook(outline: Outline, folder: Path, name: str) -> str:
    """Draft a codebook; the name under which study.yaml finds it."""
    codes = list(outline.codes.values())
    if not codes:
        raise PipelineError("The file holds no codes.", "A study needs a codebook; name one with the codes you want.")
    ids = draft_codebook.ids_of(codes)
    origin = outline.about.origin
    for file, data in (
        ("codebook.yaml", draft_codebook.codebook(name, origin, codes, ids)),
        ("narratives.yaml", draft_codebook.narratives(outline.groups, codes, ids)),
    ):
        store.write_text(folder / file, yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=120))
    store.write_jsonl(folder / "patterns.jsonl", draft_codebook.rules(codes, ids))
    codebook.load(folder)
    return folder.name
