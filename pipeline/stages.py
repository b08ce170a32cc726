"""The stages, as data: the only list of them. Help, order, README table and skipping derive from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from pipeline import manifest
from pipeline.codebook import FILES
from pipeline.config import NpmSource, Study, WebSource, base_model_file, home
from pipeline.ingest.listing import signature
from pipeline.progress import Track

Paths = Callable[[Study], list[Path]]


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the road: what it reads, what it writes, which module does it.

    A stage is skipped when its inputs, its settings, its code and the library
    versions are those of its last run and its outputs are there.
    """

    name: str
    module: str
    help: str
    reads: Paths
    writes: Paths
    takes_source: bool = False

    def run(self, study: Study, source: Path | None, track: Track) -> Counter[str]:
        """Do the stage's work; counts for the log."""
        function = import_module(f"pipeline.{self.module}").run
        counts: Counter[str] = function(study, source, track=track) if self.takes_source else function(study, track=track)
        return counts


def out(*names: str) -> Paths:
    """Files of the study's outputs."""
    return lambda study: [study.outputs / name for name in names]


def both(*parts: Paths) -> Paths:
    """Several lists of files in one."""
    return lambda study: [path for part in parts for path in part(study)]


def book_files(study: Study) -> list[Path]:
    """The codebook's files."""
    return [study.codebook_folder / name for name in FILES]


def label_files(study: Study) -> list[Path]:
    """The coders' files."""
    return sorted(study.labels.glob("*.jsonl"))


def registrations(study: Study) -> list[Path]:
    """What was registered of how the study will be judged."""
    return [study.folder / "registered.json"]


def model_file(study: Study) -> list[Path]:
    """The study's classifier."""
    return [study.model / "model.skops"]


def base_file(study: Study) -> list[Path]:
    """The shipped classifier that the study's own starts from."""
    return [base_model_file()]


def card_files(study: Study) -> list[Path]:
    """The model card."""
    return [study.model / "card.md", study.model / "card.json"]


def receipts(study: Study) -> list[Path]:
    """The notes of what was fetched."""
    npm = [source for source in study.sources if isinstance(source, NpmSource)]
    return [study.texts / source.package.split("/")[-1] / ".fetched.json" for source in npm]


def web_pages(study: Study) -> list[Path]:
    """The fetched pages of the web, those not here yet too, so that fetching is tried again."""
    found = []
    for source in study.sources:
        if isinstance(source, WebSource):
            said = manifest.receipts(source, study)
            names = [said.get(entry.url, {}).get("file", entry.id) for entry in manifest.load(source, study)]
            found += [manifest.pages_folder(study) / name for name in names]
    return found


def manifests(study: Study) -> list[Path]:
    """Lists of addresses."""
    return [manifest.path_of(source, study) for source in study.sources if isinstance(source, WebSource)]


def report_inputs(study: Study) -> list[Path]:
    """Everything the report shows."""
    names = ("documents.jsonl", "passages.jsonl", "codings.jsonl", "narratives.json", "shares.csv", "reliability.json", "problems.jsonl")
    return [*out(*names)(study), *book_files(study), *card_files(study), *label_files(study)]


STAGES = (
    Stage("fetch", "fetch", "Bring the texts the study names, pinned and checked.", manifests, web_pages, takes_source=True),
    Stage("ingest", "ingest", "Read, decode and mend texts into documents; list what cannot be read.",
          both(receipts, manifests), out("documents.jsonl", "problems.jsonl"), takes_source=True),
    Stage("segment", "segment", "Cut documents into passages.", out("documents.jsonl"), out("passages.jsonl")),
    Stage("tag", "tag", "Lay the codebook's rules on passages; who does what to whom, denied or reported.",
          both(out("passages.jsonl"), book_files), out("tags.jsonl")),
    Stage("train", "train", "Train and measure the classifier on the study's hand labels.",
          both(out("passages.jsonl", "tags.jsonl"), book_files, label_files, base_file),
          both(model_file, card_files, out("heldout.jsonl"))),
    Stage("code", "coding", "Decide for every passage which codes hold, and how sure that is.",
          both(out("passages.jsonl", "tags.jsonl"), book_files, model_file), out("codings.jsonl")),
    Stage("reliability", "reliability", "Agreement of coders with each other, with rules and classifier.",
          both(out("passages.jsonl", "tags.jsonl", "heldout.jsonl"), book_files, label_files), out("reliability.json")),
    Stage("aggregate", "aggregate", "Shares of codes by group, and the narratives' weight of evidence.",
          both(out("documents.jsonl", "passages.jsonl", "codings.jsonl", "heldout.jsonl", "reliability.json"), book_files, label_files,
               registrations),
          out("narratives.json", "narratives.csv", "evidence.csv", "shares.csv")),
    Stage("report", "report", "One self-contained page: verdict, figures, and the passages behind them; the same for papers.",
          report_inputs, out("report.html", "report.md")),
    Stage("export", "export", "The coded corpus as CSV, XLSX, JSONL and Parquet, each with its data dictionary.",
          both(out("documents.jsonl", "passages.jsonl", "codings.jsonl", "narratives.json"), book_files),
          out(*(f"export/codings.{suffix}{more}" for suffix in ("csv", "xlsx", "jsonl", "parquet") for more in ("", ".dictionary.csv")))),
)  # fmt: skip


def stage(name: str) -> Stage:
    """The stage of a name."""
    return next(item for item in STAGES if item.name == name)


def source_signature(study: Study, source: Path | None) -> str:
    """A hash that changes when a file of the source is added, removed or touched."""
    paths = [source] if source is not None else [study.texts, *(study.folder / s.path for s in study.sources if s.form == "path")]
    return signature(paths)


__all__ = ["STAGES", "Stage", "home", "source_signature", "stage"]
