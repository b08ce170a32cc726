"""Commands around the verdict: register what settles it, compare two discourses."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from pipeline import codebook, store
from pipeline.cli_options import study_option
from pipeline.config import load_study
from pipeline.errors import UsageError
from pipeline.model import Row


@click.command()
@study_option
def register(study: str) -> None:
    """Fix and date what settles the verdict, before labels are read: codebook, weights, bars, decision rule."""
    from pipeline import registration  # scipy, which other commands do not wait for

    loaded = load_study(study)
    book = codebook.load(loaded.codebook_folder)
    entry = registration.register(loaded, book, datetime.now(UTC).isoformat(timespec="seconds"))
    if entry is None:
        click.echo(f"Nothing changed since the last registration. {registration.status(loaded, book)['words']}")
        return
    click.echo(f"Registered codebook {book.version} with {entry['labels']:,} labels there: {registration.path_of(loaded)}")
    if entry["labels"]:
        click.echo("Note: labels were there already; the report will say so.")


@click.command()
@click.argument("studies", nargs=-1, required=True, metavar="STUDY [STUDY]")
@click.option("--before", help="Only documents dated before this (year or YYYY-MM-DD); with one study, the first side.")
@click.option("--after", help="Only documents from this date on; with one study, the second side.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="A CSV file for all rows.")
def compare(studies: tuple[str, ...], before: str | None, after: str | None, out: Path | None) -> None:
    """Two studies side by side, or one study before and after a date."""
    from pipeline import compare as comparing

    if len(studies) > 2:
        raise UsageError("Two studies at most are compared.")
    pair = comparing.sides([load_study(name) for name in studies], before, after)
    rows = comparing.compared(pair)
    for scope, title in (("partner", "passages that touch the partner"), ("all", "whole discourse")):
        click.echo(f"\n{title}: {pair[0].name} | {pair[1].name} | difference")
        for row in rows:
            if row["scope"] == scope and (row["what"] == "narrative" or row["differs"]):
                click.echo(line_of(row))
    click.echo("\nNarratives in decibans a statement; codes (those that differ) in shares of passages, intervals widened for all codes.")
    if out is not None:
        import pandas as pd

        store.write_text(out, pd.DataFrame(rows).to_csv(index=False, lineterminator="\n"))
        click.echo(f"All rows: {out}")


def line_of(row: Row) -> str:
    """One row of the comparison in words and figures."""

    def cell(value: float, low: float | None, high: float | None) -> str:
        text = f"{value:+.2f}" if row["what"] == "narrative" else f"{value:.1%}"
        inner = "no interval" if low is None else f"{low:+.2f} to {high:+.2f}" if row["what"] == "narrative" else f"{low:.1%} to {high:.1%}"
        return f"{text} ({inner})"

    sides = [cell(row[side], row[f"{side}_low"], row[f"{side}_high"]) for side in ("first", "second")]
    gap = cell(row["difference"], row["low"], row["high"])
    return f"  {row['name']:<30} {sides[0]:<26} {sides[1]:<26} {gap}{' *' if row['differs'] else ''}"
