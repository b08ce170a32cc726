"""UIMA CAS as XMI, for INCEpTION and all of UIMA: an archive of one XMI a document and the type system.

UIMA counts UTF-16 units; the library converts. XML cannot hold control
characters, each of which gives way to U+FFFD so that places hold.
"""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from cassis import Cas, TypeSystem

from pipeline import store
from pipeline.config import Study
from pipeline.export.corpus import Coded, coded_documents, held
from pipeline.export.form import Choices, Exported
from pipeline.model import Row
from pipeline.progress import Track

PASSAGE, CODE, HIT = "webanno.custom.Passage", "webanno.custom.Code", "webanno.custom.RuleHit"
FEATURES = {
    PASSAGE: {"passageId": "String"},
    CODE: {"code": "String", "probability": "Double"},
    HIT: {"code": "String", "rule": "String", "negated": "Boolean", "attributed": "Boolean", "source": "String", "target": "String"},
}
META = "de.tudarmstadt.ukp.dkpro.core.api.metadata.type.DocumentMetaData"
UNSAYABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
FIXED_TIME = (2000, 1, 1, 0, 0, 0)


@cache
def type_system() -> Any:
    """The types: passages, codes on them, rule hits, and DKPro's facts of a document."""
    types = TypeSystem(add_document_annotation_type=True)
    for name, features in FEATURES.items():
        made = types.create_type(name, supertypeName="uima.tcas.Annotation")
        for feature, kind in features.items():
            types.create_feature(made, feature, f"uima.cas.{kind}")
    meta = types.create_type(META, supertypeName="uima.tcas.DocumentAnnotation")
    for feature in ("documentTitle", "documentId", "documentUri", "collectionId"):
        types.create_feature(meta, feature, "uima.cas.String")
    return types


def write(study: Study, path: Path, choices: Choices, track: Track) -> Exported:
    """Write the archive, a document at a time."""
    counts: Counter[str] = Counter(documents=0, annotations=0)
    mended = 0
    with store.atomic(path, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        put(archive, "TypeSystem.xml", type_system().to_xml())
        for coded in coded_documents(study):
            cas = document_cas(coded, study)
            mended += cas.sofa_string != coded.document["text"]
            put(archive, f"{quote(coded.document['id'], safe=' ')}.xmi", cas.to_xmi())
            counts.update(documents=1, annotations=len(list(cas.select_all_annotations())))
    losses = (f"{mended:,} document(s) hold characters that XML cannot; each stands as U+FFFD.",) if mended else ()
    return Exported(counts, losses)


def put(archive: zipfile.ZipFile, name: str, content: str) -> None:
    """Add an entry without the time."""
    info = zipfile.ZipInfo(name, FIXED_TIME)
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, content.encode())


def document_cas(coded: Coded, study: Study) -> Any:
    """A document as a CAS."""
    cas = Cas(type_system())
    cas.sofa_string = UNSAYABLE.sub("\ufffd", coded.document["text"])
    cas.sofa_mime = "text/plain"
    whole = {"begin": 0, "end": len(cas.sofa_string), "language": coded.document["language"]}
    facts = {"documentId": coded.document["id"], "documentTitle": printable(coded.document["title"]), "collectionId": study.name}
    add(cas, META, **whole, **facts, documentUri=printable(coded.document["source"]))
    for passage, row in zip(coded.passages, coded.rows(), strict=True):
        add_passage(cas, passage, row)
    return cas


def printable(text: str) -> str:
    """A text as XML can hold it."""
    return UNSAYABLE.sub("\ufffd", text)


def add(cas: Any, name: str, **features: Any) -> None:
    """Add an annotation."""
    cas.add(cas.typesystem.get_type(name)(**features))


def add_passage(cas: Any, passage: Row, row: Row) -> None:
    """Add a passage, its codes and its rule hits."""
    place = {"begin": passage["start"], "end": passage["end"]}
    add(cas, PASSAGE, **place, passageId=row["id"])
    for code in held(row):
        add(cas, CODE, **place, code=code, probability=row["codes"][code]["p"])
    for hit in row["spans"]:
        spot = {"begin": passage["start"] + hit["start"], "end": passage["start"] + hit["end"]}
        add(cas, HIT, **spot, **{name: hit[name] for name in FEATURES[HIT]})
