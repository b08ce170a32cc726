"""What two codebooks have otherwise, told part by part."""

import json
import shutil

import yaml
from click.testing import CliRunner
from conftest import ROOT

from pipeline import codebook
from pipeline.cli import main
from pipeline.codebook_diff import differences

OURS = ROOT / "codebook" / "alliance"


def changed_copy(folder):
    """The alliance codebook with a code's wording, a rule, and an expectation changed, and another rule gone."""
    shutil.copytree(OURS, folder)
    codes = yaml.safe_load((folder / "codebook.yaml").read_text(encoding="utf-8"))
    codes["codes"][0]["exclude"].append("A storm.")
    (folder / "codebook.yaml").write_text(yaml.safe_dump(codes, allow_unicode=True, sort_keys=False), encoding="utf-8")
    stories = yaml.safe_load((folder / "narratives.yaml").read_text(encoding="utf-8"))
    stories["narratives"][0]["expects"]["profit.capitulation"] = "little"
    (folder / "narratives.yaml").write_text(yaml.safe_dump(stories, allow_unicode=True, sort_keys=False), encoding="utf-8")
    rules = (folder / "patterns.jsonl").read_text(encoding="utf-8").splitlines()
    (folder / "patterns.jsonl").write_text("\n".join(rules[1:]) + "\n", encoding="utf-8")
    return folder, json.loads(rules[0])["id"]


def test_differences__names_what_changed_and_nothing_else(tmp_path):
    other, gone = changed_copy(tmp_path / "other")
    lines = list(differences(codebook.load(OURS), codebook.load(other)))
    assert f"- rule {gone}" in lines and "  code threat" in lines and "    + exclude: A storm." in lines
    assert "    - profit.capitulation: against" in lines and "    + profit.capitulation: little" in lines
    assert [line for line in lines if not line.startswith("    ")] == ["  code threat", f"- rule {gone}", "  narrative balance_of_threat"]


def test_diff__of_a_codebook_with_itself_and_with_none(tmp_path):
    run = CliRunner()
    same = run.invoke(main, ["codebook", "diff", "--codebook", str(OURS), str(OURS)])
    assert same.exit_code == 0 and "No difference." in same.output
    none = run.invoke(main, ["codebook", "diff", "--codebook", str(OURS), str(tmp_path / "none")])
    assert none.exit_code == 1 and "Traceback" not in none.output
