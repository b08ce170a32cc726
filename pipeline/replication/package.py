"""Packing a study: what is published is what was rebuilt from the package's own files just before."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections import Counter
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, PackageLoader

from pipeline import __version__, codebook, registration, store
from pipeline.config import Study, base_model_file
from pipeline.errors import PipelineError
from pipeline.export.form import Choices, Exported
from pipeline.progress import Track
from pipeline.replication import manifest, rebuild, withhold

PROGRAM = Path(__file__).parent.parent  # the source of the program, which travels along
ROOT = PROGRAM.parent
FIXED_TIME = (2000, 1, 1, 0, 0, 0)
TEXTLESS = ("reliability.json", "narratives.json", "shares.csv")  # tables that texts do not enter
WITHHELD = "The texts may not be shared: ids, places and hashes stand in their place (`texts_may_be_shared` in study.yaml)."


def write(study: Study, path: Path, choices: Choices, track: Track) -> Exported:
    """Write the package."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        lay_study(study, home)
        lay_outputs(study, home)
        rebuild.run(home, study.name, rebuild.TABLES, track)
        check_tables(study, home)
        lay_program(home)
        lay_words(study, home)
        count = manifest.write(home)
        pack(home, path)
    return Exported(Counter(files=count + 1), () if shares_texts(study) else (WITHHELD,))


def shares_texts(study: Study) -> bool:
    """Whether the texts the study was run on may travel: as it says, else only those of pinned packages, never those of SOURCE=."""
    if study.texts_may_be_shared is not None:
        return study.texts_may_be_shared
    record = study.outputs / "run.json"
    other = record.is_file() and bool(store.read_json(record).get("source"))
    return bool(study.sources) and not other and all(source.form == "npm" for source in study.sources)


def lay_study(study: Study, home: Path) -> None:
    """Study, registrations, labels, codebook and models, laid as in a project."""
    corpus = home / "corpus" / study.name
    rebuild.copy(study.file, corpus / "study.yaml")
    beside = study.codebook_folder == study.folder / study.codebook
    shutil.copytree(study.codebook_folder, (corpus if beside else home / "codebook") / study.codebook)
    registered = registration.path_of(study)
    rebuild.copy(registered, corpus / registered.name)
    for file in sorted(study.labels.rglob("*.jsonl")):
        rebuild.copy(file, corpus / "labels" / file.relative_to(study.labels))
    for folder in (study.model, base_model_file().parent):
        if folder.is_dir():
            shutil.copytree(folder, home / "models" / folder.name)


def lay_outputs(study: Study, home: Path) -> None:
    """What the tables are made of; without texts where these may not travel."""
    outputs = home / "outputs" / study.name
    if not shares_texts(study):
        withhold.write_all(study, outputs)
    for stem in rebuild.CODED:
        target = outputs / f"{stem}.jsonl"
        if not target.exists():
            rebuild.copy(study.outputs / target.name, target)
    record = store.read_json(study.outputs / "run.json") if (study.outputs / "run.json").is_file() else {}
    store.write_json(outputs / "run.json", {**record, "source": Path(record.get("source", "")).name})


def check_tables(study: Study, home: Path) -> None:
    """An error where the study's tables are not what its codings and labels give: a package must not contradict the report."""
    for name in TEXTLESS:
        if store.sha256_file(study.outputs / name) != store.sha256_file(home / "outputs" / study.name / name):
            hint = "Run `policycode run` (or `make all`) first."
            raise PipelineError(f"{study.outputs / name} is not what the study's codings and labels give now.", hint)


def lay_program(home: Path) -> None:
    """The program's source and its environment, so that the package depends on no version that may be gone."""
    shutil.copytree(PROGRAM, home / "pipeline", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "LICENSE"):
        rebuild.copy(ROOT / name, home / name)
    lock = ROOT / "requirements.lock"
    frozen = sorted({f"{one.name}=={one.version}" for one in distributions() if one.name != "policycode"}, key=str.lower)
    store.write_text(home / "environment.txt", "\n".join(frozen) + "\n")
    if lock.is_file():
        rebuild.copy(lock, home / lock.name)
    else:
        rebuild.copy(home / "environment.txt", home / lock.name)


def lay_words(study: Study, home: Path) -> None:
    """README, Makefile and citation file."""
    templates = Environment(loader=PackageLoader("pipeline.replication", "files"), keep_trailing_newline=True, autoescape=False)
    found = store.read_json(study.outputs / "narratives.json")
    facts = {
        "study": study, "shared": shares_texts(study), "version": __version__, "verdicts": [scope["words"] for scope in found["scopes"]],
        "codebook": codebook.load(study.codebook_folder).version,
    }  # fmt: skip
    for name in ("README.md", "Makefile"):
        store.write_text(home / name, templates.get_template(name).render(facts))
    store.write_text(home / "CITATION.cff", yaml.safe_dump(citation(study), sort_keys=False, allow_unicode=True, width=1000))


def citation(study: Study) -> dict[str, Any]:
    """The package in the Citation File Format 1.2, with the program it was made by."""
    program = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8")) if (ROOT / "CITATION.cff").is_file() else {}
    software = {"type": "software", "title": program.get("title", "policycode"), "version": __version__,
                "authors": program.get("authors", [{"name": "The policycode authors"}])}  # fmt: skip
    return {
        "cff-version": "1.2.0", "message": "If you use these data, please cite them and the program.", "type": "dataset",
        "title": f"Replication package: {study.title}", "abstract": study.question,
        "authors": [{"name": f"The authors of the study {study.name}"}], "references": [software],
    }  # fmt: skip


def pack(home: Path, path: Path) -> None:
    """The folder as an archive: the same content, the same bytes."""
    with store.atomic(path, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in [manifest.NAME, *manifest.files(home)]:
            info = zipfile.ZipInfo(name, FIXED_TIME)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            with (home / name).open("rb") as source, archive.open(info, "w", force_zip64=True) as target:
                shutil.copyfileobj(source, target, 1 << 20)
