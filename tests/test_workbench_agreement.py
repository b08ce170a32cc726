"""The pages of agreement in a real browser: figures, the passages behind them, who may see what, files."""

import csv
import io
import json
import re
from html import unescape
from urllib.parse import quote

import pytest
from browser import browser, needs_browser
from coded import write_stage
from double_coded import HOSTILE, ON_THREAT, PARTED, double_coded, ids_of
from labelling import label_row, write_labels
from pages import serious_findings
from workbench import running, segmented

from pipeline import codebook, reliability
from pipeline.model import Tag

pytestmark = needs_browser
PAIR = quote("pair:anna / ben")
SIZES = [(1280, 900, "light"), (390, 844, "dark")]


@pytest.fixture(scope="module")
def study(module_project):
    module_project.write("metadata.csv", f'file,title\n1950_speech.txt,"{HOSTILE.replace(chr(34), chr(34) * 2)}"\n')
    return double_coded(module_project)


@pytest.fixture(scope="module")
def anna(module_project, study):
    with running(module_project, "anna") as opened:
        yield opened


@pytest.fixture(scope="module")
def page(anna):
    with browser() as opened:
        made = opened.new_page()
        made.goto(anna.address)
        yield made


def cells(page, code):
    """The figures of a code's row by the name of their column."""
    row = page.locator("table.cards tr", has=page.get_by_role("link", name=code, exact=True)).first
    return {cell.get_attribute("data-label"): cell.inner_text() for cell in row.locator("td[data-label]").all()}


def headings(page):
    """The passages shown, once the page has come."""
    page.wait_for_load_state()
    return set(page.locator("article h2").all_inner_texts())


def test_agreement__figures_are_those_of_reliability_json(page, anna, study, module_project):
    reliability.run(study)
    rows = {(row["who"], row["code"]): row for row in json.loads((study.outputs / "reliability.json").read_text())["rows"]}
    for who, kind in (("anna / ben", "pair"), ("anna / ben / cay", "coders"), ("hand / rules", "hand"), ("hand / classifier", "hand")):
        page.goto(f"{anna.origin}/agreement?group={quote(f'{kind}:{who}')}")
        wanted, shown = rows[who, "threat"], cells(page, "threat")
        kappa = "Light's kappa" if who.count("/") == 2 else "Cohen's kappa"
        for label, name in (
            ("Krippendorff's alpha", "alpha"),
            ("Gwet's AC1", "ac1"),
            (kappa, "kappa"),
            ("Positive agreement", "positive_agreement"),
        ):
            assert shown[label].split()[0] == ("n/a" if wanted[name] is None else f"{wanted[name]:.2f}"), (who, name)
        assert shown["Passages"] == str(wanted["passages"])


def test_agreement__a_click_on_a_figure_leads_to_the_passages_behind_it(page, anna, module_project):
    page.goto(f"{anna.origin}/agreement?group={PAIR}")
    row = page.locator("table.cards tr", has=page.get_by_role("link", name="threat", exact=True)).first
    row.locator('td[data-label="Krippendorff\'s alpha"] a').click()
    assert headings(page) == ids_of(module_project, ON_THREAT)
    page.get_by_role("link", name="anyone gave it").click()
    assert headings(page) == ids_of(module_project, ON_THREAT | {0, 4, 6})


def test_agreement__every_figure_has_its_link(page, anna):
    page.goto(f"{anna.origin}/agreement?group={PAIR}")
    figures = page.locator("table.cards td.n[data-label]:not([data-label=Passages], [data-label=Characters], [data-label=Decisions])")
    bare = [cell for cell in figures.all() if not cell.locator("a").count()]
    assert figures.count() > 50 and {cell.text_content().strip() for cell in bare} == {"n/a"}


def test_disagreements__side_by_side_with_memos_and_marked_words_and_no_names(page, anna, module_project):
    page.goto(f"{anna.origin}/agreement/disagreements?group={PAIR}&code=threat")
    article = page.locator("article", has=page.get_by_role("heading", name=min(ids_of(module_project, {1}))))
    assert sorted(article.locator(".voice h3").all_inner_texts()) == ["Coder A", "Coder B"]
    text = article.inner_text()
    assert "Memo of one on passage 1" in text and "threat: present" in text and "threat: absent" in text
    assert "anna" not in text and "ben" not in text
    assert article.locator("mark").first.get_attribute("title").endswith(": threat")


def test_disagreements__where_both_marked_the_overlap_is_shown(page, anna, module_project):
    page.goto(f"{anna.origin}/agreement/disagreements?group={PAIR}&show=marked")
    article = page.locator("article", has=page.get_by_role("heading", name=min(ids_of(module_project, {0}))))
    titles = [mark.get_attribute("title") for mark in article.locator("mark").all()]
    assert [title.count(":") for title in titles] == [2, 1]
    assert len(article.locator("mark").first.inner_text().replace("A", "", 1).strip()) >= 17


def test_disagreements__nothing_a_coder_wrote_runs(page, anna):
    for path in (f"/agreement/disagreements?group={PAIR}", "/agreement/adjudicate", f"/agreement/disagreements?group={PAIR}&code=threat"):
        page.goto(anna.origin + path)
        assert page.evaluate("window.pwned") is None and page.locator("img, main script").count() == 0
    assert HOSTILE in page.locator(".memo", has_text="onerror").first.inner_text()


@pytest.mark.parametrize(
    "path", ["?group=%3Cscript%3E", "/disagreements?group=x", f"/disagreements?group={PAIR}&code=%3Cb%3E", "/download/x.csv"]
)
def test_agreement__a_strange_address_is_an_error_in_words(anna, path):
    status, text = anna.request(f"/agreement{path}")
    assert status == 400 and "Go back" in text and "<b>" not in text and "Traceback" not in text


def test_disagreements__a_strange_page_number_is_the_first_page(anna):
    for number in ("0", "-3", "x", "9" * 30, "²"):
        status, text = anna.request(f"/agreement/disagreements?group={PAIR}&from={quote(number)}")
        assert status == 200 and "article" in text


@pytest.mark.parametrize("path", ["/agreement", "/agreement/adjudicate", "/agreement/download/disagreements.csv"])
def test_agreement__needs_the_token(anna, path):
    assert anna.request(path, token=False)[0] == 403


@pytest.mark.parametrize(("width", "height", "theme"), SIZES)
@pytest.mark.parametrize("path", ["/agreement", f"/agreement/disagreements?group={PAIR}", "/agreement/adjudicate"])
def test_pages__no_serious_finding_and_no_sideways_scrolling(page, anna, path, width, height, theme):
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=theme)
    page.goto(anna.origin + path)
    for part in page.locator("details").all():
        part.evaluate("part => part.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert serious_findings(page) == []


def rows_of(anna, table, form="csv"):
    status, text = anna.request(f"/agreement/download/{table}.{form}")
    assert status == 200
    return list(csv.DictReader(io.StringIO(text.lstrip("\ufeff")))) if form == "csv" else json.loads(text)["rows"]


def test_download__coefficients_as_csv_are_those_of_json(anna):
    table, data = rows_of(anna, "coefficients"), rows_of(anna, "coefficients", "json")
    assert len(table) == len(data) > 60
    for line, row in zip(table, data, strict=True):
        assert (line["who"], line["code"]) == (row["who"], row["code"])
        for name in ("alpha", "ac1", "kappa", "positive_agreement", "raw_agreement", "prevalence"):
            wanted = [row[name], *row["intervals"][name]]
            assert [line[name], line[f"{name}_low"], line[f"{name}_high"]] == ["" if value is None else str(value) for value in wanted]


def test_download__disagreements_hold_every_coder_s_words(anna, module_project):
    rows = rows_of(anna, "disagreements", "json")
    assert {row["passage_id"] for row in rows} == ids_of(module_project, PARTED)
    ben = next(row for row in rows if row["memo"] == HOSTILE)
    assert ben["coder"] == "ben" and ben["contested"] == ["threat"] and ben["is_adjudicated"] is False and ben["text"]
    assert len(rows_of(anna, "disagreements")) == len(rows)


@pytest.mark.parametrize("table", ["documents", "spans"])
def test_download__other_tables_read_as_csv_and_json(anna, table):
    assert [row["who"] for row in rows_of(anna, table)] == [row["who"] for row in rows_of(anna, table, "json")] != []


def test_blindness__a_coder_sees_only_passages_labelled_by_that_coder(module_project, study):
    """cay has labelled two passages; of the others no code, memo or name of anyone is shown, by no way."""
    hidden = ids_of(module_project, PARTED - {1})
    with running(module_project, "cay") as cay:
        _, overview = cay.request("/agreement")
        assert "6 labelled passages are kept from you" in overview
        _, listed = cay.request(f"/agreement/disagreements?group={PAIR}")
        assert "3 more are kept from you" in listed and set(re.findall(r'<h2 id="p\d+">(.+?)</h2>', listed)) == ids_of(module_project, {1})
        for name in hidden:
            status, text = cay.request(f"/agreement/adjudicate?passage={quote(name)}")
            assert status == 400 and "not labelled this passage" in text and "Memo of one" not in text
            assert name not in cay.request(f"/agreement/disagreements?group={PAIR}&show=marked")[1]
        downloaded = rows_of(cay, "disagreements", "json")
        assert {row["passage_id"] for row in downloaded} == ids_of(module_project, {1})


def test_disagreements__many_passages_come_page_by_page_and_assisted_labels_are_told(project):
    rows = many_parted(project, 30)
    with running(project, "anna") as anna:
        seen, path = [], f"/agreement/disagreements?group={quote('coders:anna / ben')}&code=threat"
        while path:
            _, text = anna.request(path)
            seen.append(re.findall(r'<h2 id="p\d+">(.+?)</h2>', text))
            onward = re.search(r'href="([^"]+)">later', text)
            path = unescape(onward[1]) if onward else ""
        assert [len(part) for part in seen] == [20, 10] and [name for part in seen for name in part] == [row["id"] for row in rows]
        assert "30 labels were given with the rules' hits in sight" in unescape(anna.request("/agreement")[1])


def many_parted(project, number):
    """Passages on each of which anna, who saw rule hits, and ben part."""
    study = segmented(project, documents=5, passages=number // 5)
    rows, ids = project.rows("passages.jsonl"), codebook.load(study.codebook_folder).ids
    write_labels(project, "anna", [label_row(row, "anna", ["threat"], ids, assisted=True) for row in rows])
    write_labels(project, "ben", [label_row(row, "ben", [], ids) for row in rows])
    by_document = {}
    for row in rows:
        by_document.setdefault(row["document_id"], []).append(Tag(row["id"], row["document_id"]))
    write_stage(study, "tags", by_document)
    return rows


def test_agreement__of_a_study_without_labels_says_so(project):
    segmented(project)
    with running(project, "dan") as dan:
        status, text = dan.request("/agreement")
        assert status == 200 and "no passage of this study is labelled" in text
        assert "<article" not in dan.request("/agreement/disagreements")[1]
