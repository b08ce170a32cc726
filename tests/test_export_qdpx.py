"""REFI-QDA exports: valid, exact, the same twice, and read by other programs as they were meant."""

import contextlib
import io
import re
from collections import Counter

import pytest
from coded import document, passage_coding, write_stage
from hypothesis import given, settings
from hypothesis import strategies as st
from labelling import label_row, write_labels
from lxml import etree
from pyqdpx import QDPX
from pyrefiqda.reficodebook import RefiCodebook
from pyrefiqda.refiproject import RefiProject
from qda import ALL, Q, coded_study, members, project

from pipeline import codebook, export
from pipeline.errors import PipelineError
from pipeline.exchange.facts import FIELDS, facts_of
from pipeline.exchange.plain import Plain
from pipeline.exchange.plain import words as words_of
from pipeline.exchange.xml import schema
from pipeline.model import Passage


@pytest.fixture(scope="module")
def exported(module_project):
    study = coded_study(module_project)
    path = module_project.folder / "out.qdpx"
    return study, path, export.export_to(study, "qdpx", path)


def book_of(study):
    return codebook.load(study.codebook_folder)


def plain_texts(path):
    root = project(path)
    files = members(path)
    return {s.get("name"): files[f"sources/{s.get('guid')}.txt"].decode() for s in root.iter(f"{Q}TextSource")}


def expected(study):
    """(document, words, code, author) of every coding that should be there, from the stage files and labels alone."""
    rows = Counter()
    for name, (first, second) in ALL.items():
        title, whole = f"Speech {name}", Plain(first + second).text
        one = Plain(first).text
        two = whole[len(one) :]
        rows[(title, "They plot", "threat.aggressive_intentions", "rules")] += 1
        rows.update((title, one, code, "model") for code in ("threat", "threat.aggressive_intentions"))
        rows[(title, two, "profit", "model")] += 1
        rows[(title, "plot", "threat", "zoe")] += 1
        rows.update((title, two, code, "max") for code in ("profit", "profit.economic_gain"))
    return rows


def short(author):
    return author.removeprefix("machine:").split("@")[0]


def test_write_qdpx__is_valid_against_the_standards_schema(exported):
    _, path, _ = exported
    schema("Project").assertValid(etree.ElementTree(project(path)))


def test_write_qdpx__container_is_what_the_standard_asks(exported):
    """One project file at the root, texts in a flat folder named by GUID, UTF-8 with LF and without BOM."""
    _, path, _ = exported
    names = list(members(path))
    assert names[0] == "project.qde"
    assert all(re.fullmatch(r"sources/[0-9a-f-]{36}\.txt", name) for name in names[1:]) and len(names) == len(ALL) + 1
    assert not any(b"\r" in data or data.startswith(b"\xef\xbb\xbf") for name, data in members(path).items() if name.endswith(".txt"))
    assert {s.get("plainTextPath") for s in project(path).iter(f"{Q}TextSource")} == {f"internal://{n[8:]}" for n in names[1:]}


def test_write_qdpx__every_coding_stands_on_its_words(exported):
    study, path, _ = exported
    root, texts, book = project(path), plain_texts(path), book_of(study)
    names = {code.name: code.id for code in book.codes}
    codes = {code.get("guid"): names[code.get("name")] for code in root.iter(f"{Q}Code")}
    users = {user.get("guid"): short(user.get("name")) for user in root.iter(f"{Q}User")}
    found = Counter()
    for source in root.iter(f"{Q}TextSource"):
        for selection in source.iter(f"{Q}PlainTextSelection"):
            words = texts[source.get("name")][int(selection.get("startPosition")) : int(selection.get("endPosition"))]
            assert words_of(words) == selection.get("name")
            for coding in selection.iter(f"{Q}Coding"):
                code = codes[coding.find(f"{Q}CodeRef").get("targetGUID")]
                found[(source.get("name"), words, code, users[coding.get("creatingUser")])] += 1
    assert found == expected(study)


def test_write_qdpx__machines_are_users_named_with_their_hash(exported):
    study, path, _ = exported
    names = [user.get("name") for user in project(path).iter(f"{Q}User")]
    assert names[0] == f"machine:rules@{book_of(study).rules_hash[:12]}" and re.fullmatch(r"machine:model@\w+", names[1])
    assert names[2:] == ["max", "zoe"]


def test_write_qdpx__notes_carry_probability_rule_and_version(exported):
    study, path, _ = exported
    root = project(path)
    notes = {note.get("guid"): note.findtext(f"{Q}PlainTextContent") for note in root.iter(f"{Q}Note")}
    users = {user.get("guid"): short(user.get("name")) for user in root.iter(f"{Q}User")}
    version = book_of(study).version
    for coding in root.iter(f"{Q}Coding"):
        text = "\n".join(notes[ref.get("targetGUID")] for ref in coding.iter(f"{Q}NoteRef"))
        author = users[coding.get("creatingUser")]
        wanted = {
            "rules": ["rule: plot.1", "probability: 0.9", f"codebook: {version}"],
            "model": ["probability: 0.9", f"codebook: {version}"],
        }
        assert all(line in text for line in wanted.get(author, ["policycode label", 'codebook_version: "1.2"'])), text
        assert coding.get("creationDateTime") == ("2000-01-01T00:00:00Z" if author in wanted else "2026-11-24T09:00:00Z")


def test_write_qdpx__denied_hits_are_remarks_and_told(exported):
    _, path, done = exported
    remarks = [
        s
        for s in project(path).iter(f"{Q}PlainTextSelection")
        if s.find(f"{Q}Coding") is None and "denied" in s.findtext(f"{Q}Description", "")
    ]
    assert len(remarks) == len(ALL) == done.counts["remarks"]
    assert any(f"{len(ALL)} rule hits that are denied" in loss for loss in done.losses)
    assert "denied or reported" in path.with_name("out.qdpx.losses.txt").read_text(encoding="utf-8")


def test_write_qdpx__codebook_is_a_tree_with_descriptions_and_colours(exported):
    study, path, _ = exported
    book = book_of(study)
    top = [code.get("name") for code in project(path).find(f"{Q}CodeBook/{Q}Codes")]
    assert top == [book.code(frame).name for frame in book.frames]
    for code in project(path).iter(f"{Q}Code"):
        ours = next(c for c in book.codes if c.name == code.get("name"))
        assert code.get("color") == ours.color and code.findtext(f"{Q}Description").startswith(ours.definition)
        above = code.getparent().get("name")
        assert above == (book.code(ours.parent).name if ours.parent else None)


def test_write_qdpx__a_set_a_narrative_of_what_it_expects(exported):
    study, path, _ = exported
    root, book = project(path), book_of(study)
    codes = {code.get("guid"): next(c.id for c in book.codes if c.name == code.get("name")) for code in root.iter(f"{Q}Code")}
    for story in book.narratives:
        group = next(s for s in root.iter(f"{Q}Set") if s.get("name") == story.name)
        members_of = [codes[member.get("targetGUID")] for member in group.iter(f"{Q}MemberCode")]
        assert members_of == [code for code, level in story.expects.items() if level in {"strong", "some"}]


def test_write_qdpx__variables_and_cases(exported):
    _, path, _ = exported
    root = project(path)
    types = {v.get("name"): v.get("typeOfVariable") for v in root.iter(f"{Q}Variable")}
    assert types["speaker"] == types["country"] == "Text" and types["date"] == "Date" and types["year"] == "Integer"
    cases = {case.get("name"): len(case.findall(f"{Q}SourceRef")) for case in root.iter(f"{Q}Case")}
    assert cases == {"Ann": 5, "Bob": 7}


@pytest.mark.parametrize(("date", "kind"), [("1950-03-01", "Date"), ("1950", "Text"), ("1950-02-31", "Text"), ("١٩٥٠", "Text"), ("", None)])
def test_types_of__a_date_is_one_only_if_it_is_a_day(date, kind):
    row = {**dict.fromkeys(FIELDS, "x"), "date": date, "id": "a", "title": "A", "metadata": {"party": "d", "mended": {"a": 1}}}
    facts = facts_of("s", [row])
    assert facts.types.get("date") == kind and facts.types["party"] == "Text" and "mended" not in facts.types
    assert ("year" in facts.types) == date.startswith("1950")


def test_facts_of__two_documents_with_one_guid_are_an_error():
    row = {**dict.fromkeys(FIELDS, "x"), "title": "A", "metadata": {"refi_guid": "6e67de9a-93e1-5596-a432-57f4f7c6375d"}}
    with pytest.raises(PipelineError, match="a and b have one GUID"):
        facts_of("s", [{**row, "id": "a"}, {**row, "id": "b"}])


def test_write_qdpx__again_gives_the_same_bytes(exported):
    study, path, _ = exported
    second = path.with_name("again.qdpx")
    export.export_to(study, "qdpx", second)
    assert second.read_bytes() == path.read_bytes()


def test_write_qdpx__a_new_label_changes_only_what_it_adds(module_project, exported):
    study, path, _ = exported
    before = project(path)
    text = "".join(ALL["a_plain"])
    row = {
        "id": "a_plain#00001",
        "document_id": "a_plain",
        "start": 0,
        "end": len(ALL["a_plain"][0]),
        "text": text[: len(ALL["a_plain"][0])],
    }
    try:
        write_labels(module_project, "kim", [label_row(row, "kim", ["threat"], ["threat"])])
        export.export_to(study, "qdpx", path.with_name("more.qdpx"))
    finally:
        study.labels.joinpath("kim.jsonl").unlink()
    after = project(path.with_name("more.qdpx"))

    def things(root):
        return {e.get("guid"): etree.tostring(e) for e in root.iter() if e.get("guid") and e.tag not in {f"{Q}TextSource", f"{Q}Code"}}

    old, new = things(before), things(after)
    assert all(new[guid] == xml for guid, xml in old.items())
    assert sorted(etree.fromstring(new[guid]).tag.split("}")[1] for guid in new.keys() - old.keys()) == [
        "Coding", "Note", "PlainTextSelection", "User",
    ]  # fmt: skip
    assert members(path).keys() == members(path.with_name("more.qdpx")).keys()


def test_write_qdpx__a_label_that_fits_no_text_is_listed(module_project, tmp_path, exported):
    study, _, _ = exported
    row = {"id": "a_plain#00001", "document_id": "a_plain", "start": 0, "end": 4, "text": "Gone."}
    try:
        write_labels(module_project, "lost", [label_row(row, "lost", ["threat"], ["threat"])])
        done = export.export_to(study, "qdpx", tmp_path / "x.qdpx")
    finally:
        (study.labels / "lost.jsonl").unlink()
    assert any("1 hand labels fit no text" in loss for loss in done.losses)
    assert "a_plain#00001" in (tmp_path / "x.qdpx.losses.txt").read_text(encoding="utf-8")


def test_write_qdc__is_valid_and_read_by_pyrefiqda(exported, tmp_path):
    study, _, _ = exported
    path = tmp_path / "book.qdc"
    done = export.export_to(study, "qdc", path)
    schema("Codebook").assertValid(etree.parse(path))
    book, loaded = book_of(study), RefiCodebook.load(path)
    assert done.counts == Counter(codes=len(book.codes), sets=len(book.narratives))
    assert [code.name for code in loaded.codes.code] == [book.code(frame).name for frame in book.frames]
    assert [len(code.code) for code in loaded.codes.code] == [sum(c.parent == frame for c in book.codes) for frame in book.frames]
    assert [group.name for group in loaded.sets.set] == [story.name for story in book.narratives]


def test_pyrefiqda__sees_the_same_codings(exported, tmp_path):
    study, path, done = exported
    loaded = RefiProject.load(path, extract_dir=tmp_path)
    ids = {code.name: code.id for code in book_of(study).codes}
    codes = {c.guid: ids[c.name] for top in loaded.code_book.codes.code for c in [top, *top.code]}
    users = {user.guid: short(user.name) for user in loaded.users.user}
    found = Counter()
    for source in loaded.sources.text_source:
        text = RefiProject.resolve_source_path(source.plain_text_path, tmp_path).read_bytes().decode()
        for selection in source.plain_text_selection:
            for coding in selection.coding:
                words = text[selection.start_position : selection.end_position]
                found[(source.name, words, codes[coding.code_ref.target_guid], users[coding.creating_user])] += 1
    assert found == expected(study) and found.total() == done.counts["codings"]


def test_pyqdpx__sees_the_same_codings(exported):
    """pyqdpx counts in UTF-16 units, as NVivo for Windows does, so words are compared where no character takes two."""
    study, path, done = exported
    with contextlib.redirect_stdout(io.StringIO()):  # it prints a line for every remark without a code
        loaded = QDPX(str(path)).get_project()
        sources = loaded.sources
    ids = {code.name: code.id for code in book_of(study).codes}
    found, count = Counter(), 0
    for source in sources.values():
        for selection in source.coded_selections.values():
            count += 1
            found[(source.name, selection.text, ids[selection.code.name], short(selection.user.name))] += 1
    wanted = Counter({key: n for key, n in expected(study).items() if key[0] != "Speech b_emoji"})
    assert count == done.counts["codings"]
    assert Counter({key: n for key, n in found.items() if key[0] != "Speech b_emoji"}) == wanted


TEXT = st.text(st.one_of(st.characters(exclude_categories=()), st.sampled_from("\r\n\ufeff é\u0301\U0001f600")), min_size=1, max_size=60)


@given(TEXT)
def test_plain__positions_go_there_and_back(text):
    plain = Plain(text)
    assert "\r" not in plain.text and (not text.startswith("\ufeff") or len(plain.text) < len(text))
    for place in range(len(plain.text) + 1):
        assert plain.at(plain.back(place)) == place


@settings(max_examples=4)  # many texts in each: what takes time is reading the codebook
@given(st.lists(TEXT, min_size=8, max_size=12), st.data())
def test_write_qdpx__any_text_is_valid_and_exact(module_project, exported, texts, data):
    """Whatever characters a text holds, the file is valid and a selection covers the words that were coded."""
    study = module_project.study(name="any")
    book = codebook.load(study.codebook_folder)
    passages = {}
    for index, text in enumerate(texts):
        start = data.draw(st.integers(0, len(text) - 1))
        end = data.draw(st.integers(start + 1, len(text)))
        passages[f"d{index:02}"] = Passage(f"d{index:02}#00001", f"d{index:02}", start, end, text[start:end])
    write_stage(study, "documents", {f"d{i:02}": [document(f"d{i:02}", text, title=text)] for i, text in enumerate(texts)})
    write_stage(study, "passages", {name: [passage] for name, passage in passages.items()})
    write_stage(study, "codings", {name: [passage_coding(book, passage, ("threat",))] for name, passage in passages.items()})
    path = module_project.folder / "any.qdpx"
    export.export_to(study, "qdpx", path)
    root = project(path)
    schema("Project").assertValid(etree.ElementTree(root))
    files = members(path)
    for (name, passage), source in zip(passages.items(), root.iter(f"{Q}TextSource"), strict=True):
        text = files[f"sources/{source.get('guid')}.txt"].decode()
        selection = source.find(f"{Q}PlainTextSelection")
        whole = Plain(texts[int(name[1:])])
        assert text == whole.text
        assert int(selection.get("startPosition")) == whole.at(passage.start) and int(selection.get("endPosition")) == whole.at(passage.end)
