"""The commands that check, show and compare codebooks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from pipeline.cli_options import DEFAULT_CODEBOOK
from pipeline.errors import PipelineError, UsageError


@click.group("codebook")
def codebook_group() -> None:
    """Check or show a codebook, or compare it with another."""


def book_option(function: Callable[..., None]) -> Callable[..., None]:
    """The option that names a codebook."""
    kind = click.Path(path_type=Path)
    return click.option("--codebook", "folder", type=kind, default=DEFAULT_CODEBOOK, show_default=True)(function)


@codebook_group.command("check")
@book_option
def codebook_check(folder: Path) -> None:
    """Report all problems of a codebook at once, and try its examples on its rules."""
    from pipeline import codebook, codebook_examples

    book = codebook.load(folder)
    found = codebook_examples.check(book)
    if found:
        hint = "Mend the rule or the example."
        raise PipelineError(f"{len(found)} example(s) are not coded as they should be.", hint, tuple(found))
    click.echo(
        f"{book.name} {book.version}: {len(book.codes)} codes, {len(book.rules)} rules, {len(book.narratives)} narratives; no problem."
    )


@codebook_group.command("show")
@book_option
@click.argument("code_id", required=False)
def codebook_show(folder: Path, code_id: str | None) -> None:
    """Print the codes, or one of them in full."""
    from pipeline import codebook

    book = codebook.load(folder)
    if code_id is None:
        for item in book.codes:
            click.echo(f"{'  ' if item.parent else ''}{item.id:<34} {item.name}")
        return
    if code_id not in book.ids:
        raise UsageError(f"There is no code {code_id!r}.", f"Codes: {', '.join(book.ids)}")
    item = book.code(code_id)
    click.echo(f"{item.id}: {item.name}\n\n{click.wrap_text(item.definition, 100)}")
    parts = (
        ("Include", item.include),
        ("Exclude", item.exclude),
        ("Examples (invented)", item.examples),
        ("Counterexamples (invented)", item.counterexamples),
    )
    for title, lines in parts:
        click.echo(f"\n{title}")
        for line in lines:
            click.echo(click.wrap_text(line, 100, "  - ", "    "))


@codebook_group.command("diff")
@book_option
@click.argument("other", type=click.Path(path_type=Path))
def codebook_diff(folder: Path, other: Path) -> None:
    """Print what another codebook (a folder) has otherwise: codes, wording, rules, expectations."""
    from pipeline import codebook
    from pipeline.codebook_diff import differences

    ours, theirs = codebook.load(folder), codebook.load(other)
    lines = list(differences(ours, theirs))
    click.echo(f"{ours.name} {ours.version} -> {theirs.name} {theirs.version}")
    click.echo("\n".join(lines) if lines else "No difference.")
