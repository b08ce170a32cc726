"""The model card as Markdown, from the figures of card.json."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.model import Row

NO_LABELS = """No passage of this study is hand-labelled. The codes come from the codebook's rules alone;
their probabilities are the stated precision of rules, not measured ones. Label passages in
`corpus/{study}/labels/` and train again before relying on any figure.
"""

BASE_LABELS = """No passage of this study is hand-labelled. The codes come from the base model, trained on {base_passages} hand-labelled
passages of other studies (`models/base/card.md`); how well it codes this study's texts is not measured. Label passages in
`corpus/{study}/labels/` and train again before relying on any figure.
"""


def figure(value: float | None) -> str:
    """A figure to two decimals."""
    return "n/a" if value is None else f"{value:.2f}"


def between(bounds: Sequence[float | None]) -> str:
    """An interval."""
    return f"{figure(bounds[0])} to {figure(bounds[1])}"


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def quality_table(rows: Sequence[Row]) -> str:
    """Held-out quality by code."""
    header = ["code", "decided by", "labels", "positives", "precision", "recall", "F1", "interval of F1", "AP", "calibration error"]
    return table(header, [
        [r["code"], r["by"], str(r["labels"]), str(r["positives"]), figure(r["precision"]), figure(r["recall"]), figure(r["f1"]),
         between(r["f1_interval"]), figure(r["average_precision"]), figure(r["calibration_error"])] for r in rows
    ])  # fmt: skip


def agreement_table(rows: Sequence[Row]) -> str:
    """Agreement of the coders by code."""
    header = ["code", "passages", "prevalence", "Krippendorff's alpha", "interval"]
    return table(header, [
        [r["code"], str(r["passages"]), figure(r["prevalence"]), figure(r["alpha"]), between(r["interval"])] for r in rows
    ])  # fmt: skip


def counted(counts: Mapping[str, int]) -> str:
    """Names with their counts in a line."""
    return ", ".join(f"{name} {count}" for name, count in counts.items())


def card_markdown(card: Row) -> str:
    """The card of a study's model."""
    head = f"# Model card: {card['study']}\n\nCodebook {card['codebook']}.\n\n"
    if not card["passages"]:
        return head + (BASE_LABELS if card["base_passages"] else NO_LABELS).format(**card)
    return (
        head
        + f"""## Labels

{card["passages"]} passages of {card["documents"]} documents, coded by reading; passages by coder: {counted(card["coders"])}.
Drawn (scheme/stratum): {counted(card["drawn"])}. Passages on which coders part on some code and nobody has adjudicated
(left out for that code): {card["contested"]}.

## Agreement of the coders

Before adjudication, each coder blind to the other; {card["level"]:.0%} intervals resample documents.

{agreement_table(card["agreement"])}
## Quality on held-out documents

Five-fold cross-validation; no document is on both sides of a split, and calibration too uses only scores of documents
the classifier did not see. "rules": too few positive labels for a classifier, so the codebook's rules decide.
The passages include parts enriched for rare codes, so precision here is not that of a random passage.

{quality_table(card["quality"])}"""
    )
