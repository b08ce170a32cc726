"""A study that three coders have labelled, with rule hits, held-out predictions, marked words and hostile memos, for tests of pages."""

from coded import write_stage
from labelling import label_row, write_labels
from workbench import segmented

from pipeline import codebook, store
from pipeline.model import Hit, Tag

HOSTILE = '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>{{ 7*7 }}'
ANNA = {0: ["threat"], 1: ["threat"], 2: [], 3: ["profit"], 4: ["threat", "threat.common_enemy"], 5: [], 6: ["threat"], 7: []}
BEN = {0: ["threat"], 1: [], 2: [], 3: ["identity"], 4: ["threat"], 5: [], 6: ["threat"], 7: ["threat"]}
PARTED = {1, 3, 4, 7}  # passages on which anna and ben part
ON_THREAT = {1, 7}


def marked(row, code, start, end):
    return {"code": code, "start": row["start"] + start, "end": row["start"] + end}


def memo(coder, number):
    return HOSTILE if coder == "ben" and number == 1 else f"Memo of one on passage {number}" if coder == "anna" else ""


def labels_of(coder, given, rows, ids):
    """A coder's labels; whoever gives a frame marks its first words, anna more of them than ben."""
    end = 30 if coder == "anna" else 18
    return [
        label_row(rows[n], coder, codes, ids, memo=memo(coder, n), spans=[marked(rows[n], c, 0, end) for c in codes if "." not in c])
        for n, codes in given.items()
    ]


def double_coded(project, texts=None):
    """Passages cut, two coders' labels on eight of them, a third's on two; hits of the rules, held-out predictions."""
    study = segmented(project, texts, documents=4, passages=4)
    rows, ids = project.rows("passages.jsonl"), codebook.load(study.codebook_folder).ids
    write_labels(project, "anna", labels_of("anna", ANNA, rows, ids))
    write_labels(project, "ben", labels_of("ben", BEN, rows, ids))
    write_labels(project, "cay", labels_of("cay", {0: ["threat"], 1: ["threat"]}, rows, ids))
    by_document = {}
    for number, row in enumerate(rows):
        hits = (Hit(3, 12, "threat", "threat.test"),) if number in {0, 2} else ()
        by_document.setdefault(row["document_id"], []).append(Tag(row["id"], row["document_id"], hits))
    write_stage(study, "tags", by_document)
    said = {"id": "", "codes": {"threat": {"p": 0.8, "present": True}}}
    store.write_jsonl(study.outputs / "heldout.jsonl", [{**said, "id": row["id"], "document_id": row["document_id"]} for row in rows[:8]])
    return study


def ids_of(project, numbers):
    rows = project.rows("passages.jsonl")
    return {rows[n]["id"] for n in numbers}
