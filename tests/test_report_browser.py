"""The report in a real browser: figures open the passages behind them, filters work, nothing a text says runs, nothing is fetched."""

import random

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import browser, needs_browser
from reported import built, many
from test_report import HOSTILE

from pipeline import report

pytestmark = needs_browser
TEXTS = [*HOSTILE, "متن فارسی درباره تهدید", "𝒯hey 🚀 arm"]
FACTS = [
    {"source": "https://example.org/speech?a=1&b=2"},
    {"source": "javascript:alert(1)"},
    {"speaker": "Ann O'Neill & Co", "title": "On peace"},
]


@pytest.fixture(scope="module")
def opened():
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def file(module_project):
    built(module_project, TEXTS, labelled=True, facts=FACTS)
    return (module_project.outputs / "report.html").as_uri()


@pytest.fixture
def page(opened, file):
    """A page that fails its test if anything is fetched, any dialog opens, or the console complains."""
    context = opened.new_context(viewport={"width": 1280, "height": 900})
    made, wrong = context.new_page(), []
    made.on("request", lambda request: request.url.split("#")[0] == file or wrong.append(request.url))
    made.on("dialog", lambda dialog: (wrong.append(dialog.message), dialog.dismiss()))
    made.on("console", lambda message: message.type == "error" and wrong.append(message.text))
    made.on("pageerror", lambda error: wrong.append(str(error)))
    show(made, file)
    yield made
    context.close()
    assert not wrong


def show(page, address):
    page.goto("about:blank")
    page.goto(address)
    page.wait_for_selector("#list article")


def count(page):
    return page.inner_text("#count")


def test_page__a_mark_of_a_chart_opens_the_passages_behind_it(page):
    mark = page.locator("#figure-frames_by_partner .wide a path[fill='#d55e00']").first
    assert mark.locator("title").text_content().startswith("partner named, Threat: ")
    mark.click()
    assert page.locator("#passages").get_attribute("class") == "drawer"
    assert page.url.endswith("#code=threat&scope=partner") and count(page) == "4 passages in 4 documents"
    page.keyboard.press("Escape")
    assert page.locator("#passages").get_attribute("class") == "" and "#" not in page.url


def test_page__a_cell_of_the_heat_map_opens_its_document_and_code(page):
    page.locator(".heat tbody tr").nth(3).locator("td a").first.click()
    assert count(page) == "1 passage in 1 document"
    assert page.locator("#list article .meta a").first.inner_text() == "1953_d3#00001"


def test_page__a_passage_shows_hits_rules_reasons_labels_and_source(page):
    page.evaluate("location.hash = '#document=1950_d0'")
    shown = page.locator("#list article")
    assert shown.locator("mark").all_inner_texts() == ["They plot against us", "trade"]
    assert shown.locator("mark.off").get_attribute("title") == "profit · profit.trade · denied"
    assert "Rules: threat.plot, (profit.trade)" in shown.inner_text()
    assert "0.90" in shown.inner_text() and "anna: threat" in shown.inner_text() and "1950_d0#00001" in shown.inner_text()
    assert shown.locator("a[href^='https']").get_attribute("href") == "https://example.org/speech?a=1&b=2"


def test_page__only_web_addresses_become_links(page):
    page.evaluate("location.hash = '#document=1951_d1'")
    assert "javascript:alert(1)" in page.inner_text("#list article")
    assert not page.locator("#list a:not([href^='#'])").count()


def test_page__filters_narrow_and_the_address_says_how(page):
    everything = count(page)
    page.evaluate("location.hash = '#sort=certainty'")
    page.select_option("[name=code]", "identity.religion")
    page.fill("[name=year]", "1950-1954")
    assert count(page) == "2 passages in 2 documents" != everything
    assert page.url.endswith("#code=identity.religion&year=1950-1954&sort=certainty")
    page.fill("[name=text]", "ALERT(1)")
    assert count(page) == "2 passages in 2 documents"
    page.fill("[name=text]", "no such words")
    assert count(page) == "No passage fits. Loosen a filter."
    page.click("#clear")
    assert count(page) == everything


def test_page__an_address_opens_what_it_names(page, file):
    show(page, f"{file}#code=threat&year=1952")
    assert page.locator("#passages").get_attribute("class") == "drawer"
    assert count(page) == "1 passage in 1 document" and page.input_value("[name=year]") == "1952"
    assert "Ann O'Neill & Co, On peace, 1952" in page.inner_text("#list article h3")


def test_page__hand_labels_that_differ_from_the_machine_can_be_found(page):
    page.evaluate("location.hash = '#hand=differs'")
    assert count(page) == "No passage fits. Loosen a filter."  # the coders part on that code, so nothing is settled
    page.evaluate("location.hash = '#hand=labelled&code=threat'")
    assert count(page) == f"{len(TEXTS)} passages in {len(TEXTS)} documents"


def test_page__sorts_by_date(page):
    page.evaluate("location.hash = '#sort=date'")
    ids = page.locator("#list article .meta a[href*=passage]").all_inner_texts()
    assert ids == sorted(ids) and len(ids) == len(TEXTS)


def test_page__what_texts_say_is_shown_as_text(page):
    page.evaluate("location.hash = '#sort=date'")
    shown = page.locator("#list").inner_text()
    assert all(text in shown for text in TEXTS)
    assert page.locator("script").count() == 2 and not page.locator("img").count()


def test_page__positions_count_letters_not_code_units(page):
    page.evaluate(f"location.hash = '#document={1950 + len(TEXTS) - 1}_d{len(TEXTS) - 1}'")
    assert page.locator("#list article mark").all_inner_texts() == ["They plot against us", "trade"]


def test_page__text_from_right_to_left_finds_its_direction(page):
    page.evaluate("location.hash = '#text=فارسی'")
    heading = page.locator("#list article h3")
    assert heading.get_attribute("dir") == "auto"
    assert heading.evaluate("one => getComputedStyle(one).direction") == "rtl"


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_page__has_no_serious_barrier_and_no_sideways_scrolling(opened, file, scheme, width):
    context = opened.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    show(page, file)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    found = Axe().run(page).response["violations"]
    serious = [(one["id"], one["nodes"][0]["html"][:200]) for one in found if one["impact"] in ("serious", "critical")]
    assert not serious
    assert page.evaluate("document.documentElement.scrollWidth") == width
    context.close()


def test_page__dark_charts_are_drawn_in_colours_that_stand_out(opened, file):
    context = opened.new_context(color_scheme="dark")
    page = context.new_page()
    show(page, file)
    color = "one => getComputedStyle(one).fill"
    assert page.locator("#figure-narratives_partner .wide text").first.evaluate(color) == "rgb(232, 236, 239)"
    assert page.locator("#figure-narratives_partner .wide a path").first.evaluate(color) == "rgb(86, 180, 233)"
    context.close()


def test_page__prints_without_controls_and_with_its_tables(page):
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("nav").is_hidden() and page.locator("#passages").is_hidden()
    assert page.locator("#figure-narratives_partner table").is_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    assert page.locator("#figure-narratives_partner table").is_hidden()


def test_page__five_hundred_documents_stay_under_five_megabytes(opened, project):
    """Eight thousand coded passages of words that hardly pack: more than fit, so some come without their text, and the page says so."""
    words = [f"{random.Random(n).getrandbits(40):x}" for n in range(20_000)]
    built(project, ["war"] * 6)
    many(project.study(), 500, 16, lambda n: " ".join(random.Random(n).choices(words, k=120)))
    report.run(project.study())
    path = project.outputs / "report.html"
    assert 4_000_000 < path.stat().st_size < 5_000_000
    page = opened.new_page()
    show(page, path.as_uri())
    assert count(page).startswith("8,000 passages in 500 documents; the texts of ")
    assert "stand in export/codings.csv only" in count(page)
    assert page.locator("#list article").count() == 20
    page.click("#more")
    assert page.locator("#list article").count() == 40
    page.evaluate("location.hash = '#document=d0003&code=threat'")
    assert count(page).startswith("16 passages in 1 document") and page.locator("#more").is_hidden()
    assert page.locator("#list article .said").count() >= 1  # the surest of every document and code come with their text
    page.fill("[name=text]", words[0])
    assert "among the texts that are here; the others stand in export/codings.csv only" in count(page)
    page.close()
