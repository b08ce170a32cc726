"""Classifier files in skops form (no pickle): the same model gives the same bytes, and only known types load."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import skops.io

from pipeline import store
from pipeline.errors import PipelineError

EPOCH = (1980, 1, 1, 0, 0, 0)
TRUSTED = ["sklearn.calibration._CalibratedClassifier", "sklearn.calibration._SigmoidCalibration"]


def canonical(content: bytes) -> bytes:
    """A skops archive without memory addresses and clock times, which skops puts into it."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        schema = json.loads(archive.read("schema.json"))
        names: dict[str, str] = {}
        renumber(schema, {}, names)
        parts = [(names[name], archive.read(name)) for name in archive.namelist() if name in names]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted([*parts, ("schema.json", json.dumps(schema).encode())]):
            archive.writestr(zipfile.ZipInfo(name, EPOCH), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def renumber(node: Any, ids: dict[int, int], names: dict[str, str]) -> None:
    """Replace object addresses, and the file names made of them, by the order of first appearance."""
    if isinstance(node, list):
        for item in node:
            renumber(item, ids, names)
    elif isinstance(node, dict):
        if isinstance(node.get("__id__"), int):
            node["__id__"] = ids.setdefault(node["__id__"], len(ids))
        if isinstance(node.get("file"), str):
            name = node["file"]
            node["file"] = names.setdefault(name, f"{len(names):05}{Path(name).suffix}")
        for item in node.values():
            renumber(item, ids, names)


def save(path: Path, parts: dict[str, Any]) -> None:
    """Write a model's parts atomically."""
    store.write_bytes(path, canonical(skops.io.dumps(parts)))


def load(path: Path) -> dict[str, Any]:
    """Read a model's parts; refuse a file that holds anything but the types we write."""
    try:
        content = path.read_bytes()
        unknown = set(skops.io.get_untrusted_types(data=content)) - set(TRUSTED)
        if not unknown:
            parts: dict[str, Any] = skops.io.loads(content, trusted=TRUSTED)
            return parts
    except Exception as error:  # a damaged or forged archive can make its reader fail in any way
        raise PipelineError(f"{path} is no model this program can read: {error}", "Delete it and train again.") from None
    raise PipelineError(f"{path} holds types this program does not write: {sorted(unknown)}.", "Do not trust it.")
