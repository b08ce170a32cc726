"""Adjudication in a real browser: names hidden, a reason required, all originals kept, nothing lost or doubled."""

import json
import re
from urllib.parse import quote, urlencode

import pytest
from browser import browser, needs_browser
from double_coded import PARTED, double_coded, ids_of, labels_of
from labelling import write_labels
from workbench import running

from pipeline import adjudicators, codebook, labels, reliability
from pipeline.workbench.comparison import letters

pytestmark = needs_browser
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def study(project):
    return double_coded(project)


@pytest.fixture
def anna(project, study):
    with running(project, "anna") as opened:
        yield opened


@pytest.fixture(scope="module")
def calm(module_project):
    """A workbench on which nothing is ever saved."""
    double_coded(module_project)
    with running(module_project, "anna") as opened:
        yield opened


def rulings(project):
    path = project.labels / "adjudicated.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.is_file() else []


def form_of(bench, passage):
    """The fields of a passage's form as the page would send them, nothing decided yet."""
    _, text = bench.request(f"/agreement/adjudicate?passage={quote(passage)}")
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', text))
    return {**fields, **dict(re.findall(r'name="(code\.[\w.]+)" value="(\w+)" checked', text))}


def send(bench, fields):
    """Post a form; status and text (of the page it leads to)."""
    from urllib.request import Request, urlopen

    port = bench.origin.rsplit(":", 1)[1]
    head = {**FORM, "Cookie": f"policycode_{port}={bench.token}", "Origin": bench.origin}
    request = Request(f"{bench.origin}/agreement/adjudicate", urlencode(fields).encode(), head)
    try:
        with urlopen(request, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except OSError as error:
        return error.code, error.read().decode()


def passage(project, number):
    return min(ids_of(project, {number}))


def test_adjudicate__by_keyboard_through_all_that_wait(project, anna):
    """Every parted passage is decided by keys alone; the line on disk says who, why, and what each coder had said."""
    before = {path.name: path.read_bytes() for path in project.labels.glob("*.jsonl")}
    with browser() as opened:
        page = opened.new_page()
        page.goto(anna.address)
        page.goto(f"{anna.origin}/agreement")
        page.get_by_role("link", name="Adjudicate 4 passages").press("Enter")
        page.wait_for_url("**/adjudicate*")
        for left in (4, 3, 2, 1):
            assert f"{left} passage" in page.inner_text("main")
            for choice in page.locator(".decide > fieldset").all():
                choice.locator("input").first.focus()
                page.keyboard.press("Space")
            page.get_by_label("Reason").focus()
            page.keyboard.type(f"Because of rule {left} <b>")
            page.keyboard.press("Tab")
            page.keyboard.press("Enter")
            page.wait_for_url("**saved=*" if left == 4 else re.compile(quote(rulings_id(project, 4 - left))))
        assert "No passage that you may see waits" in page.inner_text("main")
    kept = {row["passage_id"]: row for row in rulings(project)}
    assert set(kept) == ids_of(project, PARTED) and len(rulings(project)) == 4
    row = kept[passage(project, 1)]
    assert (row["adjudicator"], row["coder"], row["reason"]) == ("anna", "adjudicated", row["reason"].strip())
    assert row["originals"] == {"anna": ["threat"], "ben": [], "cay": ["threat"]} and row["codes"] == ["threat"]
    assert {name: (project.labels / name).read_bytes() for name in before} == before


def rulings_id(project, index):
    """The passage that is adjudicated next after so many: those that wait, in reading order."""
    return sorted(ids_of(project, PARTED))[index]


def test_adjudicate__hides_names_and_deals_letters_anew(module_project, calm):
    _, text = calm.request(f"/agreement/adjudicate?passage={quote(passage(module_project, 1))}")
    main = text[text.index("<main") :]
    assert not re.search(r"\b(anna|ben|cay)\b", main)
    assert sorted(re.findall(r"Coder ([A-Z])<?", re.sub(r"\s+", " ", main))) == ["A", "B", "C"]
    assert text == re.sub(r'(name="submission" value=")\w+', lambda m: re.search(r'name="submission" value="\w+', text)[0],
                          calm.request(f"/agreement/adjudicate?passage={quote(passage(module_project, 1))}")[1])  # fmt: skip


def test_letters__every_order_occurs_and_each_is_kept():
    orders = [tuple(letters(["ben", "anna", "cay"], f"7 d#{n}").items()) for n in range(200)]
    assert orders == [tuple(letters(["cay", "anna", "ben"], f"7 d#{n}").items()) for n in range(200)]
    first = [names[0][0] for names in orders]
    assert len(set(orders)) == 6 and all(40 < first.count(name) < 95 for name in ("anna", "ben", "cay"))


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"reason": " \n "}, "Give a reason."),
        ({"code.threat": None}, "Decide on threat."),
        ({"code.threat": "absent", "code.threat.common_enemy": "present"}, "threat.common_enemy is present, so threat is"),
        ({"reason": "x" * 10_001}, "longer than 10,000"),
    ],
)
def test_adjudicate__says_what_is_missing_and_keeps_what_was_typed(module_project, calm, changes, wanted):
    fields = {**form_of(calm, passage(module_project, 1)), "code.threat": "present", "reason": "Kept words", **changes}
    status, text = send(calm, {name: value for name, value in fields.items() if value is not None})
    assert status == 422 and wanted in text and rulings(module_project) == []
    assert "reason" in changes or "Kept words" in text


def test_adjudicate__sent_twice_is_kept_once(project, anna):
    fields = {**form_of(anna, passage(project, 1)), "code.threat": "absent", "reason": "No danger is stated"}
    assert [send(anna, fields)[0] for _ in range(3)] == [200, 200, 200]
    assert [row["reason"] for row in rulings(project)] == ["No danger is stated"]


def test_adjudicate__a_label_that_changed_meanwhile_is_shown_first(project, anna):
    fields = {**form_of(anna, passage(project, 1)), "code.threat": "absent", "reason": "Typed with care"}
    rows = project.rows("passages.jsonl")
    write_labels(project, "ben", labels_of("ben", {1: ["threat"]}, rows, codebook.load(project.study().codebook_folder).ids))
    status, text = send(anna, fields)
    assert status == 422 and "changed since the page was loaded" in text and "Typed with care" in text and rulings(project) == []


def test_adjudicate__decided_again_keeps_the_first_ruling_and_counts_the_last(project, study, anna):
    for value in ("absent", "present"):
        fields = {**form_of(anna, passage(project, 1)), "code.threat": value, "reason": f"It is {value}"}
        assert send(anna, fields)[0] == 200
    assert [row["codes"] for row in rulings(project)] == [[], ["threat"]]
    gold, _ = labels.gold(study, codebook.load(study.codebook_folder).ids)
    assert next(one for one in gold if one.passage_id == passage(project, 1)).values["threat"] is True
    _, text = anna.request("/agreement/disagreements?group=coders%3Aanna+%2F+ben+%2F+cay&code=threat")
    assert "It is present" in text and "It is absent" not in text and "ben</h3>" in re.sub(r"\s+<", "<", text)


def test_adjudicate__agreement_stays_that_of_the_blind_labels(project, study, anna):
    """Coders who come round after the ruling have seen each other's codes; agreement is of what they said before."""
    found = reliability.reliability(study, codebook.load(study.codebook_folder))
    assert send(anna, {**form_of(anna, passage(project, 7)), "code.threat": "present", "reason": "Rule 3"})[0] == 200
    rows, ids = project.rows("passages.jsonl"), codebook.load(study.codebook_folder).ids
    later = {"time": "2099-01-01T00:00:00Z", "codebook_version": rulings(project)[0]["codebook_version"]}
    write_labels(project, "anna", [{**row, **later} for row in labels_of("anna", {7: ["threat"]}, rows, ids)])
    again = reliability.reliability(study, codebook.load(study.codebook_folder))
    hands = [row for row in again["rows"] if row["kind"] in {"coders", "pair", "coder"}]
    assert hands == [row for row in found["rows"] if row["kind"] in {"coders", "pair", "coder"}]
    assert again["rows"] != found["rows"]


def test_adjudicator__chooses_for_good_to_see_all_and_label_no_more(project, study):
    with running(project, "pi") as pi:
        assert "8 labelled passages are kept from you" in pi.request("/agreement")[1]
        assert pi.request(f"/agreement/adjudicate?passage={quote(passage(project, 3))}")[0] == 400
        with browser() as opened:
            page = opened.new_page()
            page.goto(pi.address)
            page.goto(f"{pi.origin}/agreement")
            page.get_by_text("I adjudicate and shall label no more").press("Enter")
            page.get_by_role("button", name="Show me all").press("Enter")  # not before the box is ticked
            assert adjudicators.declared(study) == frozenset()
            page.get_by_role("checkbox").press("Space")
            page.get_by_role("button", name="Show me all").press("Enter")
            page.get_by_text("pi adjudicates this study and labels no more").wait_for()
        assert "kept from you" not in pi.request("/agreement")[1]
        assert send(pi, {**form_of(pi, passage(project, 1)), "code.threat": "present", "reason": "Rule 1"})[0] == 200
    assert rulings(project)[0]["adjudicator"] == "pi"
    with running(project, "pi") as pi:
        shown = pi.json("/api/passage")["passage"]
        label = {
            "passage_id": shown["id"],
            "text_sha256": shown["text_sha256"],
            "submission": "a" * 16,
            "seen": "",
            "codebook": shown["codebook"],
        }
        status, text = pi.request("/api/labels", body=label)
        assert status == 400 and "would not be blind" in text
        assert "pi adjudicates this study" in pi.request("/")[1]
    assert not (project.labels / "pi.jsonl").exists()


def test_adjudicate__another_page_cannot_send_it(module_project, calm):
    fields = urlencode({**form_of(calm, passage(module_project, 1)), "code.threat": "present", "reason": "x"})
    status, _ = calm.request("/agreement/adjudicate", body=fields, headers={**FORM, "Origin": "http://evil.example"})
    assert status == 403 and rulings(module_project) == []
