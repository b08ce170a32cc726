"""The methods paragraph and its references, from the data: ready to paste into a paper."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.report.facts import Facts
from pipeline.versions import versions

REFERENCES = {
    "rules": "Honnibal, M., Montani, I., Van Landeghem, S. and Boyd, A. (2020). spaCy: Industrial-strength natural language processing in Python.",
    "classifier": "Pedregosa, F. et al. (2011). Scikit-learn: Machine learning in Python. Journal of Machine Learning Research 12, 2825-2830.",
    "alpha": "Krippendorff, K. (2019). Content Analysis: An Introduction to Its Methodology. 4th ed. Sage.",
    "dsl": "Egami, N., Hinck, M., Stewart, B. M. and Wei, H. (2023). Using imperfect surrogates for downstream inference: Design-based supervised "
    "learning for social science applications of large language models. Advances in Neural Information Processing Systems 36.",
    "ppi": "Angelopoulos, A. N., Duchi, J. C. and Zrnic, T. (2023). PPI++: Efficient prediction-powered inference. arXiv:2311.01453.",
    "evidence": "Fairfield, T. and Charman, A. E. (2017). Explicit Bayesian analysis for process tracing. Political Analysis 25(3), 363-380.",
    "decibans": "Good, I. J. (1950). Probability and the Weighing of Evidence. Griffin.",
}  # fmt: skip


def counted(number: int, name: str) -> str:
    """A number with its noun."""
    return f"{number:,} {name}{'' if number == 1 else 's'}"


def coding_sentences(facts: Facts) -> Iterator[str]:
    """What was coded, and how."""
    study, book, now = facts.study, facts.book, versions()
    passages = sum(row["passages"] for row in facts.documents)
    size = f"{study.passages.min_words} to {study.passages.max_words} words"
    yield f"We coded {counted(len(facts.documents), 'document')} ({counted(passages, 'passage')} of {size}) with policycode {now['policycode']}."
    frames = ", ".join(book.code(frame).name.lower() for frame in book.frames)
    yield (
        f"The codebook ({book.title}, version {book.version}) has {len(book.frames)} frames ({frames}) with {len(book.ids) - len(book.frames)} "
        f"sub-codes and {len(book.rules)} token patterns, laid on passages with spaCy {now['spacy']}; a hit that its sentence denies or "
        "lays in another's mouth does not count."
    )
    if facts.found["calibrated"]:
        yield f"A calibrated logistic regression a code (scikit-learn {now['scikit-learn']}) combines the words of a passage with the patterns that hit it."


def label_sentences(facts: Facts) -> Iterator[str]:
    """What people labelled, how far they agree, and what corrects the shares."""
    rows = [row for row in facts.reliability["rows"] if not row["who"].startswith("hand")]
    if not facts.card.get("passages"):
        yield "No passage of this study was labelled by hand."
        return
    yield f"{counted(facts.card['passages'], 'passage')} of {counted(facts.card['documents'], 'document')} were labelled by hand."
    alphas = sorted(row["alpha"] for row in rows if row["alpha"] is not None and row["code"] in facts.book.frames)
    if alphas:
        under = sum(not row["reaches_bar"] for row in rows)
        yield (
            f"Krippendorff's alpha between the coders is {alphas[0]:.2f} to {alphas[-1]:.2f} for the frames (before adjudication); "
            f"{counted(under, 'code')} of {len(facts.book.ids)} are under the study's bar of {facts.study.thresholds.reliability}."
        )
    yield f"{facts.found['correction']['words'].rstrip('.')}."


def verdict_sentences(facts: Facts) -> Iterator[str]:
    """How codes became a verdict, and what it is."""
    found, verdict = facts.found, facts.headline["verdict"]
    yield (
        f"Each of {len(facts.book.narratives)} narratives is an expected mix of codes; the weight of evidence for it against policy discourse at "
        f"large is a Dirichlet-multinomial log-likelihood ratio in decibans, summed over documents that are discounted for repeating each other "
        f"({facts.headline['documents']} documents count as {facts.headline['effective_documents']}), with {found['interval']:.0%} intervals "
        "over documents."
    )
    yield f"{found['registration']['words'].rstrip('.')}."
    yield f"{facts.headline['words'].rstrip('.')}."
    if verdict["stands"] is not None:
        yield f"The verdict stands in {verdict['stands']:.0%} of {facts.headline['sensitivity']['draws']:,} sensitivity draws."


def paragraph(facts: Facts) -> str:
    """The methods paragraph."""
    return " ".join([*coding_sentences(facts), *label_sentences(facts), *verdict_sentences(facts)])


def references(facts: Facts) -> list[str]:
    """What the paragraph rests on: methods used, and the theories behind the narratives."""
    used = ["rules", "evidence", "decibans"]
    used += ["classifier"] if facts.found["calibrated"] else []
    used += ["alpha", "dsl", "ppi"] if facts.card.get("passages") else []
    theories = {citation for narrative in facts.book.narratives for citation in narrative.citations}
    return sorted({REFERENCES[key] for key in used} | theories)
