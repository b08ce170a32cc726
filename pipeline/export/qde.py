"""The parts of a REFI-QDA project as XML elements (QDA-XML 1.0, March 2019), each in the schema's order, none empty."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from lxml import etree
from lxml.etree import _Element as Element

from pipeline.codebook import Code, Codebook, Narrative
from pipeline.exchange import guids
from pipeline.exchange.code_words import description
from pipeline.exchange.marks import NO_CLOCK, Mark, Note, State
from pipeline.exchange.plain import Plain, words
from pipeline.exchange.state import Corpus
from pipeline.exchange.xml import CODEBOOK, PROJECT, said

QUOTE = 100  # characters of the quoted text that name a selection; importers find their bearings by it
EXPECTED = {"strong", "some"}
SPACES: dict[str, Any] = {space: {None: space} for space in (PROJECT, CODEBOOK)}


def make(tag: str, children: Iterable[Element] = (), space: str = PROJECT, text: str = "", /, **attributes: str) -> Element:
    """An element; attributes without a value are left out."""
    element = etree.Element(f"{{{space}}}{tag}", {key: said(value) for key, value in attributes.items() if value}, SPACES[space])
    if text:
        element.text = said(text)
    element.extend(children)
    return element


def described(text: str, space: str = PROJECT) -> list[Element]:
    """A description, where there is one."""
    return [make("Description", (), space, text)] if text else []


def pointer(name: str, guid: str) -> Element:
    """A reference to something by its GUID."""
    return make(name, targetGUID=guid)


def users(corpus: Corpus) -> Element:
    """Coders, and the rules and the model as users of their own."""
    return make("Users", (make("User", guid=guids.of_user(a), name=corpus.author_name(a), id=a) for a in corpus.authors))


def codes(book: Codebook, space: str = PROJECT) -> Element:
    """The codes as a tree."""
    return make("Codes", (code_element(code, book, space) for code in book.codes if code.parent is None), space)


def code_element(code: Code, book: Codebook, space: str) -> Element:
    """A code with its description and its sub-codes."""
    below = [code_element(child, book, space) for child in book.codes if child.parent == code.id]
    parts = described(description(code), space) + below
    return make("Code", parts, space, guid=guid_of(code, book), name=code.name, isCodable="true", color=code.color)


def guid_of(code: Code, book: Codebook) -> str:
    """The GUID of a code."""
    return guids.of_code(book.name, code.id, code.guid)


def sets(book: Codebook, space: str = PROJECT) -> Element:
    """A set a narrative, of the codes it expects."""
    return make("Sets", (narrative_set(story, book, space) for story in book.narratives), space)


def narrative_set(story: Narrative, book: Codebook, space: str) -> Element:
    """One narrative; its levels and citations stand in the description."""
    levels = "\n".join(f"{code}: {level}" for code, level in story.expects.items())
    text = "\n\n".join([story.summary, f"Expects:\n{levels}", "\n".join(story.citations)])
    attribute = "targetGUID" if space == PROJECT else "guid"
    expected = [guid_of(book.code(code), book) for code, level in story.expects.items() if level in EXPECTED]
    members = [make("MemberCode", (), space, **{attribute: guid}) for guid in expected]
    return make("Set", described(text, space) + members, space, guid=guids.guid("narrative", book.name, story.id), name=story.name)


def source(state: State, name: str, codes: Mapping[str, str], values: list[Element]) -> Element:
    """A document as a plain-text source with all its selections; `codes`: GUIDs by id; `values`: its variables."""
    parts = described(f"Document id: {state.document['id']}\nSHA-256 of the text: {state.document['sha256']}")
    parts += [selection(mark, state.plain, codes) for mark in state.marks]
    path = f"internal://{state.guid}.txt"
    return make("TextSource", parts + values, guid=state.guid, name=name, plainTextPath=path, creationDateTime=NO_CLOCK)


def selection(mark: Mark, plain: Plain, codes: Mapping[str, str]) -> Element:
    """A stretch of a source, named by its words, with its code if it has one."""
    start, end = plain.at(mark.start), plain.at(mark.end)
    notes = [pointer("NoteRef", guid) for guid in mark.notes]
    user = guids.of_user(mark.author)
    parts = described(mark.memo)
    if mark.code:
        pointed = pointer("CodeRef", codes[mark.code])
        parts.append(make("Coding", [pointed, *notes], guid=mark.coding, creatingUser=user, creationDateTime=mark.time))
    else:
        parts += notes
    return make("PlainTextSelection", parts, guid=mark.guid, name=quote(plain.text[start:end]), startPosition=str(start),
                endPosition=str(end), creatingUser=user, creationDateTime=mark.time)  # fmt: skip


def quote(text: str) -> str:
    """The words of a selection, cut where they are many."""
    said = words(text[: 2 * QUOTE])
    return said if len(said) <= QUOTE and len(text) <= 2 * QUOTE else said[: QUOTE - 1] + "…"


def note(item: Note) -> Element:
    """A note with its text in the project file."""
    text = make("PlainTextContent", (), PROJECT, item.text)
    return make("Note", [text], guid=item.guid, name=item.name, creatingUser=guids.of_user(item.author), creationDateTime=item.time)
