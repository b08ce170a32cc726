"""Statements made by hand: shares of codes with stated errors, for tests of what is made of them."""

import numpy as np

from pipeline.evidence.weights import Statements


def statements(book, shares, documents=40, length=10, error=0.0):
    """A discourse in which each passage's statements have these shares (by code), alike in all documents."""
    share = np.array([shares.get(code, 0.0) for code in book.ids])
    sizes = np.full(documents, float(length))
    counts = np.full(documents, length * share.sum())
    covariance = np.eye(len(share)) * error**2
    return Statements(share, covariance, counts, sizes[:, None] * share, sizes)


def at_large(book, total=0.5):
    """A discourse that is just as policy discourse at large."""
    reference = book.evidence.reference
    scale = total / sum(reference.values())
    return {code: share * scale for code, share in reference.items()}


def leaning(book, narrative, strength=1.0, total=0.5):
    """A discourse at large whose shares are multiplied by the narrative's factors (to the power `strength`)."""
    expects = next(n for n in book.narratives if n.id == narrative).expects
    factors = {code: book.evidence.factors[expects[code]] ** strength if code in expects else 1.0 for code in book.ids}
    raw = {code: share * factors[code] for code, share in book.evidence.reference.items()}
    return {code: share * total / sum(raw.values()) for code, share in raw.items()}
