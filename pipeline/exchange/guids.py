"""GUIDs that stay: each is UUID 5 (RFC 9562) of what never changes about a thing, not of a name somebody may edit."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import Any

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:policycode:refi-qda")
RULES, MODEL = "machine:rules", "machine:model"
FORM = re.compile(r"\{?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\}?")
KEPT = "refi_guid"  # column of metadata.csv in which a document keeps the GUID it came with


def guid(kind: str, *parts: object) -> str:
    """The GUID of a thing told by its kind and its unchanging parts."""
    return str(uuid.uuid5(NAMESPACE, "\x1f".join([kind, *map(str, parts)])))


def normal(text: str | None) -> str:
    """A GUID as it is compared: small letters, no braces; "" where it is none."""
    found = FORM.fullmatch((text or "").strip().lower())
    return found[1] if found else ""


def of_user(author: str) -> str:
    """The GUID of a coder, or of the rules or the model whatever their present hash."""
    return guid("user", author)


def of_code(book: str, code: str, kept: str = "") -> str:
    """The GUID of a code: that which it came with, else one of its codebook and id."""
    return kept or guid("code", book, code)


def of_document(study: str, document: Mapping[str, Any]) -> str:
    """The GUID of a document: that which it came with, else one of its study and id."""
    return normal(str(document["metadata"].get(KEPT, ""))) or guid("document", study, document["id"])
