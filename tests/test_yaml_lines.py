"""YAML that people write: every complaint says where."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict

from pipeline import yaml_lines
from pipeline.errors import PipelineError


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid")
    number: int


class Outer(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    items: list[Inner] = []


def problems_of(folder: Path, text: str | bytes):
    path = folder / "x.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(PipelineError) as caught:
        yaml_lines.parse(path, Outer, "hint")
    assert str(path) in str(caught.value)
    return [(p.line, p.message) for p in caught.value.problems]


def test_parse__reads_what_is_right(tmp_path):
    (tmp_path / "x.yaml").write_bytes("\ufeffname: é\r\nitems:\r\n  - number: 3\r\n".encode())
    made, lines = yaml_lines.parse(tmp_path / "x.yaml", Outer, "")
    assert made == Outer(name="é", items=[Inner(number=3)])
    assert lines[("items", 0, "number")] == 3


def test_parse__reports_all_problems_at_once_in_order(tmp_path):
    found = problems_of(tmp_path, "name: x\nitems:\n  - number: 1\n  - number: two\n    odd: 1\nextra: 1\n")
    assert [line for line, _ in found] == [4, 5, 6]
    assert found[1][1] == "[items.1.odd] unknown key" and found[2][1] == "[extra] unknown key"


def test_parse__missing_key_is_placed_at_its_parent(tmp_path):
    assert problems_of(tmp_path, "name: x\nitems:\n  - number: 1\n  - {}\n")[0][0] == 4


@pytest.mark.parametrize(("text", "line", "what"), [
    ("name: x\nname: y\n", 2, "stands twice"), ("name: x\nitems: [\n", 3, "not valid YAML"), ("name: x\n\tb: 1\n", 2, "not valid YAML"),
    ("name: x\n---\nname: y\n", 2, "not valid YAML"), ("name: &a [*a]\n", 1, "not valid YAML"), ("name: 2020-13-45\n", 1, "not valid YAML"),
    ("? [a, b]\n: 1\n", 1, "not valid YAML"), ("? {a: b}\n: 1\n", 1, "not valid YAML"), ("name: \x01\n", 1, "not valid YAML"),
    ("name: !!python/object:os.system x\n", 1, "not valid YAML"), ("[" * 5000, 1, "not valid YAML"),
])  # fmt: skip
def test_parse__names_the_line_of_broken_yaml(tmp_path, text, line, what):
    found = problems_of(tmp_path, text)
    assert [place for place, _ in found] == [line] and what in found[0][1]


@pytest.mark.parametrize("text", ["", "# only a remark\n", "just words", "- a\n- b\n", "5"])
def test_parse__refuses_what_is_no_mapping(tmp_path, text):
    assert problems_of(tmp_path, text)[0][0] == 1


def test_parse__refuses_other_encodings(tmp_path):
    assert problems_of(tmp_path, "name: café".encode("cp1252")) == []


def test_parse__says_that_a_folder_is_no_file(tmp_path):
    with pytest.raises(PipelineError, match="cannot be opened"):
        yaml_lines.parse(tmp_path, Outer, "")


def test_parse__says_that_a_file_is_missing(tmp_path):
    with pytest.raises(PipelineError, match=r"gone\.yaml does not exist"):
        yaml_lines.parse(tmp_path / "gone.yaml", Outer, "")


@given(text=st.text(st.sampled_from("ab:-[]{}&*!?'\"|># \n\t\x07é1")) | st.text(st.characters(codec="utf-8")))
def test_load__any_text_is_data_or_a_clear_error(tmp_path_factory, text):
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_text(text, encoding="utf-8", newline="")
    try:
        yaml_lines.load(path)
    except PipelineError as error:
        assert error.problems and all(problem.line >= 1 for problem in error.problems)


def test_line_of__skips_what_only_the_schema_names():
    lines = {(): 1, ("sources",): 2, ("sources", 0): 3, ("sources", 0, "sha512"): 6}
    assert yaml_lines.line_of(("sources", 0, "npm", "sha512"), lines) == 6
    assert yaml_lines.line_of(("sources", 0, "npm", "gone"), lines) == 3
    assert yaml_lines.line_of(("other",), lines) == 1
