"""Elements of a REFI-QDA file as records."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from xml.etree.ElementTree import Element

from pipeline.exchange.guids import normal
from pipeline.exchange.qde_records import About, Case, Code, Coding, Group, Note, Record, Selection, Source, User, Variable

Selections = tuple[Selection, ...]


def local(element: Element) -> str:
    """An element's name without its name space."""
    return str(element.tag).rpartition("}")[2]


def guid_of(element: Element) -> str:
    """An element's own GUID."""
    return normal(element.get("guid"))


def children(element: Element, name: str) -> Iterator[Element]:
    """The children of a name, whatever the name space."""
    return (child for child in element if local(child) == name)


def text_of(element: Element, name: str) -> str:
    """The text of the first child of a name; "" where there is none."""
    return next((child.text or "" for child in children(element, name)), "")


def targets(element: Element, name: str, attribute: str = "targetGUID") -> tuple[str, ...]:
    """The GUIDs that the references of a name point to."""
    return tuple(normal(child.get(attribute)) for child in children(element, name))


def about(element: Element) -> About:
    """The root's attributes."""
    get = element.get
    return About(get("name", ""), get("origin", ""), normal(get("creatingUserGUID")), normal(get("modifyingUserGUID")),
                 get("modifiedDateTime", ""))  # fmt: skip


def code(element: Element, above: Element | None) -> Code:
    """A code below another, or below none."""
    parent = guid_of(above) if above is not None and local(above) == "Code" else ""
    codable = element.get("isCodable", "true").strip() in {"true", "1"}
    return Code(guid_of(element), element.get("name", ""), parent, text_of(element, "Description"), element.get("color", ""), codable)


def coding(element: Element) -> Coding:
    """A coding."""
    code = next(iter(targets(element, "CodeRef")), "")
    user = normal(element.get("creatingUser"))
    return Coding(guid_of(element), code, user, element.get("creationDateTime", ""), targets(element, "NoteRef"))


def selection(element: Element) -> Selection:
    """A selection of text; an error where its ends are no whole numbers."""
    start, end = int(element.get("startPosition", "")), int(element.get("endPosition", ""))
    return Selection(
        guid_of(element), start, end, element.get("name", ""), text_of(element, "Description"), normal(element.get("creatingUser")),
        element.get("creationDateTime", ""), codings(element), targets(element, "NoteRef"),
    )  # fmt: skip


def codings(element: Element) -> tuple[Coding, ...]:
    """The codings that stand on an element itself."""
    return tuple(coding(child) for child in children(element, "Coding"))


def values(element: Element) -> dict[str, str]:
    """Values of variables, by the variable's GUID."""
    found = {}
    for child in children(element, "VariableValue"):
        said = [part.text or "" for part in child if local(part).endswith("Value")]
        found[next(iter(targets(child, "VariableRef")), "")] = said[0] if said else ""
    return found


def source(element: Element, selections: Selections) -> Source:
    """A text source."""
    content = next((child.text or "" for child in children(element, "PlainTextContent")), None)
    return Source(
        guid_of(element), element.get("name", ""), element.get("plainTextPath", ""), content, text_of(element, "Description"), selections,
        codings(element), targets(element, "NoteRef"), values(element),
    )  # fmt: skip


def pdf(element: Element, selections: Selections) -> Source:
    """A PDF by its plain text; what is marked on its pages alone has no text to stand on."""
    text = next(children(element, "Representation"), Element("none"))
    content = next((child.text or "" for child in children(text, "PlainTextContent")), None)
    return Source(
        guid_of(element), element.get("name", ""), text.get("plainTextPath", ""), content, text_of(element, "Description"), selections,
        codings(element), targets(element, "NoteRef"), values(element),
    )  # fmt: skip


def user(element: Element, _: Selections) -> User:
    """A user."""
    return User(guid_of(element), element.get("name", "") or element.get("id", ""))


def note(element: Element, _: Selections) -> Note:
    """A note."""
    text, path = text_of(element, "PlainTextContent"), element.get("plainTextPath", "")
    return Note(guid_of(element), element.get("name", ""), normal(element.get("creatingUser")), text, path)


def group(element: Element, _: Selections) -> Group:
    """A set; a codebook file names its members by `guid`, a project by `targetGUID`."""
    members = targets(element, "MemberCode") if element.tag.startswith("{urn:QDA-XML:project") else targets(element, "MemberCode", "guid")
    others = sum(1 for name in ("MemberSource", "MemberNote") for _ in children(element, name))
    return Group(guid_of(element), element.get("name", ""), text_of(element, "Description"), members, others)


def variable(element: Element, _: Selections) -> Variable:
    """A variable."""
    return Variable(guid_of(element), element.get("name", ""))


def case(element: Element, _: Selections) -> Case:
    """A case."""
    selections = sum(1 for name in ("CodeRef", "SelectionRef") for _ in children(element, name))
    return Case(guid_of(element), element.get("name", ""), values(element), targets(element, "SourceRef"), selections)


MAKERS: Mapping[str, Callable[[Element, Selections], Record]] = {
    "TextSource": source, "PDFSource": pdf, "User": user, "Note": note, "Set": group, "Variable": variable, "Case": case,
}  # fmt: skip
