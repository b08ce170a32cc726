"""The report's files: nothing a text says becomes markup, the page needs nothing but itself, its figures are those of the data."""

import csv
import html.parser
import io
import itertools
import re
import xml.etree.ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup
from reported import built

from pipeline import report, store
from pipeline.config import load_study
from pipeline.report.markdown import plain
from pipeline.report.page import integrity
from pipeline.report.quotes import highlighted
from pipeline.report.rendering import written

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
FRAMES = ("threat", "profit", "identity")


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
        if not self.open or self.open[-1] not in ("script", "style"):
            self.words.append(data)

    def tags(self, name):
        return [attrs for tag, attrs in self.elements if tag == name]

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


@pytest.fixture(scope="module")
def hostile(module_project):
    source = built(module_project, HOSTILE, labelled=True, title=HOSTILE[2], question=HOSTILE[1])
    return module_project, source, Page(source)


def test_run__hostile_texts_stay_text(hostile):
    _, _, page = hostile
    names = {tag for tag, _ in page.elements}
    assert not names & {"img", "iframe", "object", "embed", "form", "base", "link", "foreignobject"}
    assert not [attrs for _, attrs in page.elements for name in attrs if name.startswith("on")]
    assert len(page.tags("style")) == 1 and len(page.tags("script")) == 2
    assert not page.unpaired and not page.open
    assert all(" ".join(text.split()) in page.text for text in HOSTILE)
    assert "49" not in [word.strip() for word in page.words]


def test_run__hostile_codebook_stays_text(project):
    """A codebook is a user's file too: names, summaries and notes."""
    folder = project.folder / "corpus" / "trial" / "own"
    folder.mkdir(parents=True)
    for source in (project.folder / "codebook" / "alliance").iterdir():
        text = source.read_text(encoding="utf-8").replace("Balance of threat", "Balance <img src=x onerror=alert(1)>")
        (folder / source.name).write_text(text, encoding="utf-8")
    page = Page(built(project, ["war"] * 6, codebook="own"))
    assert not page.tags("img") and len(page.tags("script")) == 2
    assert "Balance <img src=x onerror=alert(1)>" in page.text


def test_run__only_the_pages_own_script_and_style_may_run(hostile):
    _, source, page = hostile
    policy = next(attrs["content"] for attrs in page.tags("meta") if attrs.get("http-equiv") == "Content-Security-Policy")
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    script = source[source.rindex("<script>") + len("<script>") : source.rindex("</script>")]
    style = source[source.index("<style>") + len("<style>") : source.index("</style>")]
    assert rules["default-src"] == "'none'" and rules["base-uri"] == "'none'" and rules["form-action"] == "'none'"
    assert rules["script-src"] == f"'{integrity(script)}'" and rules["style-src"] == f"'{integrity(style)}'"
    assert not [attrs for _, attrs in page.elements if "style" in attrs]
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", script)


def test_run__page_needs_nothing_from_outside(hostile):
    _, source, page = hostile
    for tag, attrs in page.elements:
        for name in ("src", "href", "xlink:href", "action", "srcset", "data", "poster"):
            assert attrs.get(name, "#").startswith("#"), (tag, name, attrs[name])
    style = source[source.index("<style>") : source.index("</style>")]
    assert "url(" not in style and "@import" not in style


def test_run__links_within_the_page_lead_somewhere(hostile):
    _, _, page = hostile
    ids = {attrs["id"] for _, attrs in page.elements if "id" in attrs}
    places = {attrs["href"][1:] for attrs in page.tags("a") if "=" not in attrs["href"]}
    assert places and places <= ids
    asked = {part.split("=")[0] for attrs in page.tags("a") if "=" in attrs["href"] for part in attrs["href"][1:].split("&")}
    assert asked <= set(re.findall(r'"(\w+)"', re.search(r"const KEYS = \[(.*?)\]", hostile[1])[1]))


def test_run__every_chart_has_a_text_alternative_and_its_data_as_a_table(hostile):
    _, _, page = hostile
    charts = [attrs for attrs in page.tags("svg") if "aria-label" in attrs]
    assert len(charts) == len(page.tags("svg")) == 2 * len(page.tags("figure")) and len(page.tags("figure")) >= 8
    assert all(len(attrs["aria-label"]) > 20 for attrs in charts)
    assert len([attrs for attrs in page.tags("details") if "data" in attrs.get("class", "")]) == len(page.tags("figure"))


def test_run__says_that_no_labels_stand_behind_it(hostile, project):
    assert "No hand labels stand behind these codes" in built(project, ["war", "trade", "faith"] * 2, calibrated=False)
    assert "No hand labels stand behind these codes" not in hostile[1]


def test_run__verdict_and_figures_are_those_of_the_files(hostile):
    project, _, page = hostile
    found = store.read_json(project.outputs / "narratives.json")
    markdown = (project.outputs / "report.md").read_text(encoding="utf-8")
    for scope in found["scopes"]:
        assert scope["words"] in page.text and plain(scope["words"]) in markdown
        for row in scope["narratives"][:-1]:
            cells = [written(row[key], "signed") for key in ("decibans", "low", "high")]
            assert f"{row['name']} {' '.join(cells)}" in page.text
            assert f"| {row['name']} | {' | '.join(cells)} |" in markdown
    assert found["registration"]["words"] in page.text


def test_run__shares_are_those_of_shares_csv(hostile):
    project, _, page = hostile
    rows = csv.DictReader(io.StringIO((project.outputs / "shares.csv").read_text(encoding="utf-8")))
    frames = [row for row in rows if row["dimension"] == "all" and row["code"] in FRAMES]
    assert len(frames) == 3
    for row in frames:
        assert f"{row['code'].capitalize()} {float(row['naive']):.1%}" in page.text
        assert f"{float(row['share']):.1%} {float(row['low']):.1%} {float(row['high']):.1%}" in page.text


def test_run__every_figure_comes_as_svg_png_and_csv(hostile):
    project, _, page = hostile
    shown = {attrs["id"].removeprefix("figure-") for attrs in page.tags("figure")} | {"documents"}
    files = {
        path.suffix: {p.stem for p in (project.outputs / "figures").glob(f"*{path.suffix}")}
        for path in (project.outputs / "figures").iterdir()
    }
    assert files == {".svg": shown, ".png": shown, ".csv": shown}
    for path in (project.outputs / "figures").glob("*.svg"):
        assert xml.etree.ElementTree.parse(path).getroot().get("aria-label")
    for path in (project.outputs / "figures").glob("*.png"):
        assert path.read_bytes().startswith(b"\x89PNG")


def test_run__methods_paragraph_has_versions_and_counts_but_no_clock(hostile):
    project, _, page = hostile
    paragraph = next(
        line for line in (project.outputs / "report.md").read_text(encoding="utf-8").splitlines() if line.startswith("We coded")
    )
    assert f"We coded {len(HOSTILE)} documents ({len(HOSTILE)} passages" in paragraph
    assert re.search(r"spaCy \d+\.\d+", paragraph) and "version 1." in paragraph
    assert not re.search(r"\d\d:\d\d", paragraph)
    assert page.text.count("Walt, Stephen M. (1987). The Origins of Alliances.") >= 1


def test_run__markdown_is_not_broken_by_what_texts_say(hostile):
    text = (hostile[0].outputs / "report.md").read_text(encoding="utf-8")
    assert "<script" not in text and "<img" not in text and "<svg" not in text
    tables = [line for line in text.splitlines() if line.startswith("|")]
    for line, rule in itertools.pairwise(tables):
        if set(rule) <= set("|-: "):
            assert line.count("|") == rule.count("|")


def test_run__same_input_same_bytes(hostile):
    project = hostile[0]
    first = project.built()
    report.run(load_study(str(project.study_file)))
    assert project.built() == first


SPANS = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 12), st.booleans(), st.booleans()), max_size=5)


@given(st.text(min_size=45, max_size=60), SPANS)
def test_highlighted__keeps_every_letter(text, spans):
    hits = [{"start": a, "end": a + n, "code": "threat.x", "rule": '"><b>', "negated": no, "attributed": said} for a, n, no, said in spans]
    marked = highlighted(text, hits, FRAMES)
    assert isinstance(marked, Markup) and marked.count("<") == 2 * marked.count("</mark>")
    assert Markup(re.sub(r"<[^>]*>", "", marked)).unescape() == Markup(str(Markup.escape(text))).unescape()


def test_highlighted__marks_what_counts_and_what_does_not():
    text = "They plot, it is said; they arm."
    spans = [{"start": 23, "end": 31, "code": "threat.offensive_power", "rule": "r.two", "negated": False, "attributed": False},
             {"start": 0, "end": 9, "code": "profit", "rule": "r.one", "negated": True, "attributed": True}]  # fmt: skip
    assert highlighted(text, spans, FRAMES) == (
        '<mark class="f1 off" title="profit · r.one · denied · only reported">They plot</mark>, it is said; '
        '<mark class="f0" title="threat.offensive_power · r.two">they arm</mark>.'
    )
