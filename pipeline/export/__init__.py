"""Export: the coded corpus in the forms reviewers and their tools open. `FORMATS` is the only list of them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from pipeline.config import Study
from pipeline.export.form import Choices, Exported, Format
from pipeline.progress import Track, no_track

FORMATS = (
    Format("csv", "csv", "a row a passage; opens in any spreadsheet", "tables:write_csv", always=True),
    Format("xlsx", "xlsx", "a workbook: summary, passages, documents, codebook", "xlsx:write", always=True),
    Format("jsonl", "jsonl", "an object a passage; loses nothing", "tables:write_jsonl", always=True),
    Format("parquet", "parquet", "a typed table for R, pandas and Arrow", "parquet:write", always=True),
    Format("review", "xlsx", "passages to check, with room for verdicts; `policycode import` takes it back", "review:write", draws=True),
    Format("labelling", "xlsx", "passages to label, without the machine's codes", "review:write_labelling", draws=True),
    Format("label-studio", "json", "Label Studio tasks with predictions, and the configuration for them", "label_studio:write", draws=True),
    Format("doccano", "jsonl", "doccano lines with labels and spans", "doccano:write", draws=True),
    Format("spacy", "spacy", "spaCy's DocBin: codes as categories, rule hits as spans", "spacy_docs:write"),
    Format("cas", "zip", "UIMA CAS XMI for INCEpTION, a document each, with the type system", "cas:write"),
    Format("web-annotation", "jsonld", "W3C Web Annotations with positions and quotations", "web_annotation:write"),
    Format("qdpx", "qdpx", "a REFI-QDA project for NVivo, ATLAS.ti, MAXQDA, QualCoder", "qdpx:write_qdpx"),
    Format("package", "zip", "a replication package that rebuilds its own tables: `make reproduce`", ".replication.package:write"),
    Format("qdc", "qdc", "a REFI-QDA codebook", "qdc:write_qdc"),
)
BY_NAME = {form.name: form for form in FORMATS}


def export_to(study: Study, form: str, path: Path, choices: Choices | None = None, track: Track = no_track) -> Exported:
    """Write the coded corpus in one form."""
    return BY_NAME[form].write(study, path, choices, track)


def default_path(study: Study, form: Format) -> Path:
    """Where a format goes when nobody says where."""
    return study.outputs / "export" / f"{'codings' if form.always else form.name}.{form.suffix}"


def run(study: Study, track: Track = no_track) -> Counter[str]:
    """Write export/codings.* in every form that is always made; counts for the log."""
    forms = [form for form in FORMATS if form.always]
    counts: Counter[str] = Counter()
    for form in track(forms, total=len(forms), label="formats"):
        counts |= form.write(study, default_path(study, form)).counts
    return counts + Counter(formats=len(forms))
