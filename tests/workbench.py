"""The real workbench in a process of its own, for tests: started, spoken to, killed."""

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
import uuid
from contextlib import contextmanager
from urllib.parse import urlsplit

from coded import passage_coding, write_stage

from pipeline import codebook, ingest, segment, store

WORDS = ["nation", "border", "treaty", "trade", "peace", "strength", "freedom", "enemy", "partner", "market", "faith", "history", "power",
         "alliance", "danger", "growth"]  # fmt: skip


class Workbench:
    """A running `policycode label`: its process and its address."""

    def __init__(self, process, address):
        self.process, self.address = process, address
        parts = urlsplit(address)
        self.origin, self.token = f"{parts.scheme}://{parts.netloc}", parts.query.removeprefix("token=")

    def request(self, path, body=None, token=True, headers=None):
        """Status and text of an answer, redirections and errors too; a body is sent as JSON."""
        cookie = {"Cookie": f"policycode_{urlsplit(self.origin).port}={self.token}"} if token else {}
        head = {"Content-Type": "application/json", **cookie}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.origin + path, data, {**head, **(headers or {})})
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def json(self, path, body=None):
        return json.loads(self.request(path, body)[1])

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@contextmanager
def running(project, coder="anna", *options):
    """The workbench of the study `trial` for a coder, on a free port, ended afterwards."""
    command = [sys.executable, "-m", "pipeline", "label", "--study", str(project.study_file), "--coder", coder, "--port", "0"]
    environment = {**os.environ, "POLICYCODE_HOME": str(project.folder), "POLICYCODE_JOBS": "1", "PYTHONUNBUFFERED": "1"}
    piped = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    process = subprocess.Popen([*command, "--no-browser", *options], **piped, env=environment)
    try:
        address = next((word for line in process.stdout for word in line.split() if word.startswith("http://")), None)
        assert address, process.stderr.read()
        yield Workbench(process, address)
    finally:
        process.kill()
        process.communicate()


def sentences(number, document):
    """Invented paragraphs, all different."""
    line = "In year {n} our {a} and our {b} met the {c} of document {d}, and we spoke of it at some length."
    pick = lambda n, step: WORDS[(n * step + document) % len(WORDS)]  # noqa: E731
    return "\n\n".join(line.format(n=n, a=pick(n, 3), b=pick(n, 5), c=pick(n, 7), d=document) for n in range(1, number + 1))


def segmented(project, texts=None, documents=6, passages=12, **changes):
    """The study with its passages cut, as `policycode run` would leave it before coding."""
    project.write_texts(texts or {f"{1950 + d}_speech": sentences(passages, d) for d in range(documents)})
    study = project.study(**changes)
    ingest.run(study, None)
    segment.run(study)
    return study


def coded(project, study):
    """Invented predictions for every passage, the same each time."""
    book = codebook.load(study.codebook_folder)
    rows = project.rows("passages.jsonl")
    by_document = {}
    for row in rows:
        number = int(store.sha256_text(row["text"])[:6], 16)
        present = [code for i, code in enumerate(book.ids) if number >> i & 7 == 7]
        passage = type("P", (), row)
        by_document.setdefault(row["document_id"], []).append(passage_coding(book, passage, present))
    write_stage(study, "codings", by_document)
    return book


def submission(view, codes):
    """What the page would send for a passage it was shown."""
    return {"passage_id": view["id"], "text_sha256": view["text_sha256"], "submission": uuid.uuid4().hex, "seen": view["seen"],
            "codebook": view["codebook"], "codes": codes}  # fmt: skip
