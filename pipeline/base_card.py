"""The card of the base model, as Markdown."""

from __future__ import annotations

from pipeline.card_parts import agreement_table, counted, diagnosis, quality_table, short_table
from pipeline.model import Row

NOTE = """The coders are language models of one team. Each name stands for several readers: team-a for three in this round, team-b for five.
One reader of team-a, who coded 1,200 of the passages coded once, also wrote codebook 1.3 and settled the disagreements of the passages
coded twice (which that reader had not coded). Before codebook 1.3 two readers who knew only the theory's table coded 500 passages, and
the frames were brought back to how they read it (codebook/alliance/CHANGES.md)."""


def base_markdown(card: Row) -> str:
    """The whole card."""
    random = [{"part": "drawn at random", **row} for row in card["quality_random"]]
    return f"""# Model card: base

One classifier for English policy texts (codebook {card["codebook"]}), trained on {card["passages"]} hand-coded passages of
{card["documents"]} documents ({counted(card["studies"])}). It holds no text: the labelled passages are kept as numbers (mean word
vectors, rule hits, which of 6,000 common words and word pairs they hold), so that a study's own labels can be added to them. Made
by `policycode base`.

## Labels

Coded by reading; passages by coder: {counted(card["coders"])}. Two coders who did not see each other's codes coded {card["double"]}
of them, and where they parted a third reader settled it with a reason; the rest were coded by one of the two, most of these for the
frames alone (their sub-codes count as unknown). {NOTE}
Drawn (scheme/stratum): {counted(card["drawn"])}. Each label carries the probability with which its passage was drawn. Contested and not
adjudicated on some code: {card["contested"]}. The two coders share their training, so their agreement is that of coders who read the
codebook alike; it bounds the codebook's ambiguity, not every reader's.

## Agreement of the coders

Before adjudication; {card["level"]:.0%} intervals resample documents.

{agreement_table(card["agreement"])}
## Quality on documents it did not see

Five-fold cross-validation, no document on both sides; thresholds and calibration, too, are set without the held-out documents.
Two settings of the classifier (regularisation and the weight of phrases) were chosen by cross-validation on these same passages, and
rules were dropped by what the enriched ones say of them, so the figures are somewhat kind; the random part had no say in the rules, but
had in the two settings.
Word vectors are learned from all passages of the four collections, without labels. Three quarters of the passages were drawn where
frames are likely or doubtful, so these are harder and richer than random ones.

{quality_table(card["quality"])}
The part drawn at random from its collections, which stands for them:

{short_table("part", random)}
## Quality on collections it did not see

Trained on the other collections (word vectors included), tested on the one left out.

{short_table("left out", card["across"])}
## What each part adds

The same held-out documents for every line. Sentence embeddings (all-MiniLM-L6-v2 from inside a package, extra `embeddings`) are
measured only: they gain little here, need a neural library, and come in one person's re-upload.

{short_table("variant", card["ablation"])}
{diagnosis(card)}"""
