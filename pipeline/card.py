"""The model card as Markdown, from the figures of card.json."""

from __future__ import annotations

from pipeline.card_parts import agreement_table, counted, diagnosis, quality_table
from pipeline.model import Row

NO_LABELS = """No passage of this study is hand-labelled. The codes come from the codebook's rules alone;
their probabilities are the stated precision of rules, not measured ones. Label passages in
`corpus/{study}/labels/` and train again before relying on any figure.
"""

BASE_LABELS = """No passage of this study is hand-labelled. The codes come from the base model, trained on {base_passages} hand-labelled
passages of other studies (`models/base/card.md`); how well it codes this study's texts is not measured. Label passages in
`corpus/{study}/labels/` and train again before relying on any figure.
"""


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
        + (f"\n{diagnosis(card)}" if card.get("learning") else "")
    )
