"""Every example of the codebook is tagged with its code, no counterexample is."""

from pathlib import Path

import pytest
import yaml

from pipeline import codebook
from pipeline.codebook_examples import check, tags

CODES = yaml.safe_load((Path(__file__).parent.parent / "codebook/alliance/codebook.yaml").read_text(encoding="utf-8"))["codes"]


def cases(kind):
    return [pytest.param(code["id"], text, id=f"{code['id']}-{n}") for code in CODES for n, text in enumerate(code[kind], 1)]


@pytest.mark.parametrize(("code", "text"), cases("examples"))
def test_tags__example(book, engine, code, text):
    assert tags(book, code, engine.hits([text])[0]), f"no live hit for {code}"


@pytest.mark.parametrize(("code", "text"), cases("counterexamples"))
def test_tags__counterexample(book, engine, code, text):
    assert not tags(book, code, engine.hits([text])[0])


@pytest.mark.parametrize(("code", "text"), cases("examples"))
def test_tags__sub_code_brings_its_frame(book, engine, code, text):
    if frame := book.implied(code):
        assert tags(book, frame, engine.hits([text])[0])


def test_tags__a_danger_denied_is_no_threat(book, engine):
    hits = engine.hits(["They pose no threat to our country."])[0]
    assert tags(book, "threat.unimportant", hits) and not tags(book, "threat", hits)


def test_check__names_line_code_and_rule_of_each_fault(book, tmp_path):
    """Two examples that begin alike are told apart by their lines."""
    lines = ["An example of a threat to our security and peace at large, told in other words altogether: hush.",
             "An example of a threat to our security and peace at large, told in other words altogether: war."]  # fmt: skip
    stated = yaml.safe_load((book.folder / "codebook.yaml").read_text(encoding="utf-8"))
    for code in stated["codes"]:
        code["examples"] = ["Bread is dear.", "Rain fell.", "Bread is cheap."] if code["id"] == "identity" else code["examples"]
        code["counterexamples"] = lines if code["id"] == "profit" else code["counterexamples"]
    stated["codes"][0]["counterexamples"] = lines
    (tmp_path / "codebook.yaml").write_text(yaml.safe_dump(stated, width=10_000, sort_keys=False, allow_unicode=True), encoding="utf-8")
    for name in ("patterns.jsonl", "narratives.yaml"):
        (tmp_path / name).write_bytes((book.folder / name).read_bytes())
    written = (tmp_path / "codebook.yaml").read_text(encoding="utf-8").splitlines()
    found = check(codebook.load(tmp_path))
    assert [p.message.split(":")[0] for p in found] == ["threat", "threat", "identity", "identity", "identity"]
    assert [lines[0] in written[found[0].line - 1], lines[1] in written[found[1].line - 1]] == [True, True]
    assert "Bread is cheap." in written[found[4].line - 1]
    assert "tagged by threat.danger-to-us" in found[0].message
