"""The report: nothing a text says becomes markup, and the page needs nothing but itself."""

import html.parser
import re

import pytest
from coded import document, hit, write_study
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from pipeline import codebook, problems, report, store
from pipeline.errors import Problem
from pipeline.report import highlighted

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style><script>alert(1)</script>",
    "</title><svg onload=alert(1)>",
    "{{ 7 * 7 }}{% raw %}",
    "' onmouseover='alert(1)",
    "<!-- & ]]> &lt;b&gt;",
]
VOID = {"meta", "br", "path", "line", "img", "link", "input", "hr", "rect"}


CODES = ("threat", "threat.common_enemy", "profit", "profit.capitulation", "identity", "identity.religion")


class Page(html.parser.HTMLParser):
    """What a browser makes of a page: elements, attributes, text; notes tags that do not pair."""

    def __init__(self, source):
        super().__init__()
        self.elements, self.words, self.open, self.unpaired = [], [], [], []
        self.feed(source)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.unpaired.append(tag)

    def handle_data(self, data):
        self.words.append(data)

    def tags(self, name):
        return [attrs for tag, attrs in self.elements if tag == name]


def built(project, texts, calibrated=True, **keys):
    """The report of a study whose documents say these texts."""
    study = project.study(**keys)
    said = []
    for n, text in enumerate(texts):
        facts = {"title": text, "speaker": text, "kind": text, "country": text, "date": f"{1950 + n}"}
        roles = ("partner",) if n % 2 else ()
        spoken = f"They plot. {text} We trade."
        said.append((document(f"{1950 + n}_d{n}", spoken, **facts), CODES, [hit(spoken, text)], roles))
    write_study(study, said, calibrated)
    problems.replace(study.outputs, "ingest", [Problem(f"{text}.txt", 3, text, "warning") for text in texts])
    report.run(study)
    return (study.outputs / "report.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def hostile_page(module_project):
    return built(module_project, HOSTILE, title=HOSTILE[2], question=HOSTILE[1])


def test_run__hostile_texts_stay_text(hostile_page):
    page = Page(hostile_page)
    names = {tag for tag, _ in page.elements}
    assert not names & {"script", "img", "iframe", "object", "embed", "form", "base", "link", "foreignobject"}
    assert not [attrs for _, attrs in page.elements for name in attrs if name.startswith("on")]
    assert len(page.tags("style")) == 1 and len(page.tags("title")) == 1 + hostile_page.count("<title", hostile_page.index("</title>"))
    assert not page.unpaired and not page.open
    shown = "".join(page.words)
    assert all(text in shown for text in HOSTILE)
    assert "49" not in [word.strip() for word in page.words]


def test_run__hostile_codebook_stays_text(project):
    """A codebook is a user's file too: names, summaries and notes."""
    folder = project.folder / "corpus" / "trial" / "own"
    folder.mkdir(parents=True)
    for name in codebook.FILES:
        source = (project.folder / "codebook" / "alliance" / name).read_text(encoding="utf-8")
        (folder / name).write_text(source.replace("Balance of threat", "Balance <img src=x onerror=alert(1)>"), encoding="utf-8")
    page = Page(built(project, ["war"] * 6, codebook="own"))
    assert not page.tags("img") and not page.tags("script")
    assert "Balance <img src=x onerror=alert(1)>" in "".join(page.words)


def test_run__page_needs_nothing_from_outside(hostile_page):
    page = Page(hostile_page)
    for tag, attrs in page.elements:
        for name in ("src", "href", "xlink:href", "action", "srcset", "data", "poster"):
            assert attrs.get(name, "#").startswith("#"), (tag, name, attrs[name])
    style = re.sub(r"/\*.*?\*/", "", hostile_page[hostile_page.index("<style>") : hostile_page.index("</style>")])
    assert "url(" not in style and "@import" not in style
    assert not [attrs["style"] for _, attrs in page.elements if "url(" in (attrs.get("style") or "")]
    policy = next(attrs["content"] for attrs in page.tags("meta") if attrs.get("http-equiv") == "Content-Security-Policy")
    assert "default-src 'none'" in policy


def test_run__links_within_the_page_lead_somewhere(hostile_page):
    page = Page(hostile_page)
    ids = {attrs["id"] for _, attrs in page.elements if "id" in attrs}
    assert page.tags("a") and {attrs["href"][1:] for attrs in page.tags("a")} <= ids


def test_run__every_chart_has_a_text_alternative(hostile_page):
    charts = [attrs for attrs in Page(hostile_page).tags("svg") if "aria-label" in attrs]
    assert len(charts) == len(Page(hostile_page).tags("figure")) >= 5
    assert all(attrs["role"] == "img" and len(attrs["aria-label"]) > 20 for attrs in charts)


def test_run__says_that_no_labels_stand_behind_it(project):
    assert "No hand labels stand behind these codes" in built(project, ["war", "trade", "faith"] * 2, calibrated=False)
    assert "No hand labels stand behind these codes" not in built(project, ["war", "trade", "faith"] * 2)


def test_run__verdict_and_figures_are_those_of_the_files(project):
    page = built(project, ["war", "trade", "faith"] * 2)
    found = store.read_json(project.outputs / "narratives.json")
    shown = " ".join(" ".join(Page(page).words).split())
    for scope in found["scopes"]:
        assert scope["words"] in shown
        for row in scope["narratives"]:
            assert f"{row['name']} {row['decibans']} {row['low']} to {row['high']}" in shown


def test_run__same_input_same_bytes(project):
    assert built(project, ["war", "trade"] * 3) == built(project, ["war", "trade"] * 3)


SPANS = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 12), st.booleans(), st.booleans()), max_size=5)


@given(st.text(min_size=45, max_size=60), SPANS)
def test_highlighted__keeps_every_letter(text, spans):
    hits = [{"start": a, "end": a + n, "code": "threat.x", "rule": '"><b>', "negated": no, "attributed": said} for a, n, no, said in spans]
    marked = highlighted(text, hits)
    assert isinstance(marked, Markup) and marked.count("<") == 2 * marked.count("</mark>")
    assert Markup(re.sub(r"<[^>]*>", "", marked)).unescape() == Markup(str(Markup.escape(text))).unescape()


def test_highlighted__marks_what_counts_and_what_does_not():
    text = "They plot, it is said; they arm."
    spans = [{"start": 23, "end": 31, "code": "threat.offensive_power", "rule": "r.two", "negated": False, "attributed": False},
             {"start": 0, "end": 9, "code": "threat", "rule": "r.one", "negated": True, "attributed": True}]  # fmt: skip
    assert highlighted(text, spans) == (
        '<mark class="threat off" title="threat · r.one · denied · only reported">They plot</mark>, it is said; '
        '<mark class="threat" title="threat.offensive_power · r.two">they arm</mark>.'
    )
