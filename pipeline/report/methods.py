"""The methods paragraph and its references, from the data: ready to paste into a paper."""

from __future__ import annotations

from pipeline.report.facts import Facts
from pipeline.report.quality import between_people
from pipeline.report.rendering import environment
from pipeline.versions import versions

REFERENCES = {
    "rules": "Honnibal, M., Montani, I., Van Landeghem, S. and Boyd, A. (2020). spaCy: Industrial-strength natural language processing "
    "in Python.",
    "classifier": "Pedregosa, F. et al. (2011). Scikit-learn: Machine learning in Python. Journal of Machine Learning Research 12, "
    "2825-2830.",
    "alpha": "Krippendorff, K. (2019). Content Analysis: An Introduction to Its Methodology. 4th ed. Sage.",
    "dsl": "Egami, N., Hinck, M., Stewart, B. M. and Wei, H. (2023). Using imperfect surrogates for downstream inference: Design-based "
    "supervised learning for social science applications of large language models. Advances in Neural Information Processing Systems 36.",
    "ppi": "Angelopoulos, A. N., Duchi, J. C. and Zrnic, T. (2023). PPI++: Efficient prediction-powered inference. arXiv:2311.01453.",
    "evidence": "Fairfield, T. and Charman, A. E. (2017). Explicit Bayesian analysis for process tracing. Political Analysis 25(3), "
    "363-380.",
    "decibans": "Good, I. J. (1950). Probability and the Weighing of Evidence. Griffin.",
}


def paragraph(facts: Facts) -> str:
    """The methods paragraph: what was coded, how, with which labels, and what came of it."""
    people = between_people(facts)
    text = environment().get_template("methods.txt").render(
        study=facts.study, book=facts.book, found=facts.found, headline=facts.headline, card=facts.card, versions=versions(),
        documents=len(facts.documents), passages=sum(row["passages"] for row in facts.documents),
        frames=[facts.book.code(frame).name.lower() for frame in facts.book.frames],
        alphas=[people[frame]["alpha"] for frame in facts.book.frames if frame in people and people[frame]["alpha"] is not None],
        under=sum(not row["reaches_bar"] for row in people.values()),
    )  # fmt: skip
    return " ".join(text.split())


def references(facts: Facts) -> list[str]:
    """What the paragraph rests on: methods used, and the theories behind the narratives."""
    used = ["rules", "evidence", "decibans"]
    used += ["classifier"] if facts.found["calibrated"] else []
    used += ["alpha", "dsl", "ppi"] if facts.card.get("passages") else []
    theories = {citation for narrative in facts.book.narratives for citation in narrative.citations}
    return sorted({REFERENCES[key] for key in used} | theories)
