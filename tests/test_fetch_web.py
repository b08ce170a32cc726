"""Fetching from a real server on loopback that misbehaves in every way a server can."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import papers
import pytest

from pipeline import fetch, ingest, store
from pipeline.errors import PipelineError
from pipeline.fetch import polite

WORDS = ["Sudland stands with us against the common enemy, and our nations keep their word to each other in all weathers."] * 4
RUSSIAN = ["Россия и Иран развивают стратегическое партнёрство и укрепляют взаимное доверие между народами наших стран."] * 4
PAGE = papers.html(WORDS, "On allies")
PAPER = papers.pdf([WORDS])


class Server(ThreadingHTTPServer):
    """Notes every path asked for; `pages` may be changed between requests."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked, self.pages, self.robots = [], {"/good": PAGE}, "User-agent: *\nDisallow: /private\n"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def url(self, path):
        return f"http://127.0.0.1:{self.server_port}{path}"


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def give(self, status, content=b"", **headers):
        self.send_response(status)
        for name, value in {"Content-Type": "text/html", "Content-Length": str(len(content)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self):
        self.server.asked.append(self.path)
        first = self.server.asked.count(self.path) == 1
        name = self.path.strip("/")
        if self.path in self.server.pages:
            self.give(200, self.server.pages[self.path])
        elif name == "robots.txt":
            self.give(200, self.server.robots.encode(), Content_Type="text/plain")
        elif name == "busy":
            self.give(429, b"wait", Retry_After="0") if first else self.give(200, PAGE)
        elif name == "broken":
            self.give(503)
        elif name == "loop":
            self.give(302, Location="/loop")
        elif name == "moved":
            self.give(301, Location="/good")
        elif name == "astray":
            self.give(302, Location="file:///etc/passwd")
        elif name == "charset":
            self.give(200, papers.html(RUSSIAN, "Речь", encoding="utf-8"), Content_Type="text/html; charset=iso-8859-1")
        elif name == "paper":
            self.give(200, PAPER, Content_Type="application/octet-stream")
        elif name == "truncated":
            self.give(200, PAGE[:200], Content_Length=str(len(PAGE)))
        elif name in {"endless", "slow", "silent"}:
            self.trickle(name)
        else:
            self.give(404, b"<p>not here</p>")

    def trickle(self, name):
        self.send_response(200)
        self.end_headers()
        try:
            while name != "silent":
                self.wfile.write(b"x" * 65536 if name == "endless" else b"x")
                self.wfile.flush()
                time.sleep(0.0 if name == "endless" else 0.05)
            time.sleep(1)
        except OSError:
            pass


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr(polite, "PAUSE", 0.01)
    monkeypatch.setattr(polite, "TRIES", 2)
    monkeypatch.setattr(polite, "LONGEST", 20.0)
    monkeypatch.setattr(polite, "SILENCE", 10.0)
    monkeypatch.setattr(polite, "LARGEST", 3_000_000)
    made = Server()
    yield made
    made.shutdown()
    made.server_close()


@pytest.fixture
def listed(project, server):
    """The trial with a manifest of some paths of the server."""

    def study(*paths, delay=0.0):
        rows = "".join(f"{server.url(path)},p{number},A. North,1990-0{number + 1}-01,speech\n" for number, path in enumerate(paths))
        store.write_text(project.study_file.parent / "manifest.csv", "url,id,speaker,date,kind\n" + rows)
        return project.study(sources=[{"form": "web", "delay": delay}])

    return study


def failures(project):
    return [(row["line"], row["message"]) for row in project.rows("problems.jsonl") if row["stage"] == "fetch"]


@pytest.mark.parametrize(("path", "said"), [
    ("/gone", "answers 404"), ("/broken", "answers 503, 2 times"), ("/loop", "redirected more than 5"),
    ("/astray", "no address of the web"),
    ("/truncated", "broke off"), ("/slow", "took longer"), ("/silent", "silent"), ("/endless", "larger than 3,000,000"),
    ("/private/x", "robots.txt asks not"),
])  # fmt: skip
def test_run__what_cannot_be_had_is_named_with_its_line_and_the_rest_is_taken(project, listed, monkeypatch, path, said):
    if path in {"/slow", "/silent"}:
        monkeypatch.setattr(polite, "LONGEST" if path == "/slow" else "SILENCE", 0.4)
    study = listed("/good", path)
    assert fetch.run(study) == {"failed": 1, "fetched": 1}
    ((line, message),) = failures(project)
    assert line == 3 and said in message
    ingest.run(study)
    assert [row["id"] for row in project.rows("documents.jsonl")] == ["p0"]


@pytest.mark.parametrize(
    ("path", "words"), [("/good", WORDS), ("/busy", WORDS), ("/moved", WORDS), ("/charset", RUSSIAN), ("/paper", WORDS)]
)
def test_run__what_can_be_had_becomes_a_document(project, server, listed, path, words):
    study = listed(path)
    assert fetch.run(study) == {"fetched": 1}
    ingest.run(study)
    (row,) = project.rows("documents.jsonl")
    assert words[0] in " ".join(row["text"].split()) and "Contact" not in row["text"]
    assert (row["speaker"], row["date"], row["source"]) == ("A. North", "1990-01-01", server.url(path))
    assert fetch.run(study) == {"kept": 1} and server.asked.count(path) <= 2


def test_run__a_changed_page_is_told_and_not_taken(project, server, listed):
    study = listed("/good", "/other")
    server.pages["/other"] = papers.html([word.upper() for word in WORDS], "Other")
    fetch.run(study)
    pins = (project.study_file.parent / "manifest.receipts.json").read_bytes()
    for file in (study.texts / "web").iterdir():
        file.unlink()
    server.pages["/good"] = PAGE.replace(b"All rights", b"Visitor 7. All rights")  # the frame changes, the text does not
    server.pages["/other"] = papers.html(["We never said so."] * 4, "Other")
    assert fetch.run(study) == {"fetched": 1, "failed": 1}
    ((line, message),) = failures(project)
    assert line == 3 and "not what was first fetched" in message
    assert (study.texts / "web" / ".changed" / "p1.html").read_bytes() == server.pages["/other"]
    assert (project.study_file.parent / "manifest.receipts.json").read_bytes() == pins
    ingest.run(study)
    assert [row["id"] for row in project.rows("documents.jsonl")] == ["p0"]


def test_run__a_page_harmed_on_disk_is_fetched_again(project, server, listed):
    study = listed("/good")
    fetch.run(study)
    (study.texts / "web" / "p0.html").write_text("forged")
    assert fetch.run(study) == {"fetched": 1} and (study.texts / "web" / "p0.html").read_bytes() == PAGE


def test_run__goes_on_where_it_was_stopped(project, server, listed, monkeypatch):
    study = listed("/good", "/moved", "/busy")
    real = polite.Client.get
    monkeypatch.setattr(polite.Client, "get", lambda self, url: real(self, url) if "good" in url else exec("raise KeyboardInterrupt"))
    with pytest.raises(KeyboardInterrupt):
        fetch.run(study)
    monkeypatch.setattr(polite.Client, "get", real)
    assert fetch.run(study) == {"kept": 1, "fetched": 2}
    assert len(json.loads((project.study_file.parent / "manifest.receipts.json").read_text())) == 3


def test_run__keeps_the_delay_that_study_or_robots_ask_for(project, server, listed):
    server.robots = "User-agent: *\nCrawl-delay: 1\n"
    start = time.monotonic()
    fetch.run(listed("/good", "/paper", delay=0.2))
    assert time.monotonic() - start >= 1.9 and len(server.asked) == 3  # after robots.txt, and between the two


def test_run__without_a_network_says_so_and_what_else_to_do(project, listed):
    study = listed("/good")
    text = (study.folder / "manifest.csv").read_text()
    store.write_text(study.folder / "manifest.csv", text.replace("127.0.0.1", "nowhere.invalid"))
    with pytest.raises(PipelineError, match="None of the 1 addresses") as caught:
        fetch.run(study)
    assert "SOURCE=" in caught.value.hint and "cannot be reached" in caught.value.problems[0].message


@pytest.mark.parametrize(("content", "said"), [
    ("url\nftp://x.example/a\n", "no address of the web"), ("url,colour\nhttp://x.example/a,red\n", "unknown columns: colour"),
    ("url\nhttp://x.example/a\nhttp://x.example/a\n", "again"), ("url,title\nhttp://x.example/a,b,c\n", "more cells"),
])  # fmt: skip
def test_run__a_faulty_manifest_is_told_by_line(project, content, said):
    store.write_text(project.study_file.parent / "manifest.csv", content)
    with pytest.raises(PipelineError) as caught:
        fetch.run(project.study(sources=[{"form": "web"}]))
    assert said in caught.value.problems[0].message and caught.value.problems[0].line >= 2


def test_run__a_manifest_may_be_yaml(project, server):
    store.write_text(project.study_file.parent / "list.yaml", f"- {{url: {server.url('/good')}, speaker: B. South, date: 1991-02-03}}\n")
    study = project.study(sources=[{"form": "web", "manifest": "list.yaml", "delay": 0}])
    fetch.run(study)
    ingest.run(study)
    assert [(row["speaker"], row["date"]) for row in project.rows("documents.jsonl")] == [("B. South", "1991-02-03")]
