"""REFI-QDA files that come back: an edited export, another tool's project, the same file twice."""

import json
import shutil

import pytest
from click.testing import CliRunner
from coded import document, passage_coding, write_stage
from hypothesis import given, settings
from hypothesis import strategies as st
from labelling import label_row, write_labels
from lxml import etree
from qda import ALL, Q, add_coding, add_user, code_guid, coded_study, edit, foreign, guid, project, selections, source_of

from pipeline import codebook, exchange, export, labels, store
from pipeline.cli import main
from pipeline.config import load_study
from pipeline.exchange.passages import SPACE
from pipeline.exchange.proposal import Ask
from pipeline.exchange.times import as_utc
from pipeline.labels import Label
from pipeline.model import Passage, to_row

FIRST = len(ALL["a_plain"][0])


@pytest.fixture
def exported(project):
    study = coded_study(project)
    path = project.folder / "out.qdpx"
    export.export_to(study, "qdpx", path)
    return project, study, path


def bring(project, path, *options):
    done = project.call("import", "--study", project.study_file, path, "--yes", *options)
    assert done.exit_code == 0, done.output
    return done


def labels_of(project, coder):
    path = project.labels / f"{coder}.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.is_file() else []


def losses(project, path):
    return (project.outputs / "import" / f"{path.name}.losses.txt").read_text(encoding="utf-8")


def of_model(root):
    """Selections that the model coded."""
    return [s for s in selections(root) if s.findtext(f"{Q}Description", "").startswith("p=")]


def test_read__an_export_that_nobody_touched_changes_nothing(exported):
    project, study, path = exported
    before = {p.name: p.read_bytes() for p in project.labels.glob("*.jsonl")}
    done = bring(project, path)
    assert "0 new, 0 changed, 0 the same" in done.output and "cannot be used" not in done.output
    assert {p.name: p.read_bytes() for p in project.labels.glob("*.jsonl")} == before
    export.export_to(study, "qdpx", path.with_name("second.qdpx"))
    assert path.with_name("second.qdpx").read_bytes() == path.read_bytes()


def test_read__what_a_reviewer_added_is_a_label_of_that_reviewer(exported):
    project, _, path = exported

    def change(root):
        user = add_user(root, "Anna Müller")
        source = source_of(root, "Speech a_plain")
        add_coding(root, source, 0, FIRST - 1, code_guid(root, "Religion"), user, memo="see above")
        add_coding(root, source, 5, 9, code_guid(root, "Othering"), user)

    bring(project, edit(path, path.with_name("back.qdpx"), change))
    (label,) = labels_of(project, "anna-muller")
    assert label["passage_id"] == "a_plain#00001" and label["text_sha256"] == store.sha256_text(ALL["a_plain"][0])
    assert label["codes"] == label["considered"] == ["identity", "identity.religion", "identity.othering"]
    assert label["spans"] == [{"code": "identity.othering", "start": 5, "end": 9}]
    assert label["memo"] == "see above" and label["time"] == "2026-11-25T12:00:00Z" and label["assisted"]
    assert label["drawn"]["scheme"] == "imported"


@pytest.mark.parametrize("name", ALL)
def test_read__places_are_exact_in_every_kind_of_text(exported, name):
    """Words marked in the source are the same words in the document, whatever letters and line ends it has."""
    project, _, path = exported

    def change(root):
        user = add_user(root, "Anna")
        source = source_of(root, f"Speech {name}")
        marked = next(s for s in selections(root) if s.get("name") == "They plot" and s.getparent() is source)
        add_coding(root, source, marked.get("startPosition"), marked.get("endPosition"), code_guid(root, "Religion"), user)

    bring(project, edit(path, path.with_name("back.qdpx"), change))
    (label,) = labels_of(project, "anna")
    (span,) = label["spans"]
    assert "".join(ALL[name])[span["start"] : span["end"]] == "They plot"


def test_read__what_a_reviewer_took_away_is_considered_and_absent(exported):
    project, _, path = exported

    def change(root):
        gone = of_model(root)[0]
        gone.getparent().remove(gone)

    back = edit(path, path.with_name("back.qdpx"), change)
    refused = project.call("import", "--study", project.study_file, back, "--yes")
    assert refused.exit_code == 2 and "--coder" in refused.stderr and not (project.labels / "bob.jsonl").exists()
    done = bring(project, back, "--coder", "Bob")
    (label,) = labels_of(project, "bob")
    assert label["codes"] == [] and label["considered"] == ["threat"] and label["passage_id"] == "a_plain#00001"
    assert "1 new" in done.output


@pytest.mark.parametrize("machine", [True, False])
def test_read__a_coding_in_a_machines_name_or_in_nobodys_is_the_reviewers(exported, machine):
    """Some tools give what a reviewer does to another user of the file, or to none."""
    project, _, path = exported

    def change(root):
        user = next(u.get("guid") for u in root.iter(f"{Q}User") if u.get("name").startswith("machine:model"))
        added = add_coding(root, source_of(root, "Speech a_plain"), 0, 9, code_guid(root, "Religion"), user)
        for element in [] if machine else [added, added.find(f"{Q}Coding")]:
            del element.attrib["creatingUser"]

    back = edit(path, path.with_name("back.qdpx"), change)
    assert "--coder" in project.call("import", "--study", project.study_file, back, "--yes").stderr
    bring(project, back, "--coder", "bob")
    (label,) = labels_of(project, "bob")
    assert label["codes"] == ["identity", "identity.religion"]


def test_read__a_code_changed_in_place_is_one_gone_and_one_added(exported):
    project, _, path = exported

    def change(root):
        chosen = next(s for s in of_model(root) if s.findtext(f"{Q}Description") and s.getparent() is source_of(root, "Speech a_plain"))
        chosen.find(f"{Q}Coding/{Q}CodeRef").set("targetGUID", code_guid(root, "Culture and history"))

    bring(project, edit(path, path.with_name("back.qdpx"), change), "--coder", "bob")
    (label,) = labels_of(project, "bob")
    assert label["codes"] == ["identity", "identity.culture_history"] and "threat" in label["considered"]


def test_read__whole_confirms_what_was_left_and_denies_what_was_not_coded(exported):
    project, _, path = exported
    bring(project, path, "--coder", "bob", "--whole")
    given = {label["passage_id"]: label for label in labels_of(project, "bob")}
    assert len(given) == 2 * len(ALL)
    assert given["a_plain#00001"]["codes"] == ["threat", "threat.aggressive_intentions"]
    assert given["a_plain#00002"]["codes"] == ["profit"] and len(given["a_plain#00002"]["considered"]) == 22


def test_read__the_same_file_again_adds_nothing(exported):
    project, _, path = exported

    def change(root):
        user = add_user(root, "Anna")
        add_coding(root, source_of(root, "Speech a_plain"), 3, FIRST + 30, code_guid(root, "Religion"), user, memo="both")
        gone = of_model(root)[0]
        gone.getparent().remove(gone)

    back = edit(path, path.with_name("back.qdpx"), change)
    bring(project, back)
    first = labels_of(project, "anna")
    done = bring(project, back)
    assert "0 new, 0 changed" in done.output and labels_of(project, "anna") == first and len(first) == 2


def test_read__words_over_the_edge_of_a_passage_are_told(exported):
    project, _, path = exported

    def change(root):
        add_coding(root, source_of(root, "Speech a_plain"), 5, FIRST + 8, code_guid(root, "Religion"), add_user(root, "Anna"))

    back = edit(path, path.with_name("back.qdpx"), change)
    bring(project, back)
    (label,) = labels_of(project, "anna")
    assert label["spans"] == [{"code": "identity.religion", "start": 5, "end": FIRST - 1}]
    assert "reaches over the edge of its passage" in losses(project, back)


def test_read__labels_given_since_the_export_were_not_taken_away(exported):
    project, _, path = exported
    newer = {**labels_of(project, "zoe")[1], "codes": ["profit"], "time": "2026-12-01T09:00:00Z"}
    write_labels(project, "zoe", [newer])
    done = bring(project, path)
    assert "0 new, 0 changed, 0 the same" in done.output


def test_read__new_guids_for_everything_are_matched_by_place(exported):
    """Some tools give every coding and selection a GUID of their own."""
    project, _, path = exported

    def change(root):
        for index, element in enumerate([*root.iter(f"{Q}PlainTextSelection"), *root.iter(f"{Q}Coding")]):
            element.set("guid", guid(f"renamed {index}"))

    done = bring(project, edit(path, path.with_name("back.qdpx"), change))
    assert "0 new, 0 changed" in done.output and "cannot be used" not in done.output


def test_read__a_colleagues_labels_come_back_whole(exported):
    """Labels exported on one machine and imported on another are the same labels, those without a code too."""
    project, study, path = exported
    wanted = {coder: labels_of(project, coder) for coder in ("zoe", "max")}
    for coder in wanted:
        (project.labels / f"{coder}.jsonl").unlink()
    bring(project, path)
    for coder, rows in wanted.items():
        key = {row["passage_id"]: row for row in labels_of(project, coder)}
        assert len(key) == len(rows)
        for row in rows:
            assert Label.model_validate(key[row["passage_id"]]) == Label.model_validate(row)
    export.export_to(study, "qdpx", path.with_name("second.qdpx"))
    assert path.with_name("second.qdpx").read_bytes() == path.read_bytes()


def test_read__a_retrained_models_old_codings_are_left_alone(exported):
    project, _, path = exported

    def change(root):
        for user in root.iter(f"{Q}User"):
            if user.get("name").startswith("machine:model"):
                user.set("name", "machine:model@0123456789ab")
        gone = of_model(root)[0]
        gone.getparent().remove(gone)

    done = bring(project, edit(path, path.with_name("back.qdpx"), change), "--coder", "bob")
    assert "0 new, 0 changed" in done.output


def test_read__nothing_is_lost_in_silence(exported):
    project, _, path = exported

    def change(root):
        user = add_user(root, "Anna")
        codes = root.find(f"{Q}CodeBook/{Q}Codes")
        etree.SubElement(codes, f"{Q}Code", guid=guid("new"), name="Honour", isCodable="true")
        next(codes.iter(f"{Q}Code")).set("name", "Danger")
        source = source_of(root, "Speech a_plain")
        add_coding(root, source, 0, 4, guid("new"), user)
        of_model(root)[0].find(f"{Q}Description").text = "I doubt this"
        bare = add_coding(root, source, 0, 9, code_guid(root, "Religion"), user, memo="only a remark", key="bare")
        bare.remove(bare.find(f"{Q}Coding"))
        coding = etree.Element(f"{Q}Coding", guid=guid("whole"))
        etree.SubElement(coding, f"{Q}CodeRef", targetGUID=code_guid(root, "Religion"))
        source.insert([child.tag for child in source].index(f"{Q}VariableValue"), coding)
        sources = root.find(f"{Q}Sources")
        etree.SubElement(sources, f"{Q}PictureSource", guid=guid("pic"), name="map.png")
        other = etree.SubElement(sources, f"{Q}TextSource", guid=guid("other"), name="Elsewhere")
        etree.SubElement(other, f"{Q}PlainTextContent").text = "Not in the study."
        sets = root.find(f"{Q}Sets")
        etree.SubElement(sets, f"{Q}Set", guid=guid("set"), name="My set")
        value = source_of(root, "Speech b_emoji").find(f"{Q}VariableValue")
        value[1].text = "Somebody Else"
        notes = root.find(f"{Q}Notes")
        note = etree.SubElement(notes, f"{Q}Note", guid=guid("note"), name="Diary")
        etree.SubElement(note, f"{Q}PlainTextContent").text = "A thought."

    back = edit(path, path.with_name("back.qdpx"), change)
    done = bring(project, back)
    report = losses(project, back)
    told = ["'Honour' with 1 coding", "named 'Danger'", "'I doubt this'", "'only a remark'", "'Religion' on the whole document"]
    told += ["map.png", "Elsewhere: left out", "'My set'", "'Somebody Else'", "'A thought.'"]
    assert [said for said in told if said not in report] == []
    assert "10 thing(s)" in done.output and "0 new" in done.output


def test_import__asks_first_and_no_writes_nothing(exported):
    project, _, path = exported

    def change(root):
        add_coding(root, source_of(root, "Speech a_plain"), 0, 9, code_guid(root, "Religion"), add_user(root, "Anna"))

    back = edit(path, path.with_name("back.qdpx"), change)
    done = CliRunner().invoke(main, ["import", "--study", str(project.study_file), str(back)], input="n\n")
    assert "anna  a_plain#00001  new: +identity +identity.religion" in done.output and "Write 1 label(s)" in done.output
    assert not (project.labels / "anna.jsonl").exists()


def test_read__project_of_another_tool_on_our_text(exported):
    """Codes are found by name, the document by its text; the coder is the file's user."""
    project, _, path = exported
    text = "".join(ALL["a_plain"])
    back = foreign(path.with_name("f.qdpx"), text, [(0, 9, "They plot", "Threat"), (FIRST, FIRST + 8, "We trade", "Profit")])
    bring(project, back)
    given = {label["passage_id"]: label for label in labels_of(project, "ann-lee")}
    assert {key: label["codes"] for key, label in given.items()} == {"a_plain#00001": ["threat"], "a_plain#00002": ["profit"]}
    assert not given["a_plain#00001"]["assisted"]


def test_read__other_names_in_the_archive_are_recognised_and_told(exported):
    project, _, path = exported
    text = "".join(ALL["a_plain"])
    back = foreign(path.with_name("f.qdpx"), text, [(0, 9, "They plot", "Threat")], qde="My Study.qde", folder="Sources")
    done = bring(project, back)
    assert "My Study.qde" in done.output and "Sources, not sources" in done.output and len(labels_of(project, "ann-lee")) == 1


def test_read__edited_text_is_found_again_by_its_words(exported):
    project, _, path = exported
    text = "A line put before. " + "".join(ALL["a_plain"]).replace("at night", "by day")
    at = text.index("We trade")
    day = text.index("by day")
    spans = [(at, at + 8, "We trade", "Profit"), (day, day + 6, "by day", "Threat")]
    back = foreign(path.with_name("f.qdpx"), text, spans, name="Speech a_plain")
    bring(project, back)
    (label,) = labels_of(project, "ann-lee")
    assert label["passage_id"] == "a_plain#00002" and label["spans"] == [{"code": "profit", "start": FIRST, "end": FIRST + 8}]
    assert "its words are not in the document" in losses(project, back)


def test_read__qdc_tells_every_difference(exported):
    project, study, path = exported
    book = path.with_name("book.qdc")
    export.export_to(study, "qdc", book)
    done = bring(project, book)
    assert "22 of 22 codes are the same" in done.output and "cannot be used" not in done.output
    xml = book.read_text(encoding="utf-8").replace('name="Religion"', 'name="Faith"').replace("#c0392b", "#123456", 1)
    book.write_text(xml, encoding="utf-8")
    bring(project, book)
    assert "named 'Faith' there" in losses(project, book) and "#123456" in losses(project, book)


def test_as_utc__any_zone_or_none():
    assert as_utc("2026-11-25T14:00:00+02:00") == as_utc("2026-11-25T12:00:00") == "2026-11-25T12:00:00Z" and as_utc("yesterday") == ""


def test_import__as_study_makes_a_study_of_another_tools_project(project):
    parts = ("They plot against us at night, and we shall stand together. " * 8, "We trade with them and both of us gain by it. " * 8)
    text = f"{parts[0]}\n\n{parts[1]}"
    at = text.index("We trade")
    file = foreign(project.folder / "f.qdpx", text, [(0, 9, "They plot", "Gefahr für uns"), (at, len(text), text[at:], "Handel 2")],
                   codes=("Gefahr für uns", "Handel 2"), name="Rede 1.txt")  # fmt: skip
    done = project.call("import", file, "--as-study", "elsewhere", "--yes")
    assert done.exit_code == 0, done.output
    folder = project.folder / "corpus" / "elsewhere"
    assert (folder / "texts" / "rede_1.txt").read_text(encoding="utf-8") == text
    rows = [json.loads(line) for line in (folder / "labels" / "ann-lee.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row["codes"] for row in rows] == [["gefahrfuruns"], ["handel"]]
    again = project.call("import", file, "--as-study", "elsewhere", "--yes")
    assert again.exit_code == 1 and "is there already" in again.stderr
    checked = project.call("codebook", "show", "--codebook", folder / "codebook")
    assert checked.exit_code == 0 and "Handel 2" in checked.output
    assert project_guids(project, "elsewhere") >= {guid("Rede 1.txt"), guid("code Handel 2")}


def project_guids(module, name):
    """GUIDs of sources and codes when a study made from a file is exported again: they are those it came with."""
    study = load_study(name)
    rows = [json.loads(line) for line in (study.outputs / "passages.jsonl").read_text(encoding="utf-8").splitlines()]
    book = codebook.load(study.codebook_folder)
    write_stage(study, "codings", {row["document_id"]: [passage_coding(book, Passage(**other)) for other in rows] for row in rows[:1]})
    export.export_to(study, "qdpx", module.folder / "again.qdpx")
    root = project(module.folder / "again.qdpx")
    return {element.get("guid") for element in root.iter(f"{Q}TextSource", f"{Q}Code")}


@pytest.mark.parametrize("line", ['drawn: {"scheme": 7}', "codes: [1, 2]", "unsure: {", "considered: null", 'time: ["x"]'])
def test_read__a_note_changed_by_hand_does_no_harm(exported, line):
    """A label's note that no longer says a label is only a note; the codes still come back."""
    project, _, path = exported
    for coder in ("zoe", "max"):
        (project.labels / f"{coder}.jsonl").unlink()

    def change(root):
        for content in root.iter(f"{Q}PlainTextContent"):
            content.text = f"{content.text}\n{line}" if content.text.startswith("policycode label") else content.text

    bring(project, edit(path, path.with_name("back.qdpx"), change))
    assert {tuple(label["codes"]) for label in labels_of(project, "max")} == {("profit", "profit.economic_gain")}


def test_read__pdf_by_its_plain_text(exported):
    """A PDF's codings stand on its text representation."""
    project, _, path = exported
    text = "".join(ALL["a_plain"])
    back = foreign(path.with_name("f.qdpx"), text, [(0, 9, "They plot", "Threat")])

    def change(root):
        source = next(root.iter(f"{Q}TextSource"))
        pdf = etree.Element(f"{Q}PDFSource", guid=guid("pdf"), name="scan.pdf", path="internal://x.pdf")
        source.getparent().replace(source, pdf)
        etree.SubElement(pdf, f"{Q}PDFSelection", guid=guid("box"), page="0", firstX="1", firstY="1", secondX="2", secondY="2")
        source.tag = f"{Q}Representation"
        source.set("guid", guid("text of the pdf"))
        pdf.append(source)

    bring(project, edit(back, path.with_name("g.qdpx"), change))
    assert [label["codes"] for label in labels_of(project, "ann-lee")] == [["threat"]]
    assert "scan.pdf: 1 selection(s) on its pages" in losses(project, path.with_name("g.qdpx"))


ODD = st.text(
    st.one_of(st.characters(exclude_categories=("Cs",)), st.sampled_from("\r\n\ufeff é\u0301\U0001f600ab")), min_size=1, max_size=50
)


@settings(max_examples=4)  # many texts in each: what takes time is reading the codebook
@given(st.lists(ODD.filter(str.strip), min_size=8, max_size=12), st.data())
def test_read__labels_of_any_text_survive_the_way_out_and_in(module_project, texts, data):
    """Whatever a text holds and whichever words a coder marked: nothing to do here, and the same label where it is unknown."""
    study = module_project.study(name="any")
    book = codebook.load(study.codebook_folder)
    shutil.rmtree(study.labels, ignore_errors=True)
    passages = {f"d{i:02}": Passage(f"d{i:02}#00001", f"d{i:02}", 0, len(text), text) for i, text in enumerate(texts)}
    write_stage(study, "documents", {name: [document(name, passage.text)] for name, passage in passages.items()})
    write_stage(study, "passages", {name: [passage] for name, passage in passages.items()})
    write_stage(study, "codings", {name: [passage_coding(book, passage, ("threat",))] for name, passage in passages.items()})
    for passage in passages.values():
        codes = data.draw(st.sampled_from([[], ["profit"], ["profit", "identity"]]))
        start = data.draw(st.integers(0, len(passage.text) - 1))
        spans = [{"code": codes[0], "start": start, "end": data.draw(st.integers(start + 1, len(passage.text)))}] if codes else []
        spans = [span for span in spans if passage.text[span["start"] : span["end"]].strip(SPACE)]
        write_labels(module_project, "zoe", [label_row(to_row(passage), "zoe", codes, book.ids, spans=spans)])
    path = module_project.folder / "any.qdpx"
    export.export_to(study, "qdpx", path)
    assert exchange.read(path, study, Ask()).labels == ()
    wanted = {label.passage_id: label for label in labels.read(study.labels, book.ids)}
    shutil.rmtree(study.labels)
    found = {label.passage_id: label for label in exchange.read(path, study, Ask()).labels}
    assert found.keys() == wanted.keys()
    for name, label in found.items():
        assert label.model_copy(update={"spans": ()}) == wanted[name].model_copy(update={"spans": ()})
        assert {span.code for span in label.spans} <= {span.code for span in wanted[name].spans}
