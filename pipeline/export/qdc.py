"""The codebook as a REFI-QDA codebook (.qdc)."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from lxml import etree

from pipeline import __version__, codebook, store
from pipeline.config import Study
from pipeline.exchange.losses import write_losses
from pipeline.exchange.xml import CODEBOOK
from pipeline.export import qde
from pipeline.export.form import Choices, Exported
from pipeline.progress import Track

NO_PLACE = (
    "Rules, and how narratives weigh codes, have no place in a codebook file: levels and citations stand in each set's description.",
    "Which code implies its parent is not said.",
)


def write_qdc(study: Study, path: Path, choices: Choices, track: Track) -> Exported:
    """Write the codes as a tree, and a set a narrative."""
    book = codebook.load(study.codebook_folder)
    root = qde.make("CodeBook", [qde.codes(book, CODEBOOK), qde.sets(book, CODEBOOK)], CODEBOOK, origin=f"policycode {__version__}")
    etree.indent(root)
    store.write_bytes(path, etree.tostring(root, xml_declaration=True, encoding="UTF-8"))
    report = write_losses(path.with_name(f"{path.name}.losses.txt"), path.name, (), NO_PLACE)
    return Exported(Counter(codes=len(book.codes), sets=len(book.narratives)), (*NO_PLACE, f"In detail: {report}"))
