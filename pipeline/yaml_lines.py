"""YAML with line numbers, so that every complaint about a user's file can say where."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from pipeline.errors import PipelineError, Problem

Loc = tuple[str | int, ...]
Model = TypeVar("Model", bound=BaseModel)


class DuplicateKey(yaml.MarkedYAMLError):
    """A key written twice in one mapping: YAML would silently keep the last."""


def load(path: Path) -> tuple[Any, dict[Loc, int]]:
    """The data of a YAML file and the line (from 1) at which each part of it stands."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise PipelineError(f"{path} does not exist.", "Check the name.") from None
    except UnicodeDecodeError:
        raise PipelineError(f"{path} is not UTF-8 text.", "Save it as UTF-8.") from None
    except OSError as error:
        raise PipelineError(f"{path} cannot be opened: {error.strerror}.", "Check the name and its permissions.") from None
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        lines: dict[Loc, int] = {(): 1}
        if root is not None:
            collect_lines(root, (), lines)
        return yaml.safe_load(text), lines
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        what = getattr(error, "problem", None) or str(error)
        problem = Problem(str(path), line, f"not valid YAML: {what}")
        raise PipelineError(f"{path} cannot be read.", "Mend that line.", (problem,)) from None


def collect_lines(node: yaml.Node, loc: Loc, lines: dict[Loc, int]) -> None:
    """Note the line of a node and of all below it."""
    lines.setdefault(loc, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            name = str(key.value)
            if name in seen:
                raise DuplicateKey(problem=f"key `{name}` stands twice", problem_mark=key.start_mark)
            seen.add(name)
            lines[(*loc, name)] = key.start_mark.line + 1
            collect_lines(value, (*loc, name), lines)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            collect_lines(value, (*loc, index), lines)


def line_of(loc: Loc, lines: dict[Loc, int]) -> int:
    """The line of a place, or of the nearest part of the file that holds it.

    Pydantic puts the name of a union's member among the parts, so one may be too many.
    """
    for place in (loc, *(loc[:i] + loc[i + 1 :] for i in range(1, len(loc) - 1))):
        if place in lines:
            return lines[place]
    return line_of(loc[:-1], lines)


def validation_problems(error: ValidationError, path: Path, lines: dict[Loc, int]) -> tuple[Problem, ...]:
    """Every complaint of a schema as a problem with file, line and place."""
    found = set()
    for item in error.errors():
        loc = tuple(part for part in item["loc"] if not str(part).startswith("function-"))
        what = "unknown key" if item["type"] == "extra_forbidden" else item["msg"].removeprefix("Value error, ")
        where = ".".join(str(part) for part in loc) or "file"
        found.add(Problem(str(path), line_of(loc, lines), f"[{where}] {what}"))
    return tuple(sorted(found))


def parse(path: Path, schema: type[Model], hint: str) -> tuple[Model, dict[Loc, int]]:
    """A YAML file as a checked record; all problems at once, with file and line."""
    data, lines = load(path)
    try:
        return schema.model_validate(data), lines
    except ValidationError as error:
        problems = validation_problems(error, path, lines)
        raise PipelineError(f"{path}: {len(problems)} problem(s).", hint, problems) from None
