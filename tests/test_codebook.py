"""The codebook: all faults at once with file and line; sample folders stand beside what must be said of them."""

import pytest
from conftest import SAMPLES

from pipeline import codebook
from pipeline.codebook import is_anchor
from pipeline.errors import PipelineError

FOLDERS = sorted((SAMPLES / "codebooks").iterdir())


def said_of(folder):
    try:
        codebook.load(folder)
    except PipelineError as error:
        return [str(problem).replace(f"{folder}/", "") for problem in error.problems]
    return []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_load__says_everything_at_once(folder):
    assert said_of(folder) == (folder / "expected.txt").read_text(encoding="utf-8").splitlines()


def test_check__command_lists_all_and_ends_with_1(project):
    folder = SAMPLES / "codebooks" / "many"
    result = project.call("codebook", "check", "--codebook", folder)
    assert result.exit_code == 1
    assert all(line in result.stderr.replace(f"{folder}/", "") for line in (folder / "expected.txt").read_text().splitlines())
    assert "Traceback" not in result.output


def test_load__version_follows_the_definitions_and_rules_hash_the_rules(book, tmp_path):
    for name in codebook.FILES:
        (tmp_path / name).write_bytes((book.folder / name).read_bytes())
    same = codebook.load(tmp_path)
    assert (same.version, same.rules_hash) == (book.version, book.rules_hash)
    with (tmp_path / "patterns.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"label": "threat", "id": "test.new", "pattern": [{"LOWER": "dread"}]}\n')
    ruled = codebook.load(tmp_path)
    assert ruled.version == book.version and ruled.rules_hash != book.rules_hash
    changed = (tmp_path / "codebook.yaml").read_text(encoding="utf-8").replace("hostile", "unfriendly", 1)
    (tmp_path / "codebook.yaml").write_text(changed, encoding="utf-8")
    assert codebook.load(tmp_path).version != book.version


def test_load__real_codebook_is_whole(book):
    assert book.frames == ("threat", "profit", "identity")
    assert len(book.ids) == 22 and len(set(book.ids)) == 22
    assert book.implied("threat.common_enemy") == "threat" and book.implied("threat.unimportant") is None
    assert "threat.unimportant" not in book.children("threat")
    assert {narrative.id for narrative in book.narratives} == set(book.evidence.priors) - {"none"}


@pytest.mark.parametrize(
    ("token", "wanted"),
    [
        ({"LOWER": "war"}, True),
        ({"LEMMA": {"IN": ["war", "fight"]}, "OP": "+"}, True),
        ({"LOWER": "war", "OP": "1"}, True),
        ({"LOWER": "war", "OP": "?"}, False),
        ({"LOWER": "war", "OP": "*"}, False),
        ({"LOWER": "war", "OP": "!"}, False),
        ({"LOWER": "war", "OP": "{0,2}"}, False),
        ({"LOWER": {"NOT_IN": ["war"]}}, False),
        ({"LOWER": {"IN": []}}, False),
        ({"LOWER": {"IN": ["war", "."]}}, False),
        ({"LOWER": "n't"}, True),
        ({"POS": "NOUN"}, False),
        ({}, False),
    ],
)
def test_is_anchor__obligatory_and_literal(token, wanted):
    assert is_anchor(token) is wanted
