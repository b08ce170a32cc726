"""Addresses within the page: a figure names the passages behind it, and the page opens them."""

from __future__ import annotations

from urllib.parse import quote

OF_DIMENSION = {"period": "period", "year": "year", "speaker": "speaker", "kind": "kind", "country": "country"}


def link(**wanted: object) -> str:
    """The address of some passages, `#code=threat&year=1962`; what is empty is left out."""
    return "#" + "&".join(f"{key}={quote(str(value), safe='')}" for key, value in wanted.items() if value not in ("", None))


def of_group(dimension: str, value: str, code: str) -> str:
    """The address of the passages with a code in one group of shares.csv."""
    if dimension == "partner":
        return link(code=code, scope="partner" if value == "named" else "elsewhere")
    return link(code=code, **({OF_DIMENSION[dimension]: value} if dimension in OF_DIMENSION else {}))
