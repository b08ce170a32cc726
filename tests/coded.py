"""A coded study written straight to its output files, for tests of what comes after coding."""

from pipeline import aggregate, codebook, ledger, store
from pipeline.model import Coding, Decision, Document, Hit, Passage, to_row


def document(name, text, **facts):
    usual = {"title": name, "speaker": "A. Speaker", "country": "Norland", "date": "1950-03-01", "kind": "speech", "source": "invented"}
    return Document(name, **{**usual, **facts}, language="en", text=text, sha256=store.sha256_text(text))


def passage_coding(book, passage, present=(), hits=(), roles=(), calibrated=True):
    codes = {code: Decision(0.9 if code in present else 0.1, code in present) for code in book.ids}
    return Coding(passage.id, passage.document_id, codes, tuple(hits), tuple(roles), calibrated)


def hit(text, words, code="threat", rule="threat.test", **marks):
    start = text.index(words)
    return Hit(start, start + len(words), code, rule, **marks)


def write_stage(study, stage, rows_of):
    """One output file with its ledger."""
    made = {name: [to_row(row) for row in rows] for name, rows in rows_of.items()}
    keys = {name: ledger.digest_of(store.dumps(rows)) for name, rows in made.items()}
    ledger.update(study.outputs / f"{stage}.jsonl", keys, lambda todo: [(name, made[name], {"hits": 0}) for name in todo])


def write_study(study, said, calibrated=True):
    """Outputs up to aggregate; `said`: (document, present codes, hits, roles) with one passage a document."""
    book = codebook.load(study.codebook_folder)
    passages = [Passage(f"{doc.id}#00001", doc.id, 0, len(doc.text), doc.text) for doc, *_ in said]
    codings = [passage_coding(book, passage, *rest, calibrated=calibrated) for passage, (_, *rest) in zip(passages, said, strict=True)]
    write_stage(study, "documents", {doc.id: [doc] for doc, *_ in said})
    write_stage(study, "passages", {passage.document_id: [passage] for passage in passages})
    write_stage(study, "codings", {coding.document_id: [coding] for coding in codings})
    store.write_json(study.outputs / "reliability.json", {"study": study.name, "passages": 0, "note": "", "rows": []})
    store.write_json(study.model / "card.json", {"study": study.name, "passages": 7, "documents": 3})
    aggregate.run(study)
    return book
