"""A small study with all that a report can show, up to its page, for tests of the report."""

from coded import document, hit, write_stage, write_study
from labelling import label_row, write_labels

from pipeline import codebook, problems, report, store
from pipeline.errors import Problem
from pipeline.model import Passage

CODES = ("threat", "threat.common_enemy", "profit", "profit.capitulation", "identity", "identity.religion")
SAID = "They plot against us. {} We trade and prosper together."


def said_in(n, text, **facts):
    """One document of one passage that says a text, with all it needs to be coded."""
    usual = {"title": text, "speaker": text, "kind": text, "country": text, "date": f"{1950 + n}"}
    spoken = SAID.format(text)
    hits = [hit(spoken, "They plot against us", rule="threat.plot"), hit(spoken, "trade", "profit", "profit.trade", negated=True)]
    return document(f"{1950 + n}_d{n}", spoken, **{**usual, **facts}), CODES[: 6 - n % 3], hits, ("partner",) if n % 2 else ()


def built(project, texts, calibrated=True, labelled=False, facts=(), **keys):
    """The page of a study whose documents say these texts; `facts`: of the first documents, what is unusual."""
    study = project.study(**keys)
    unusual = [*facts, *[{}] * (len(texts) - len(facts))]
    said = [said_in(n, text, **facts) for n, (text, facts) in enumerate(zip(texts, unusual, strict=True))]
    if labelled:
        label(project, said, codebook.load(study.codebook_folder).ids)
    write_study(study, said, calibrated)
    problems.replace(study.outputs, "ingest", [Problem(f"{text}.txt", 3, text, "warning") for text in texts])
    report.run(study)
    return (study.outputs / "report.html").read_text(encoding="utf-8")


def label(project, said, considered):
    """Two coders on every passage: one as the machine says, one without its last code."""
    for coder, cut in (("anna", None), ("boris", -1)):
        rows = []
        for doc, codes, *_ in said:
            passage = {"id": f"{doc.id}#00001", "document_id": doc.id, "start": 0, "end": len(doc.text), "text": doc.text}
            rows.append(label_row(passage, coder, codes[:cut], considered))
        write_labels(project, coder, rows)


def many(study, documents, passages, text):
    """Lay a large corpus under a study whose report was built: every passage coded, `text(n)` its words."""
    from coded import passage_coding

    book = codebook.load(study.codebook_folder)
    docs = [
        document(f"d{n:04d}", "…", speaker=f"Speaker {n % 30}", date=str(1950 + n % 70), source=f"https://example.org/{n}")
        for n in range(documents)
    ]
    parts = {
        doc.id: [Passage(f"{doc.id}#{i + 1:05d}", doc.id, 0, 9, text(n * passages + i)) for i in range(passages)]
        for n, doc in enumerate(docs)
    }
    found = store.read_json(study.outputs / "narratives.json")
    for one in (one for scope in found["scopes"] for row in scope["narratives"] for side in row["evidence"].values() for one in side):
        one["passages"] = []
    store.write_json(study.outputs / "narratives.json", found)
    write_stage(study, "documents", {doc.id: [doc] for doc in docs})
    write_stage(study, "passages", parts)
    write_stage(
        study,
        "codings",
        {name: [passage_coding(book, one, CODES[: 1 + i % 6]) for i, one in enumerate(rows)] for name, rows in parts.items()},
    )
