"""Labels as a coder would leave them, for tests."""

from pipeline import store


def label_row(passage, coder, codes, considered, **changes):
    row = {
        "passage_id": passage["id"], "document_id": passage["document_id"], "start": passage["start"], "end": passage["end"],
        "text_sha256": store.sha256_text(passage["text"]), "coder": coder, "codes": list(codes), "considered": list(considered),
        "codebook_version": "1.2", "time": "2026-11-24T09:00:00Z", "drawn": {"scheme": "random-1", "probability": 0.5},
    }  # fmt: skip
    return {**row, **changes}


def write_labels(project, coder, rows):
    project.labels.mkdir(parents=True, exist_ok=True)
    with (project.labels / f"{coder}.jsonl").open("a", encoding="utf-8") as file:
        file.writelines(store.dumps(row) + "\n" for row in rows)
