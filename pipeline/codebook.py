"""The codebook: codes, rule patterns and narratives, loaded, checked and hashed."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, ValidationError, field_validator

from pipeline import yaml_lines
from pipeline.config import Strict
from pipeline.errors import PipelineError, Problem
from pipeline.ledger import digest_of

FILES = ("codebook.yaml", "patterns.jsonl", "narratives.yaml")
FORM = 'not of the form {"label": code, "id": rule id, "pattern": [tokens]}'
ANCHORS = ("LOWER", "LEMMA", "ORTH")
VALUES = {*ANCHORS, "POS", "TAG", "DEP"}  # attributes that name words or tags; what a parse does not carry could never match
FLAGS = {"IS_PUNCT", "IS_DIGIT", "IS_ALPHA", "LIKE_NUM", "IS_SENT_START"}
OPERATOR = re.compile(r"[!?+*1]|\{\d+(,\d*)?\}|\{,\d+\}")
Level = Literal["strong", "some", "little", "against"]
LEVELS = get_args(Level)
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Code(Strict):
    """One category a coder may apply to a passage; `guid` is its identity in the tool it came from, if it came from one."""

    id: str = Field(pattern=r"^[a-z]+(\.[a-z_]+)?$")
    name: str
    parent: str | None = None
    color: str = Field(pattern=r"^#[0-9a-fA-F]{6}$")
    definition: str = Field(min_length=20)
    include: tuple[str, ...] = Field(min_length=1)
    exclude: tuple[str, ...] = Field(min_length=1)
    examples: tuple[str, ...] = Field(min_length=3)
    counterexamples: tuple[str, ...] = Field(min_length=2)
    implies_parent: bool = True
    guid: str = Field(default="", pattern=r"^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?$")


@dataclass(frozen=True, slots=True)
class Outline:
    """What the checks across files need of a code, also of one with faults of its own."""

    id: str
    parent: str | None


class CodesFile(Strict):
    """The whole of codebook.yaml."""

    name: str
    version: str
    title: str
    note: str
    codes: tuple[Code, ...] = Field(min_length=1)


class Narrative(Strict):
    """One theory's story: which codes it expects and which it speaks against."""

    id: str = Field(pattern=r"^[a-z_]+$")
    name: str
    summary: str
    citations: tuple[str, ...] = Field(min_length=1)
    expects: Mapping[str, Level]


class Bandwagoning(Strict):
    """The two narratives called bandwagoning: for profit (Schweller 1994) and by giving in (Walt 1987)."""

    schweller: str
    walt: str


class Evidence(Strict):
    """How codes become weight of evidence; see `pipeline.evidence`.

    `factors`: how many times more (or less) often than in policy discourse at
    large a code is expected at each level. `concentration`: Dirichlet
    concentration of a document's mix of codes around a narrative's.
    `document_correlation`: how far two documents of one discourse repeat each
    other, 0 (independent) to 1 (one document says it all). `reference`: share
    of each code among all statements of policy discourse at large, from so many
    statements (`reference_count`); a frame counts where no sub-code does.
    `spread`: by how many times a factor may be off. `bandwagoning`: which
    narratives are Schweller's and Walt's, where the codebook has both.
    """

    factors: Mapping[Level, Positive]
    spread: float = Field(default=1.5, ge=1, allow_inf_nan=False)
    concentration: Positive
    document_correlation: float = Field(ge=0, le=1)
    reference_note: str
    reference_count: int = Field(default=100, ge=1)
    reference: Mapping[str, Positive]
    bandwagoning: Bandwagoning | None = None
    priors: Mapping[str, Positive]

    @field_validator("factors")
    @classmethod
    def complete(cls, factors: Mapping[Level, float]) -> Mapping[Level, float]:
        """Every level a narrative may use needs its factor."""
        if missing := [level for level in LEVELS if level not in factors]:
            raise ValueError(f"no factor for {', '.join(missing)}")
        return factors


class NarrativesFile(Strict):
    """The whole of narratives.yaml."""

    note: str
    evidence: Evidence
    narratives: tuple[Narrative, ...] = Field(min_length=2)


@dataclass(frozen=True, slots=True)
class Rule:
    """One spaCy token pattern: `id` names it, `code` is what it is evidence of."""

    id: str
    code: str
    pattern: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Codebook:
    """A checked codebook; `version` is the declared version and a hash of the definitions (codebook.yaml)."""

    folder: Path
    name: str
    title: str
    note: str
    version: str
    codes: tuple[Code, ...]
    rules: tuple[Rule, ...]
    narratives: tuple[Narrative, ...]
    evidence: Evidence
    rules_hash: str

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of all codes, in the codebook's order."""
        return tuple(code.id for code in self.codes)

    @property
    def frames(self) -> tuple[str, ...]:
        """Ids of the top-level codes."""
        return tuple(code.id for code in self.codes if code.parent is None)

    def code(self, code_id: str) -> Code:
        """The code of an id."""
        return next(code for code in self.codes if code.id == code_id)

    def implied(self, code_id: str) -> str | None:
        """The frame that a sub-code brings with it."""
        code = self.code(code_id)
        return code.parent if code.implies_parent else None

    def children(self, frame: str) -> tuple[str, ...]:
        """Ids of a frame's sub-codes that imply it."""
        return tuple(code.id for code in self.codes if code.parent == frame and code.implies_parent)


def load(folder: Path) -> Codebook:
    """The codebook of a folder; an error that lists every problem at once."""
    found: list[Problem] = []
    codes, code_data, code_lines = attempt(folder / "codebook.yaml", CodesFile, found)
    stories, _, story_lines = attempt(folder / "narratives.yaml", NarrativesFile, found)
    rules = read_rules(folder / "patterns.jsonl", found)
    outline = tuple(Outline(code.id, code.parent) for code in codes.codes) if codes else sketch(code_data)
    ids = {code.id for code in outline}
    if ids:
        found += check_codes(outline, folder / "codebook.yaml", code_lines)
        found += [problem for problem, code in rules_of_unknown_codes(folder, rules) if code not in ids]
        found += check_rule_cover(outline, rules, folder / "codebook.yaml", code_lines)
        if stories:
            found += check_narratives(stories, ids, folder / "narratives.yaml", story_lines)
    if found or not codes or not stories:
        hint = "`policycode codebook check` lists these again once you have mended some."
        raise PipelineError(f"The codebook {folder} has {len(found)} problem(s).", hint, tuple(sorted(found)))
    contents = [(folder / name).read_text(encoding="utf-8") for name in FILES]
    return Codebook(
        folder, codes.name, codes.title, codes.note, f"{codes.version}+{digest_of(contents[0])[:12]}", codes.codes,
        tuple(rule for _, rule in rules), stories.narratives, stories.evidence, digest_of(contents[1]),
    )  # fmt: skip


def attempt(
    path: Path, schema: type[yaml_lines.Model], found: list[Problem]
) -> tuple[yaml_lines.Model | None, Any, dict[yaml_lines.Loc, int]]:
    """A YAML file as a record (None with its problems noted), as plain data, and its lines."""
    data: Any = None
    lines: dict[yaml_lines.Loc, int] = {(): 0}
    try:
        data, lines = yaml_lines.load(path)
        return yaml_lines.parse(path, schema, "")[0], data, lines
    except PipelineError as error:
        found += error.problems or [Problem(str(path), 0, error.message)]
        return None, data, lines


def sketch(data: Any) -> tuple[Outline, ...]:
    """The codes of a file with faults, as far as the checks across files need them."""
    rows = data.get("codes") if isinstance(data, dict) else None
    usable = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    pairs = [(row.get("id"), row.get("parent")) for row in usable]
    return tuple(Outline(a, b) for a, b in pairs if isinstance(a, str) and isinstance(b, str | None))


def check_codes(codes: Sequence[Outline], path: Path, lines: Mapping[Any, int]) -> Iterator[Problem]:
    """Ids used twice, parents that are not there or too deep, ids that belie their parent."""
    uses = Counter(code.id for code in codes)
    tops = {code.id for code in codes if code.parent is None}
    for index, code in enumerate(codes):
        line = lines.get(("codes", index), 0)
        if uses[code.id] > 1:
            yield Problem(str(path), line, f"code id {code.id!r} stands {uses[code.id]} times")
        if code.parent is not None and code.parent not in tops:
            yield Problem(str(path), line, f"{code.id}: parent {code.parent!r} is no top-level code here")
        if code.parent is not None and not code.id.startswith(f"{code.parent}."):
            yield Problem(str(path), line, f"{code.id}: the id of a sub-code begins with its parent, {code.parent!r}")


def read_rules(path: Path, found: list[Problem]) -> list[tuple[int, Rule]]:
    """Rules with their lines; what is no usable rule is noted."""
    rules: list[tuple[int, Rule]] = []
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        found.append(Problem(str(path), 0, f"cannot be read: {error}"))
        return []
    seen: dict[str, int] = {}
    for line, row in enumerate(text.splitlines(), 1):
        if not row.strip():
            continue
        problem, rule = parse_rule(row)
        if rule and rule.id in seen:
            problem = f"rule id {rule.id!r} stands already on line {seen[rule.id]}"
        if problem or rule is None:
            found.append(Problem(str(path), line, problem))
        else:
            seen[rule.id] = line
            rules.append((line, rule))
    return rules


def parse_rule(text: str) -> tuple[str, Rule | None]:
    """A line of patterns.jsonl as a rule, or what is wrong with it."""
    try:
        row = json.loads(text)
        rule = Rule(row["id"], row["label"], tuple(row["pattern"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        return FORM, None
    if set(row) != {"id", "label", "pattern"} or not all(isinstance(word, str) and word for word in (rule.id, rule.code)):
        return FORM, None
    wrong = [problem for token in rule.pattern for problem in token_problems(token)]
    if not wrong and not any(is_anchor(token) for token in rule.pattern):
        wrong = ["needs an obligatory token with a literal LOWER, LEMMA or ORTH that is a word"]
    return (f"{rule.id}: {'; '.join(wrong)}", None) if wrong else ("", rule)


def token_problems(token: Any) -> Iterator[str]:
    """What keeps a pattern's token from being matched, or from ever matching."""
    if not isinstance(token, dict):
        yield f"{token!r} is no token"
        return
    for key, value in token.items():
        if key == "OP":
            if not isinstance(value, str) or not OPERATOR.fullmatch(value):
                yield f"unknown operator {value!r}"
        elif key in FLAGS:
            if not isinstance(value, bool):
                yield f"{key} is true or false, not {value!r}"
        elif key not in VALUES:
            yield f"unknown token attribute {key}"
        elif not is_word_list(value):
            yield f'{key} takes a text, {{"IN": [texts]}} or {{"NOT_IN": [texts]}}'
        elif key == "LOWER" and (capitals := [word for word in listed(value) if word != word.lower()]):
            yield f"LOWER can never be {', '.join(map(repr, capitals))}"


def listed(value: Any) -> list[str]:
    """The words that a token attribute names, to admit or to exclude them."""
    return [value] if isinstance(value, str) else [word for words in value.values() for word in words]


def is_word_list(value: Any) -> bool:
    """Whether a token attribute has a form that the rules may use."""
    if not isinstance(value, dict):
        return isinstance(value, str)
    lists = value.values()
    return bool(value) and set(value) <= {"IN", "NOT_IN"} and all(isinstance(w, list) and all(isinstance(x, str) for x in w) for w in lists)


def is_anchor(token: Mapping[str, Any]) -> bool:
    """Whether a pattern's token must be there and says literally which words it may be."""
    return token.get("OP", "1") in {"1", "+"} and any(says_words(token.get(key)) for key in ANCHORS)


def says_words(value: Any) -> bool:
    """Whether a token attribute admits only literal words; a mark like a comma cannot be looked up among words."""
    return bool(literals(value)) and all(any(map(str.isalnum, literal)) for literal in literals(value))


def literals(value: Any) -> list[str]:
    """The words a token attribute admits literally, none where it only excludes some."""
    if isinstance(value, str):
        return [value]
    return list(value.get("IN", [])) if isinstance(value, dict) else []


def rules_of_unknown_codes(folder: Path, rules: list[tuple[int, Rule]]) -> Iterator[tuple[Problem, str]]:
    """What to say of each rule should its code not be there."""
    for line, rule in rules:
        yield Problem(str(folder / "patterns.jsonl"), line, f"{rule.id}: there is no code {rule.code!r}"), rule.code


def check_rule_cover(codes: Sequence[Outline], rules: list[tuple[int, Rule]], path: Path, lines: Mapping[Any, int]) -> Iterator[Problem]:
    """Every sub-code needs a rule, else its absence would say nothing."""
    covered = {rule.code for _, rule in rules}
    for index, code in enumerate(codes):
        if code.parent is not None and code.id not in covered:
            yield Problem(str(path), lines.get(("codes", index), 0), f"{code.id}: no sound rule for it in patterns.jsonl")


def check_narratives(file: NarrativesFile, ids: set[str], path: Path, lines: Any) -> Iterator[Problem]:
    """Expectations, reference and priors must speak of codes and narratives that are there."""
    names = {narrative.id for narrative in file.narratives}
    uses = Counter(narrative.id for narrative in file.narratives)
    for index, narrative in enumerate(file.narratives):
        if uses[narrative.id] > 1 or narrative.id == "none":
            what = "stands for no narrative at all" if narrative.id == "none" else f"stands {uses[narrative.id]} times"
            yield Problem(str(path), lines.get(("narratives", index), 0), f"narrative id {narrative.id!r} {what}")
        for code in narrative.expects:
            if code not in ids:
                line = yaml_lines.line_of(("narratives", index, "expects", code), lines)
                yield Problem(str(path), line, f"{narrative.id} expects {code!r}, which is no code")
    for code in file.evidence.reference:
        if code not in ids:
            line = yaml_lines.line_of(("evidence", "reference", code), lines)
            yield Problem(str(path), line, f"reference for {code!r}, which is no code")
    missing_codes = ids - set(file.evidence.reference)
    if missing_codes:
        line = yaml_lines.line_of(("evidence", "reference"), lines)
        yield Problem(str(path), line, f"no reference share for {', '.join(sorted(missing_codes))}")
    pair = file.evidence.bandwagoning
    for role, name in (("schweller", pair.schweller), ("walt", pair.walt)) if pair else ():
        if name not in names:
            line = yaml_lines.line_of(("evidence", "bandwagoning", role), lines)
            yield Problem(str(path), line, f"bandwagoning names {name!r}, which is no narrative")
    if set(file.evidence.priors) != names | {"none"}:
        line = yaml_lines.line_of(("evidence", "priors"), lines)
        yield Problem(str(path), line, f"priors must name each of {', '.join(sorted(names | {'none'}))}")


__all__ = ["Code", "Codebook", "Evidence", "Narrative", "Rule", "ValidationError", "load"]
