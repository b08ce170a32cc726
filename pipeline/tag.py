"""Tag: lay the codebook's rules on passages and note which roles they name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from joblib import Parallel, delayed

from pipeline import codebook, ledger
from pipeline.code_hash import code_hash
from pipeline.config import Study, home, load_study
from pipeline.model import Row, Tag, to_row
from pipeline.progress import Track, no_track
from pipeline.rules import RuleEngine, engine_hash
from pipeline.rules.roles import Roles

BATCH = 2_000_000  # bytes of passages a worker takes at a time


def tag(passages: Sequence[Row], engine: RuleEngine) -> list[Tag]:
    """The hits and roles of each passage (rows with id, document_id, text)."""
    hits = engine.hits([row["text"] for row in passages])
    return [Tag(row["id"], row["document_id"], found, engine.roles.named(row["text"])) for row, found in zip(passages, hits, strict=True)]


@cache
def engine_of(study_file: str, fingerprint: str) -> RuleEngine:
    """The engine of a study, built once a process (`fingerprint` keeps it from growing stale)."""
    study = load_study(study_file)
    cache_file = home() / "outputs" / ".parses" / f"{study.language}.sqlite"
    return RuleEngine(codebook.load(study.codebook_folder), Roles.of(study), study.language, cache_file)


def tag_documents(study_file: str, fingerprint: str, documents: Iterable[tuple[str, list[Row]]]) -> list[tuple[str, list[Row], Row]]:
    """Tag rows of several documents; what a worker process does."""
    engine = engine_of(study_file, fingerprint)
    made = []
    for name, passages in documents:
        rows = [to_row(found) for found in tag(passages, engine)]
        made.append((name, rows, {"hits": sum(len(row["hits"]) for row in rows)}))
    return made


def run(study: Study, track: Track = no_track) -> Counter[str]:
    """Bring tags.jsonl up to date; counts for the log."""
    passages = ledger.Reader(study.outputs / "passages.jsonl")
    book = codebook.load(study.codebook_folder)
    fingerprint = ledger.digest_of(engine_hash(book, Roles.of(study), study.language), code_hash(__name__))
    keys = {name: ledger.digest_of(entry.digest, fingerprint) for name, entry in passages.entries.items()}

    def make(todo: Sequence[str]) -> Iterator[ledger.Made]:
        sizes = {name: passages.entries[name].end - passages.entries[name].start for name in todo}
        limit = min(BATCH, sum(sizes.values()) // (4 * ledger.worker_count()) + 1)
        batches = list(ledger.chunks(todo, sizes, limit))
        jobs = ledger.worker_count() if len(batches) > 1 else 1
        calls = (delayed(tag_documents)(str(study.file), fingerprint, [(name, passages.rows(name)) for name in batch]) for batch in batches)
        done = Parallel(n_jobs=jobs, return_as="generator", pre_dispatch="2*n_jobs")(calls)
        for made in track(done, total=len(batches), label="batches"):
            yield from made

    entries, computed = ledger.update(study.outputs / "tags.jsonl", keys, make)
    passages.close()
    return Counter(hits=sum(entry.notes["hits"] for entry in entries.values()), computed=computed)
