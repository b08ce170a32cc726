"""What holds the house together: who may import whom, and that list, Makefile, README and help agree."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.stages import STAGES

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "pipeline"
STAGE_MODULES = {stage.module for stage in STAGES}


def imported_by(path):
    """Names of our modules that a file imports, without the package's own prefix."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "pipeline":
            inner = node.module.split(".")[1:]
            found |= {inner[0]} if inner else {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("pipeline.")}
    return found


def files_of(module):
    path = PACKAGE / module
    return sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]


@pytest.mark.parametrize("module", sorted(STAGE_MODULES))
def test_stage__imports_no_other_stage(module):
    for path in files_of(module):
        assert not imported_by(path) & (STAGE_MODULES - {module}), path


def test_model__imports_nothing_of_ours():
    assert not imported_by(PACKAGE / "model.py")


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_library__does_not_know_the_command_line(path):
    if path.name not in {"cli.py", "__main__.py"}:
        assert not imported_by(path) & {"cli"}


def test_every_stage__writes_what_only_it_writes(project):
    study = project.study()
    written = [path for stage in STAGES for path in stage.writes(study) if path.name != "problems.jsonl"]
    assert len(written) == len(set(written))


def test_help__lists_every_stage_with_its_sentence():
    done = subprocess.run([sys.executable, "-m", "pipeline", "--help"], capture_output=True, text=True, cwd=ROOT, check=True)
    order = ", ".join(stage.name for stage in STAGES)
    assert order in " ".join(done.stdout.split())
    for stage in STAGES:
        assert re.search(rf"^  {stage.name} ", done.stdout, re.M), stage.name


def test_readme__has_the_stages_in_order_with_their_help():
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \|", (ROOT / "README.md").read_text(encoding="utf-8"), re.M)
    assert [row for row in rows if row[0] in {stage.name for stage in STAGES}] == [(stage.name, stage.help) for stage in STAGES]


def test_readme__names_only_make_targets_and_files_that_exist():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    assert set(re.findall(r"make ([a-z]+)", readme)) <= targets
    for name in re.findall(r"\]\(([\w./-]+)\)", readme):
        assert (ROOT / name).exists(), name


def test_make__default_target_lists_every_documented_target():
    done = subprocess.run(["make", "-s"], capture_output=True, text=True, cwd=ROOT, check=True)
    for target in re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M):
        assert re.search(rf"^\s+{target}\b", done.stdout, re.M), target


def test_lock_file__pins_every_dependency_with_hashes():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[a-z])", lock.strip())
    assert len(entries) > 40
    for entry in entries:
        assert re.match(r"[\w.\-\[\]]+==\S+", entry) and "--hash=sha256:" in entry, entry.splitlines()[0]


def test_citation_and_changelog__carry_the_version():
    from pipeline import __version__

    assert f"version: {__version__}" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
