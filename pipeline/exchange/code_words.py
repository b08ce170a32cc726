"""A code of the codebook in words, as other tools show it."""

from __future__ import annotations

from pipeline.codebook import Code


def description(code: Code) -> str:
    """A code's definition and all that bounds it, as text."""
    parts = [("Include", code.include), ("Exclude", code.exclude), ("Examples", code.examples), ("Counterexamples", code.counterexamples)]
    blocks = ["\n".join([f"{title}:", *(f"- {item}" for item in items)]) for title, items in parts if items]
    return "\n\n".join([code.definition, *blocks, f"Code id: {code.id}"])
