"""REFI-QDA files made and edited in code, for tests."""

import io
import uuid
import zipfile

from coded import document, hit, passage_coding, write_stage
from labelling import label_row, write_labels
from lxml import etree

from pipeline import codebook
from pipeline.model import Passage, to_row

NS = "urn:QDA-XML:project:1.0"
Q = f"{{{NS}}}"


def guid(name):
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, name))


def members(path):
    with zipfile.ZipFile(path) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def project(path):
    """The root of a project file."""
    return etree.fromstring(members(path)["project.qde"])


def write(path, content):
    """An archive of some members."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return path


def edit(path, out, change):
    """A copy of a project in which `change` was done to the root element."""
    content = members(path)
    root = etree.fromstring(content["project.qde"])
    change(root)
    content["project.qde"] = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return write(out, content)


def add_user(root, name):
    users = root.find(f"{Q}Users")
    etree.SubElement(users, f"{Q}User", guid=guid(name), name=name)
    return guid(name)


def code_guid(root, name):
    return next(code.get("guid") for code in root.iter(f"{Q}Code") if code.get("name") == name)


def source_of(root, name):
    return next(s for s in root.iter(f"{Q}TextSource") if s.get("name") == name)


def add_coding(root, source, start, end, code, user, quote="", memo="", time="2026-11-25T12:00:00Z", key=""):
    """A selection with one coding, put where the schema wants it."""
    key = key or f"{source.get('guid')} {start} {end} {code} {user}"
    selection = etree.Element(
        f"{Q}PlainTextSelection", guid=guid(f"s{key}"), startPosition=str(start), endPosition=str(end), name=quote, creatingUser=user
    )
    if memo:
        etree.SubElement(selection, f"{Q}Description").text = memo
    coding = etree.SubElement(selection, f"{Q}Coding", guid=guid(f"c{key}"), creatingUser=user, creationDateTime=time)
    etree.SubElement(coding, f"{Q}CodeRef", targetGUID=code)
    at = [i for i, child in enumerate(source) if child.tag in {f"{Q}Description", f"{Q}PlainTextContent", f"{Q}PlainTextSelection"}]
    source.insert(at[-1] + 1 if at else 0, selection)
    return selection


def selections(root, user=None, code=None):
    """Selections with a coding, of a user or with a code."""
    found = []
    for selection in root.iter(f"{Q}PlainTextSelection"):
        coding = selection.find(f"{Q}Coding")
        if coding is None:
            continue
        if user in (None, coding.get("creatingUser")) and code in (None, coding.find(f"{Q}CodeRef").get("targetGUID")):
            found.append(selection)
    return found


def foreign(
    path, text, spans, *, content=None, codes=("Threat", "Profit"), qde="project.qde", folder="sources", user="Ann Lee", name="doc"
):
    """A project as another tool would write it: one source, spans of (start, end, quote, code name)."""
    root = etree.Element(f"{Q}Project", name="elsewhere", origin="Another tool", nsmap={None: NS})
    users = etree.SubElement(root, f"{Q}Users")
    etree.SubElement(users, f"{Q}User", guid=guid(user), name=user)
    listed = etree.SubElement(etree.SubElement(root, f"{Q}CodeBook"), f"{Q}Codes")
    for code in codes:
        etree.SubElement(listed, f"{Q}Code", guid=guid(f"code {code}"), name=code, isCodable="true")
    sources = etree.SubElement(root, f"{Q}Sources")
    source = etree.SubElement(sources, f"{Q}TextSource", guid=guid(name), name=name, plainTextPath=f"internal://{guid(name)}.txt")
    for index, (start, end, quote, code) in enumerate(spans):
        add_coding(root, source, start, end, guid(f"code {code}"), guid(user), quote=quote, key=str(index))
    data = text.encode() if content is None else content
    xml = io.BytesIO()
    etree.ElementTree(root).write(xml, xml_declaration=True, encoding="UTF-8")
    return write(path, {qde: xml.getvalue(), f"{folder}/{guid(name)}.txt": data})


ALL = {
    "a_plain": ("They plot against us at night. ", "We trade with them and both of us gain by it."),
    "b_emoji": ("\U0001f6e1\ufe0f They plot \U0001f1ee\U0001f1f7 against us. ", "\U0001d518\U0001d519 trade brings gain."),
    "c_curly": ("“They plot”, he said — ‘again’. ", "It’s our trade…"),
    "d_marks": ("Cafe\u0301 They plot na\u0308ively. ", "Tra\u0308de e\u0301crit."),
    "e_crlf": ("They plot\r\nagainst us.\r\n", "We trade\r\nwith them.\r\n"),
    "f_bom": ("\ufeffThey plot against us. ", "We trade with them."),
    "g_persian": ("They plot: آنها علیه ما توطئه می‌کنند. ", "ما با آنها داد و ستد داریم."),
    "h_arabic": ("They plot: يتآمرون علينا. ", "نتاجر معهم."),
    "i_chinese": ("They plot: 他们密谋反对我们。", "我们与他们贸易。"),
    "j_xml": ("They plot <b>&amp; ]]> & \"so\" 'on'</b>. ", "We trade & gain <1>."),
    "k_controls": ("They plot \x00\x01\x0b here\x1f. ", "Trade \ufffe and \uffff."),
    "l_cr": ("They plot\ragainst us.\r", "We trade\n\rwith\r\r\nthem."),
}


def coded_study(project, labelled=True, texts=ALL):
    """A study whose documents have two passages each, coded by rules and model, and labelled by two people."""
    study = project.study()
    book = codebook.load(study.codebook_folder)
    documents, passages, codings = {}, {}, {}
    for name, parts in texts.items():
        text = "".join(parts)
        documents[name] = [document(name, text, title=f"Speech {name}", speaker="Ann" if name < "f" else "Bob", date="1950-03-01")]
        cut = [
            Passage(f"{name}#00001", name, 0, len(parts[0]), parts[0]),
            Passage(f"{name}#00002", name, len(parts[0]), len(text), parts[1]),
        ]
        passages[name] = cut
        hits = [
            hit(cut[0].text, "They plot", "threat.aggressive_intentions", "plot.1"),
            hit(cut[0].text, "plot", "threat", "plot.2", negated=True),
        ]
        codings[name] = [passage_coding(book, cut[0], ("threat", "threat.aggressive_intentions"), hits, ("self",)),
                         passage_coding(book, cut[1], ("profit",))]  # fmt: skip
    write_stage(study, "documents", documents)
    write_stage(study, "passages", passages)
    write_stage(study, "codings", codings)
    if labelled:
        for first, second in passages.values():
            words = first.text.index("plot")
            marks = [{"code": "threat", "start": words, "end": words + 4}]
            given = [label_row(to_row(first), "zoe", ["threat"], book.ids, spans=marks, memo="they – plot\n2nd line", unsure=["identity"]),
                     label_row(to_row(second), "zoe", [], book.ids)]  # fmt: skip
            write_labels(project, "zoe", given)
            write_labels(
                project, "max", [label_row(to_row(second), "max", ["profit", "profit.economic_gain"], ["profit", "profit.economic_gain"])]
            )
    return study
