"""Archives that mean harm are refused with one clear message, and nothing is written."""

import stat
import struct
import zipfile

import pytest
from qda import NS, Q, add_coding, add_user, code_guid, coded_study, edit, foreign, members, source_of, write

from pipeline import archive, export
from pipeline.exchange import qde_parse

START = f'<?xml version="1.0" encoding="utf-8"?>\n<Project xmlns="{NS}" name="x">'
LAUGHS = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
ROOT = START.split("\n")[1]
HARMFUL = {
    "entities": (f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]>{ROOT}<Description>&l9;</Description></Project>', "declares a document type"),
    "external": (f'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>{ROOT}<Description>&e;</Description></Project>', "document type"),
    "attribute": (f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]><Project xmlns="{NS}" name="&l9;"/>', "declares a document type"),
    "parameter": (f'<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1/x"> %p;]>{ROOT}</Project>', "declares a document type"),
    "external dtd": (f'<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd">{ROOT}</Project>', "declares a document type"),
    "deep": (START + "<Code>" * 5000 + "</Code>" * 5000 + "</Project>", "nested deeper"),
    "broken": (START + "<Users>", "not readable XML"),
    "other root": ("<html><body/></html>", "begins with html"),
    "empty": ("", "not readable XML"),
    "not a number": (START + '<Sources><TextSource name="a"><PlainTextContent>a</PlainTextContent><PlainTextSelection '
                     'startPosition="one" endPosition="2"/></TextSource></Sources></Project>', "not readable XML"),
}  # fmt: skip


@pytest.fixture(scope="module")
def ready(module_project):
    study = coded_study(module_project)
    path = module_project.folder / "out.qdpx"
    export.export_to(study, "qdpx", path)
    return module_project, path


def everything(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file() and not p.is_symlink()}


def refused(project, path, said):
    """The import fails with one message that says why, and leaves all files below and around the project as they were."""
    before = everything(project.folder.parent)
    done = project.call("import", "--study", project.study_file, path, "--yes", "--coder", "eve")
    assert done.exit_code == 1, done.output
    assert done.stderr.count("Error:") == 1 and said in done.stderr, done.stderr
    assert everything(project.folder.parent) == before
    made = project.call("import", path, "--as-study", "eve", "--yes")
    assert made.exit_code == 1 and not (project.folder / "corpus" / "eve").exists()
    assert everything(project.folder.parent) == before


@pytest.mark.parametrize(
    "name", ["../evil.txt", "sources/../../evil.txt", "/tmp/evil.txt", "C:\\evil.txt", "..\\evil.txt", "sources\\..\\..\\e"]
)
def test_archive__paths_that_lead_out(ready, name):
    project, path = ready
    refused(project, write(path.with_name("bad.qdpx"), {**members(path), name: b"x"}), "leads out of the archive")


def test_archive__links(ready):
    project, path = ready
    bad = path.with_name("bad.qdpx")
    with zipfile.ZipFile(bad, "w") as made:
        for name, data in members(path).items():
            made.writestr(name, data)
        link = zipfile.ZipInfo("sources/link.txt")
        link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        made.writestr(link, "/etc/passwd")
    refused(project, bad, "is a link")


def test_archive__bombs(ready):
    """A member that would grow beyond reason is refused from the directory, before a byte of it is unpacked."""
    project, path = ready
    bad = path.with_name("bad.qdpx")
    size = 40 * 2**20
    write(bad, {**members(path), "sources/bomb.txt": b"\0" * size})
    refused(project, bad, "would grow from")
    content = bad.read_bytes()
    bad.write_bytes(content.replace(struct.pack("<I", size), struct.pack("<I", 0xF0000000)))
    refused(project, bad, "would grow from")
    many = {f"sources/{i}.txt": b"ab" * 2**22 for i in range(3)}
    write(bad, {**members(path), **many})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(archive, "MOST_BYTES", 2**24)
        refused(project, bad, "unpacked it is over")


def test_archive__a_size_that_lies(ready):
    """A project file whose directory entry says it is short is not read past what it says, and is found out."""
    project, path = ready
    content = bytearray(path.read_bytes())
    at = content.rindex(b"PK\x01\x02", 0, content.index(b"PK\x01\x02") + 4)
    struct.pack_into("<I", content, at + 24, 100)
    bad = path.with_name("bad.qdpx")
    bad.write_bytes(content)
    refused(project, bad, "project.qde")


def test_archive__torn_or_no_archive(ready):
    project, path = ready
    bad = path.with_name("bad.qdpx")
    bad.write_bytes(path.read_bytes()[:-400])
    refused(project, bad, "is no zip archive")
    bad.write_bytes(b"")
    refused(project, bad, "is no zip archive")


def test_archive__members_twice(ready):
    project, path = ready
    bad = path.with_name("bad.qdpx")
    with zipfile.ZipFile(bad, "w") as made:
        for name, data in members(path).items():
            made.writestr(name, data)
        made.writestr("Project.QDE", b"<x/>")
    refused(project, bad, "is there twice")


def test_archive__no_project_or_several(ready):
    project, path = ready
    rest = {name: data for name, data in members(path).items() if name != "project.qde"}
    refused(project, write(path.with_name("bad.qdpx"), rest), "holds no project file")
    refused(project, write(path.with_name("bad.qdpx"), {**rest, "a.qde": b"", "b.qde": b""}), "holds 2 project files")


@pytest.mark.parametrize("case", HARMFUL)
def test_parser__refuses_harmful_xml(ready, case):
    project, path = ready
    xml, said = HARMFUL[case]
    refused(project, write(path.with_name("bad.qdpx"), {**members(path), "project.qde": xml.encode()}), said)


@pytest.mark.parametrize("case", ["entities", "external", "deep", "broken"])
def test_parser__refuses_harmful_codebooks(ready, case):
    project, path = ready
    bad = path.with_name("bad.qdc")
    bad.write_text(HARMFUL[case][0].replace("Project", "CodeBook"), encoding="utf-8")
    done = project.call("import", "--study", project.study_file, bad, "--yes")
    assert done.exit_code == 1 and HARMFUL[case][1] in done.stderr


def test_parser__more_codings_than_anybody_makes(ready, monkeypatch):
    """Ten million codings are refused at the limit, not after the last; the limit is lowered here to spare time."""
    project, path = ready
    monkeypatch.setattr(qde_parse, "MOST_CODINGS", 1000)
    coding = '<PlainTextSelection startPosition="0" endPosition="1"><Coding><CodeRef/></Coding></PlainTextSelection>'
    xml = START + "<Sources><TextSource>" + coding * 1001 + "</TextSource></Sources></Project>"
    refused(project, write(path.with_name("bad.qdpx"), {**members(path), "project.qde": xml.encode()}), "more than 1,000 codings")


@pytest.mark.parametrize("kind", ["PlainTextSelection", "Coding", "TextSource", "Code", "User"])
def test_parser__guids_that_are_there_twice(ready, kind):
    project, path = ready

    def change(root):
        first, second = list(root.iter(f"{Q}{kind}"))[:2]
        second.set("guid", "{" + first.get("guid").upper() + "}")

    refused(project, edit(path, path.with_name("bad.qdpx"), change), f"two things of kind {kind} bear the GUID")


def test_read__a_code_may_bear_the_guid_of_a_case(ready):
    """NVivo writes cases as codes too, under one GUID."""
    project, path = ready

    def change(root):
        next(root.iter(f"{Q}Case")).set("guid", code_guid(root, "Religion"))

    done = project.call("import", "--study", project.study_file, edit(path, path.with_name("ok.qdpx"), change), "--yes")
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize("place", [(0, 10**6), (-9, 4), (50, 10)])
def test_read__places_outside_the_text(ready, place):
    project, path = ready

    def change(root):
        add_coding(root, source_of(root, "Speech a_plain"), *place, code_guid(root, "Religion"), add_user(root, "Eve"))

    refused(project, edit(path, path.with_name("bad.qdpx"), change), "in 'Speech a_plain' a selection goes from")


@pytest.mark.parametrize("name", ["../up", "/abs", "Name", "a b", "", "a/b", "."])
def test_import__as_study_takes_no_name_that_leads_elsewhere(ready, name):
    project, path = ready
    before = everything(project.folder.parent)
    done = project.call("import", path, "--as-study", name, "--yes")
    assert done.exit_code != 0 and everything(project.folder.parent) == before


def test_import__source_names_become_plain_file_names(project):
    text = "They plot against us at night, and we shall stand together. " * 3
    file = foreign(project.folder / "f.qdpx", text, [(0, 9, "They plot", "Threat")], name="../../../etc/cron.d/x")
    done = project.call("import", file, "--as-study", "elsewhere", "--yes")
    assert done.exit_code == 0, done.output
    assert [p.name for p in (project.folder / "corpus" / "elsewhere" / "texts").glob("*.txt")] == ["etc_cron_d_x.txt"]
