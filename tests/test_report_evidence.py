"""What of the passages travels with the page: all that carry a code, and the texts of the surest."""

import base64
import gzip
import json

import pytest
from coded import document, write_stage

from pipeline.labels import Drawn, Gold
from pipeline.model import Coding, Decision, Passage
from pipeline.report import evidence

EXTRA = {"frames": ["threat"]}


def unpacked(content):
    return json.loads(gzip.decompress(base64.b64decode(content)))


def coding(book, name, p):
    """A passage's coding with these probabilities; a code is present from one half on."""
    codes = {code: Decision(p.get(code, 0.1), p.get(code, 0.1) >= 0.5) for code in book.ids}
    return Coding(name, name.split("#")[0], codes, (), ("partner",), True)


@pytest.fixture
def study(project, book):
    """Two documents: three threats and a bare passage, and one profit."""
    made = project.study()
    p = {"a#00001": {"threat": 0.6}, "a#00002": {"threat": 0.9}, "a#00003": {"threat": 0.8}, "a#00004": {}, "b#00001": {"profit": 0.55}}
    rows = {name: [coding(book, one, codes) for one, codes in p.items() if one[0] == name] for name in "ab"}
    texts = {name: [Passage(row.id, name, 0, 40, f"Words of {row.id} and so on.") for row in found] for name, found in rows.items()}
    write_stage(made, "documents", {name: [document(name, "x", metadata={"pages": [[0, "iv"], [30, "1"]]})] for name in "ab"})
    write_stage(made, "passages", texts)
    write_stage(made, "codings", rows)
    return made


def gold(passage, **values):
    return {passage: Gold(passage, passage[0], "", values, {"anna": {k: bool(v) for k, v in values.items()}}, Drawn(scheme="random-1"))}


def test_ranked__the_surest_of_every_document_and_code_come_first(study):
    assert [passage for _, passage in evidence.ranked(study, {})] == ["a#00002", "b#00001", "a#00003", "a#00001"]


def test_ranked__a_passage_that_only_people_coded_is_among_them(study):
    assert "a#00004" in [passage for _, passage in evidence.ranked(study, gold("a#00004", threat=True))]
    assert "a#00004" not in [passage for _, passage in evidence.ranked(study, gold("a#00004", threat=False))]


def test_pack__all_travel_where_there_is_room(study, book):
    packed = evidence.pack(study, book, gold("a#00002", threat=True, profit=None), EXTRA, 10_000)
    data = unpacked(packed.content)
    assert (packed.coded, packed.listed, packed.shown) == (4, 4, 4)
    assert data["texts"] == [f"Words of {name} and so on." for name in ("a#00001", "a#00002", "a#00003", "b#00001")]
    place, ordinal, codes, roles, hand, page = data["passages"][1]
    assert data["documents"][place][0] == "a" and ordinal == 2 and [[data["names"][c], p] for c, p in codes] == [["threat", 900]]
    assert data["roles"][roles.bit_length() - 1] == "partner" and page == "iv"
    assert [data["names"][c] for c in hand[0]] == ["threat"] and "profit" in [data["names"][c] for c in hand[1]]


def test_pack__what_does_not_fit_is_listed_without_its_text(study, book):
    whole = evidence.pack(study, book, {}, EXTRA, 10_000)
    packed = evidence.pack(study, book, {}, EXTRA, len(whole.content) - 1)
    data = unpacked(packed.content)
    assert len(packed.content) < len(whole.content) and packed.listed == 4 > packed.shown
    assert len(data["passages"]) == 4 and len([text for text in data["texts"] if text]) == packed.shown
    assert data["texts"][1] and not data["texts"][0]  # the surest threat stays, the least sure goes
