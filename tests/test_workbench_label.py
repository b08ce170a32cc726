"""Labelling in a real browser on a real server: by keyboard, in two windows, through reloads, conflicts and hostile texts."""

import json
import re
from collections import Counter
from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import browser, needs_browser
from playwright.sync_api import expect
from workbench import coded, running, segmented, submission

from pipeline import store

pytestmark = needs_browser


@pytest.fixture(scope="module")
def chromium():
    with browser() as opened:
        yield opened


@contextmanager
def opened(chromium, bench, path="", **options):
    """A page of the workbench; the test fails on any error of its script."""
    context = chromium.new_context(**options)
    page, errors = context.new_page(), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(bench.address)
    ready(page)
    if path:
        page.goto(bench.origin + path)
    yield page
    context.close()
    assert not errors


def ready(page, saved=None):
    """Wait until a passage is shown, and until so many were saved this session."""
    page.wait_for_selector("body:not(.busy) #text:not(:empty)")
    if saved is not None:
        expect(page.locator("#counts")).to_contain_text(re.compile(rf"^{saved} this session"))


def told(page, words):
    """Wait until the page's notice says so."""
    expect(page.locator("#notice")).to_contain_text(words)
    page.wait_for_selector("body:not(.busy)")


def passage_id(page):
    return re.search(r"\bp=([^&]+)", page.url)[1].replace("%23", "#")


def labels_of(project, coder="anna"):
    path = project.labels / f"{coder}.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.is_file() else []


def select(page, words):
    """Select words of the passage as a mouse would."""
    page.evaluate(
        """words => {
          const node = document.querySelector('#text').firstChild, at = node.data.indexOf(words);
          getSelection().setBaseAndExtent(node, at, node, at + words.length);
        }""",
        words,
    )


@pytest.fixture
def bench(project):
    coded(project, segmented(project, labelling={"round": 60, "random": 0.5, "double": 0.2}))
    with running(project) as started:
        yield started


def test_fifty_passages__labelled_by_keyboard_each_once_with_its_probability(project, bench, chromium):
    wanted = {}
    with opened(chromium, bench) as page:
        for number in range(50):
            ready(page, saved=number)
            keys = [["1"], ["q"], ["2", "3"], [], ["a", "Shift+s"]][number % 5]
            for key in keys:
                page.keyboard.press(key)
            if number % 10 == 4:
                page.keyboard.press(",")
                page.keyboard.type(f"memo {number}, 1 q 0")
                wanted[passage_id(page)] = (keys, f"memo {number}, 1 q 0")
                page.keyboard.press("Control+Enter")
            else:
                wanted[passage_id(page)] = (keys, "")
                page.wait_for_timeout(260 if not keys else 0)
                page.keyboard.press("Enter")
        ready(page, saved=50)
    given = {row["passage_id"]: row for row in labels_of(project)}
    assert len(labels_of(project)) == len(given) == 50 and given.keys() == wanted.keys()
    plan = {row["passage_id"]: row for row in map(json.loads, (project.labels / "plan" / "round-1.jsonl").read_text().splitlines())}
    codes = {"1": ["threat"], "q": ["threat", "threat.aggressive_intentions"], "2": ["profit"], "3": ["identity"],
             "a": ["profit", "profit.economic_gain"], "Shift+s": []}  # fmt: skip
    for name, (keys, memo) in wanted.items():
        row = given[name]
        assert row["codes"] == [code for key in keys for code in codes[key]] and row["memo"] == memo
        assert row["unsure"] == (["profit.military_gain"] if "Shift+s" in keys else [])
        assert row["drawn"] == {key: plan[name][key] for key in ("scheme", "stratum", "probability")}
        assert len(row["considered"]) == 22 and row["status"] == "coded" and not row["assisted"]


def test_marking__emoji_and_other_scripts_keep_their_place_in_the_document(project, chromium):
    text = (
        "Lead 😀👩‍👩‍👧 in: we stand 🇫🇷 with our brave neighbours against the enemy today.\n\n"
        + "دشمن به مرزهای ما حمله کرد و ما ایستادگی می‌کنیم 😀 امروز."
    )
    segmented(project, {"1950_a": text}, passages={"min_words": 3, "max_words": 40})
    with running(project) as bench, opened(chromium, bench) as page:
        for words, key in (("🇫🇷 with our brave", "1"), ("مرزهای ما", "3")):
            page.goto(f"{bench.origin}/?p=1950_a%23{'00001' if key == '1' else '00002'}")
            ready(page)
            select(page, words)
            page.keyboard.press(key)
            assert page.locator("#text mark").all_text_contents() == [words]
            page.keyboard.press("Enter")
            ready(page, saved=1 if key == "1" else 2)
    document = project.rows("documents.jsonl")[0]["text"]
    spans = [(span["code"], document[span["start"] : span["end"]]) for row in labels_of(project) for span in row["spans"]]
    assert spans == [("threat", "🇫🇷 with our brave"), ("identity", "مرزهای ما")]


def test_right_to_left__passage_runs_from_the_right_and_persian_keys_find_their_codes(project, chromium):
    segmented(project, {"1950_a": "دشمن به مرزهای ما حمله کرد و ما ایستادگی می‌کنیم."}, passages={"min_words": 3, "max_words": 40})
    with running(project) as bench, opened(chromium, bench) as page:
        assert page.evaluate("getComputedStyle(document.querySelector('#text')).direction") == "rtl"
        page.evaluate("document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'ض', code: 'KeyQ', bubbles: true}))")
        assert page.locator("#codes input:checked").count() == 2


def test_marking__without_a_mouse(project, bench, chromium):
    with opened(chromium, bench) as page:
        words = re.findall(r"\w+", page.locator("#text").text_content())
        for key in ("m", "ArrowRight", "Shift+ArrowRight", "w"):
            page.keyboard.press(key)
        assert page.locator("#text mark").all_text_contents() == [" ".join(words[1:3])]
        page.get_by_role("button", name="Unmark").click()
        assert page.locator("#text mark").count() == 0


def test_undo__takes_back_on_disk_by_further_lines_and_offers_what_was_entered(project, bench, chromium):
    with opened(chromium, bench) as page:
        first = passage_id(page)
        page.keyboard.press("1")
        page.keyboard.press("Enter")
        ready(page, saved=1)
        page.keyboard.press("Control+z")
        told(page, "Taken back")
        assert passage_id(page) == first and page.locator("#codes input:checked").count() == 1
    rows = labels_of(project)
    assert [(row["status"], row["codes"]) for row in rows] == [("coded", ["threat"]), ("withdrawn", [])]
    assert rows[0]["passage_id"] == rows[1]["passage_id"] == first


def test_changing_a_label__back_change_save_and_undo_restores_the_earlier_one(project, bench, chromium):
    with opened(chromium, bench) as page:
        for saved, keys in enumerate((["1", "Enter"], ["b"], ["2", "Enter"], ["Control+z"])):
            for key in keys:
                page.keyboard.press(key)
            page.wait_for_timeout(150)
            ready(page)
            assert saved == 0 or saved == 2 or page.locator("#codes input:checked").count() == (1 if saved in (1, 3) else 0)
    assert [row["codes"] for row in labels_of(project)] == [["threat"], ["threat", "profit"], ["threat"]]


def test_skip__comes_again_at_the_end_and_is_no_label(project, bench, chromium):
    with opened(chromium, bench) as page:
        first = passage_id(page)
        page.keyboard.press("n")
        expect(page.locator("#counts")).to_contain_text("1 skipped")
        assert passage_id(page) != first
    assert [(row["status"], row["considered"]) for row in labels_of(project)] == [("skipped", [])]


def test_reload__brings_back_what_was_entered(project, bench, chromium):
    with opened(chromium, bench) as page:
        page.keyboard.press("w")
        page.locator("#memo").fill("half a thought")
        before = passage_id(page)
        page.reload()
        ready(page)
        assert passage_id(page) == before and page.locator("#memo").input_value() == "half a thought"
        assert page.locator("#codes input:checked").count() == 2 and "not saved yet" in page.locator("#notice").text_content()
    assert not labels_of(project)


def test_two_windows__the_second_is_told_and_nothing_is_overwritten_unseen(project, bench, chromium):
    with opened(chromium, bench) as one, opened(chromium, bench) as two:
        two.goto(one.url)
        ready(two)
        one.keyboard.press("1")
        one.keyboard.press("Enter")
        ready(one, saved=1)
        two.keyboard.press("2")
        two.keyboard.press("Enter")
        told(two, "Another window saved")
        assert len(labels_of(project)) == 1 and "Threat" in two.locator("#notice").text_content()
        assert two.locator('#codes input[value="profit"]').is_checked()
        two.keyboard.press("Enter")
        ready(two, saved=2)
    assert [row["codes"] for row in labels_of(project)] == [["threat"], ["profit"]]


def test_stopped_workbench__keeps_the_label_on_the_page(project, bench, chromium):
    with opened(chromium, bench) as page:
        page.keyboard.press("1")
        bench.kill()
        page.keyboard.press("Enter")
        told(page, "does not answer")
        assert page.locator("#codes input:checked").count() == 1
    assert not labels_of(project)


def test_codebook_changed_meanwhile__asks_before_saving_under_definitions_not_seen(project, bench, chromium):
    with opened(chromium, bench) as page:
        page.keyboard.press("1")
        change_codebook(project, "The passage construes a state", "The passage describes a state")
        page.keyboard.press("Enter")
        told(page, "codebook has changed")
        assert not labels_of(project)
        page.get_by_role("button", name="Load the new codebook").click()
        page.wait_for_load_state()
        ready(page)
        assert page.locator("#codes input:checked").count() == 1
        page.keyboard.press("Enter")
        ready(page, saved=1)
    assert [row["codes"] for row in labels_of(project)] == [["threat"]]


def change_codebook(project, old, new):
    """The study's codebook with a word changed; the shipped one stays as it is."""
    link = project.folder / "codebook"
    if link.is_symlink():
        source = {path.name: path.read_text(encoding="utf-8") for path in (link / "alliance").iterdir() if path.is_file()}
        link.unlink()
        for name, content in source.items():
            store.write_text(link / "alliance" / name, content)
    path = link / "alliance" / "codebook.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    store.write_text(path, text.replace(old, new, 1))


def test_second_look__lists_what_was_given_under_the_older_definition_until_saved_again(project, bench, chromium):
    with opened(chromium, bench) as page:
        for saved, key in enumerate(("1", "2", "1")):
            ready(page, saved=saved)
            page.keyboard.press(key)
            page.keyboard.press("Enter")
        ready(page, saved=3)
        change_codebook(project, "The passage construes a state", "The passage describes a state")
        page.goto(f"{bench.origin}/second-look")
        assert page.locator("section[data-code]").count() == 1
        assert page.locator("del").all_text_contents() == ["construes"] and page.locator("ins").all_text_contents() == ["describes"]
        page.get_by_role("link", name="Look again at 3").click()
        ready(page)
        assert page.locator('#codes input[value="threat"]').is_checked()
        page.keyboard.press("Enter")
        ready(page, saved=4)
        page.goto(f"{bench.origin}/second-look")
        assert page.get_by_role("link", name="Look again at 2").count() == 1
    versions = Counter(row["codebook_version"] for row in labels_of(project))
    assert sorted(versions.values()) == [1, 3] and len(list((project.labels / "codebooks").iterdir())) == 2


HOSTILE = "<script>window.hacked=1</script><img src=x onerror='window.hacked=1'>\"'></p> and javascript:alert(1) we met the enemy"


def test_hostile_corpus__never_runs_anywhere(project, chromium):
    project.write("metadata.csv", f'file,title,speaker\n1950_a.txt,"{HOSTILE.replace(chr(34), chr(34) * 2)}","<b onclick=hacked()>"\n')
    segmented(project, {"1950_a": f"{HOSTILE}\n\n{HOSTILE} again, and more of it here"}, passages={"min_words": 3, "max_words": 40})
    with running(project) as bench, opened(chromium, bench) as page:
        assert HOSTILE.split("'></p>")[0] in page.locator("#text").text_content()
        page.locator("#memo").fill(HOSTILE)
        page.keyboard.press("Control+Enter")
        ready(page, saved=1)
        page.keyboard.press("b")
        expect(page.locator("#memo")).to_have_value(HOSTILE)
        page.locator("#text").focus()
        page.keyboard.press("/")
        page.keyboard.type("the enemy")
        page.wait_for_selector("#results button")
        for path in ("/second-look", "/progress"):
            page.goto(bench.origin + path)
            assert not page.evaluate("window.hacked")
        assert page.locator("script:not([src]), img").count() == 0


def test_round__once_done_the_next_is_drawn_only_when_asked_for(project, chromium):
    segmented(project, documents=2, labelling={"round": 12})
    with running(project) as bench:
        for _ in range(11):
            bench.json("/api/labels", submission(bench.json("/api/passage")["passage"], []))
        with opened(chromium, bench) as page:
            page.keyboard.press("1")
            page.keyboard.press("Enter")
            told(page, "This round is done")
            assert len(labels_of(project)) == 12 and not (project.labels / "plan" / "round-2.jsonl").exists()
            page.keyboard.press("Enter")
            expect(page.locator("#counts")).to_contain_text("12 of 24 in the plan")
            assert page.locator("#notice").is_hidden() and page.locator("#text").is_visible()


def test_search__finds_by_words_across_case_and_by_number_and_opens_by_keyboard(project, bench, chromium):
    with opened(chromium, bench) as page:
        page.keyboard.press("/")
        page.keyboard.press("Escape")
        expect(page.locator("#search")).to_be_hidden()
        page.keyboard.press("/")
        page.keyboard.type("IN YEAR 7 OUR")
        page.wait_for_selector("#results button")
        assert page.locator("#results button").count() == 6
        page.keyboard.press("Enter")
        expect(page.locator("#text")).to_contain_text("In year 7 our")
        page.keyboard.press("1")
        page.keyboard.press("Enter")
        ready(page, saved=1)
    plan = {row["passage_id"] for row in map(json.loads, (project.labels / "plan" / "round-1.jsonl").read_text().splitlines())}
    row = labels_of(project)[0]
    assert row["drawn"]["scheme"] == ("round-1" if row["passage_id"] in plan else "chosen")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")])
def test_pages__no_serious_finding_by_axe_and_nothing_wider_than_the_screen(accessible, chromium, width, scheme):
    with opened(chromium, accessible, viewport={"width": width, "height": 844}, color_scheme=scheme) as page:
        for key in ("1", "Shift+q", "a"):
            page.keyboard.press(key)
        for path in ("", "/progress", "/second-look"):
            if path:
                page.goto(accessible.origin + path)
                page.wait_for_load_state("networkidle")
            found = [f for f in Axe().run(page).response["violations"] if f["impact"] in {"serious", "critical"}]
            assert not found, [(f["id"], [node["html"] for node in f["nodes"][:3]]) for f in found]
            assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.fixture(scope="module")
def accessible(module_project):
    coded(module_project, segmented(module_project))
    with running(module_project) as started:
        yield started
