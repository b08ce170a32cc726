"""Label Studio and doccano, out and back: what a person did there becomes that person's labels, places kept through emoji."""

import json
from xml.etree import ElementTree as ET

import pytest
from coded import document, hit, write_study
from hypothesis import given
from hypothesis import strategies as st

from pipeline import exchange, export, store
from pipeline.errors import PipelineError, UsageError
from pipeline.exchange.proposal import Ask
from pipeline.exchange.units import from_utf16, to_utf16
from pipeline.export.form import Choices

TEXTS = ["\U0001f6e1\U0001f6e1 They plot — «خطر» <b>now</b>", "They plot against us.\r\nAnd again.", "We trade with them."]


@pytest.fixture(scope="module")
def study(module_project):
    made = module_project.study()
    said = [
        (document(f"d{n}", text), ("threat",) if n < 2 else (), [hit(text, "They plot")] if n < 2 else [], ())
        for n, text in enumerate(TEXTS)
    ]
    write_study(made, said)
    return made


def tasks(study, path, form="label-studio", **choices):
    export.export_to(study, form, path, Choices(**choices))
    if form == "label-studio":
        return json.loads(path.read_text(encoding="utf-8"))
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def brought(study, path, content, **ask):
    """What reading a tool's export proposes."""
    text = store.dumps(content) if path.suffix == ".json" else "".join(store.dumps(row) + "\n" for row in content)
    path.write_text(text, encoding="utf-8")
    return exchange.read(path, study, Ask(**ask))


def chosen(*codes):
    return {"from_name": "codes", "to_name": "text", "type": "choices", "value": {"choices": list(codes)}}


def region(start, end, words, code="threat"):
    return {
        "from_name": "spans",
        "to_name": "text",
        "type": "labels",
        "value": {"start": start, "end": end, "text": words, "labels": [code]},
    }


def memo(words):
    return {"from_name": "memo", "to_name": "text", "type": "textarea", "value": {"text": [words]}}


def annotated(study, tmp_path, number, *results, **more):
    """One task with one annotation, as Label Studio exports it; what reading it proposes."""
    made = tasks(study, tmp_path / "out.json")
    made[number]["annotations"] = [{"id": 1, "completed_by": {"email": "rita@example.org"}, "result": list(results), **more}]
    return brought(study, tmp_path / "back.json", made)


def test_label_studio__predictions_quote_their_places(study, tmp_path):
    made = tasks(study, tmp_path / "out.json")
    regions = [one["value"] for task in made for one in task["predictions"][0]["result"] if one["type"] == "labels"]
    assert [(one["start"], one["end"], one["text"]) for one in regions] == [(3, 12, "They plot"), (0, 9, "They plot")]
    assert made[0]["predictions"][0]["result"][0]["value"] == {"choices": ["threat"]}
    assert [task["data"]["text"] for task in made] == TEXTS and made[2]["predictions"][0]["result"] == []


def test_label_studio__configuration_names_every_code(study, tmp_path, book):
    tasks(study, tmp_path / "out.json")
    view = ET.parse(tmp_path / "out.json.config.xml").getroot()
    assert [one.get("value") for one in view.iter("Choice")] == [one.get("value") for one in view.iter("Label")] == list(book.ids)
    used = {one["from_name"] for one in (chosen(), region(0, 1, "x"), memo("x"))}
    assert used == {one.get("name") for one in view.iter() if one.get("toName")}
    assert view.find("Text").get("value") == "$text"


def test_label_studio__the_real_sdk_accepts_tasks_and_configuration(study, tmp_path):
    """Runs where label-studio-sdk is installed; it is not among our packages, since it holds numpy back."""
    sdk = pytest.importorskip("label_studio_sdk.label_interface")
    made = tasks(study, tmp_path / "out.json")
    interface = sdk.LabelInterface((tmp_path / "out.json.config.xml").read_text(encoding="utf-8"))
    interface.validate()
    assert all(interface.validate_task({"data": task["data"]}) for task in made)
    assert all(interface.validate_prediction(one) for task in made for one in task["predictions"])


def test_label_studio__annotation_becomes_a_label(study, tmp_path, book):
    done = annotated(study, tmp_path, 0, chosen("threat.common_enemy"), region(3, 12, "They plot", "threat.proximity"), memo("look"))
    (label,) = done.labels
    assert set(label.codes) == {"threat", "threat.common_enemy", "threat.proximity"}, (
        "frames come with their sub-codes, codes with their marks"
    )
    assert label.considered == book.ids and label.memo == "look" and label.assisted and label.coder == "rita-example-org"
    assert TEXTS[0][label.spans[0].start : label.spans[0].end] == "They plot"


def test_label_studio__old_versions_counted_utf16(study, tmp_path):
    (label,) = annotated(study, tmp_path, 0, region(5, 14, "They plot")).labels
    assert (label.spans[0].start, label.spans[0].end) == (3, 12)


@pytest.mark.parametrize(
    ("result", "told"),
    [
        (region(7, 16, "They plot"), "do not stand at 7 to 16"),
        (region(3, 9999, ""), "lie outside the text"),
        (region(-4, 2, ""), "lie outside the text"),
        (region("3", None, ""), "lie outside the text"),
        (chosen("threat.invented"), "no code of the codebook: threat.invented"),
    ],
)
def test_label_studio__what_does_not_fit_is_told(study, tmp_path, result, told):
    done = annotated(study, tmp_path, 0, result)
    assert not done.labels and told in str(done.losses[0]) and "back.json:1" in str(done.losses[0])


def test_label_studio__untouched_and_skipped_tasks_are_left_alone(study, tmp_path):
    assert not brought(study, tmp_path / "back.json", tasks(study, tmp_path / "out.json")).labels
    assert not annotated(study, tmp_path, 0, chosen("profit"), was_cancelled=True).labels


def test_label_studio__empty_annotation_says_that_no_code_holds(study, tmp_path):
    (label,) = annotated(study, tmp_path, 0).labels
    assert label.codes == () and label.considered


def test_label_studio__two_annotators_are_two_coders(study, tmp_path):
    made = tasks(study, tmp_path / "out.json")
    made[0]["annotations"] = [{"completed_by": 3, "result": [chosen("threat")]}, {"completed_by": 4, "result": [chosen("profit")]}]
    done = brought(study, tmp_path / "back.json", made)
    assert {label.coder: label.codes for label in done.labels} == {"annotator-3": ("threat",), "annotator-4": ("profit",)}
    one = brought(study, tmp_path / "back.json", made, coder="rita")
    assert not one.labels and "differ: none is taken" in str(one.losses[0])


@pytest.mark.parametrize("content", ["", "{", "[1]", '{"data": {}}', '[{"text": "x", "codes": {"choices": ["threat"]}}]', "[" * 100_000])
def test_label_studio__anything_else_is_one_clear_error(study, tmp_path, content):
    (tmp_path / "bad.json").write_text(content)
    with pytest.raises(PipelineError, match=r"bad\.json"):
        exchange.read(tmp_path / "bad.json", study, Ask("rita"))


def test_doccano__counts_as_javascript_does(study, tmp_path):
    made = tasks(study, tmp_path / "out.jsonl", "doccano")
    assert made[0]["entities"] == [[5, 14, "threat"]] and made[0]["label"] == ["threat"]
    units = made[0]["text"].encode("utf-16-le")
    assert units[10:28].decode("utf-16-le") == "They plot"


@pytest.mark.parametrize(
    "entity", [[5, 14, "threat.proximity"], {"id": 9, "label": "threat.proximity", "start_offset": 5, "end_offset": 14}]
)
def test_doccano__changed_passage_becomes_a_label(study, tmp_path, entity):
    made = tasks(study, tmp_path / "out.jsonl", "doccano")
    made[0] |= {"id": 71, "label": ["threat", "profit"], "entities": [entity], "Comments": ["look"]}
    done = brought(study, tmp_path / "back.jsonl", made, coder="rita")
    (label,) = done.labels
    assert set(label.codes) == {"threat", "profit", "threat.proximity"} and label.memo == "look"
    assert TEXTS[0][label.spans[0].start : label.spans[0].end] == "They plot"
    assert "2 passage(s) are as they were sent" in done.notes[0]


def test_doccano__whole_takes_the_unchanged_as_looked_at(study, tmp_path):
    made = tasks(study, tmp_path / "out.jsonl", "doccano")
    done = brought(study, tmp_path / "back.jsonl", made, coder="rita", whole=True)
    assert [label.codes for label in done.labels] == [("threat",), ("threat",), ()] and not done.notes


def test_doccano__changed_text_with_marks_is_refused(study, tmp_path):
    made = tasks(study, tmp_path / "out.jsonl", "doccano")
    made[0] |= {"text": "another", "label": ["profit"]}
    done = brought(study, tmp_path / "back.jsonl", made, coder="rita")
    assert not done.labels and "text was changed" in str(done.losses[0])


def test_doccano__broken_lines_are_told_and_good_ones_kept(study, tmp_path):
    made = tasks(study, tmp_path / "out.jsonl", "doccano", draw="code=threat")
    made[0]["label"] = ["profit"]
    (tmp_path / "back.jsonl").write_text("{torn\n" + store.dumps(made[0]) + "\n[1]\n", encoding="utf-8")
    done = exchange.read(tmp_path / "back.jsonl", study, Ask("rita"))
    assert len(done.labels) == 1 and "back.jsonl:1" in str(done.losses[0])


def test_doccano__foreign_file_and_missing_coder(study, tmp_path):
    (tmp_path / "bad.jsonl").write_text('{"text": "x", "label": []}\n')
    with pytest.raises(PipelineError, match="holds no passages of policycode"):
        exchange.read(tmp_path / "bad.jsonl", study, Ask("rita"))
    with pytest.raises(UsageError, match="whose labels"):
        exchange.read(tmp_path / "bad.jsonl", study, Ask())


@pytest.mark.parametrize("suffix", ["xlsx", "csv", "json", "jsonl"])
def test_label_sheet__writes_the_plan_blind(study, module_project, tmp_path, suffix):
    done = module_project.call("label", "--study", study.file, "--coder", "rita", "--sheet", tmp_path / f"mine.{suffix}")
    assert done.exit_code == 0 and f"{len(TEXTS)} passages to label" in done.stdout
    content = (tmp_path / f"mine.{suffix}").read_bytes()
    if suffix.startswith("json"):
        rows = json.loads(content) if suffix == "json" else list(map(json.loads, content.splitlines()))
        keys = [json.loads((row.get("data") or row)["key"]) for row in rows]
        assert {key[1] for key in keys} == {"labelling"} and {key[5 + 1] for key in keys} == {"round-1"}
        assert all(0 < key[8] <= 1 and key[10] == [] for key in keys)
        assert not any(row.get("predictions") or row.get("label") or row.get("entities") for row in rows)


def test_label_sheet__refuses_a_form_it_does_not_know(study, module_project, tmp_path):
    done = module_project.call("label", "--study", study.file, "--coder", "rita", "--sheet", tmp_path / "mine.docx")
    assert done.exit_code == 2 and ".xlsx" in done.stderr


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("a\U0001f6e1\u0301"))), st.data())
def test_units__there_and_back(text, data):
    position = data.draw(st.integers(0, len(text)))
    assert from_utf16(text, to_utf16(text, position)) == position
