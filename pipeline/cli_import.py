"""The command `import`: what reviewers and other tools send back, shown as a difference, then written as labels."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from pipeline.cli_options import study_option
from pipeline.config import Study, load_study
from pipeline.errors import Problem
from pipeline.exchange import merge
from pipeline.exchange.losses import write_losses
from pipeline.exchange.proposal import Ask, coder_name

SHOWN = 20


@click.command("import")
@study_option
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--coder", help="Whose labels they become (without it, the file's own users).")
@click.option("--whole", is_flag=True, help="The coder went through all of the text: what has no code was looked at and has none.")
@click.option("--yes", is_flag=True, help="Write without asking.")
def import_command(study: str, path: Path, coder: str | None, whole: bool, yes: bool) -> None:
    """Bring reviewed or foreign codings back as a coder's labels.

    Shows what would change and what cannot be used, then asks.
    """
    from pipeline import codebook, exchange

    loaded = load_study(study)
    proposal = exchange.read(path, loaded, Ask(coder_name(coder) if coder else None, whole))
    changes = merge.difference(loaded, codebook.load(loaded.codebook_folder).ids, proposal.labels)
    show_notes(proposal.notes)
    show_losses(proposal.losses, loaded, path)
    show_changes(changes)
    fresh = [change.label for change in changes if change.kind != "same"]
    if fresh and (yes or click.confirm(f"Write {len(fresh)} label(s) to {loaded.labels}?")):
        for name, count in merge.append(loaded, fresh).items():
            click.echo(f"{count:,} labels of {name}: {loaded.labels / name}.jsonl")


def show_notes(notes: tuple[str, ...]) -> None:
    """What a reader should know of the file."""
    for note in notes:
        click.echo(f"Note: {note}")


def show_losses(losses: tuple[Problem, ...], study: Study, path: Path) -> None:
    """What cannot be used, first lines here, all of it in a file."""
    if not losses:
        return
    report = write_losses(study.outputs / "import" / f"{path.name}.losses.txt", path.name, losses)
    click.echo(f"{len(losses)} thing(s) of {path.name} cannot be used; all are listed in {report}:")
    for loss in losses[:SHOWN]:
        click.echo(f"  {loss}")


def show_changes(changes: Sequence[merge.Change]) -> None:
    """What would change, first lines, and counts."""
    counts = {kind: sum(change.kind == kind for change in changes) for kind in ("new", "changed", "same")}
    click.echo(f"{counts['new']} new, {counts['changed']} changed, {counts['same']} the same.")
    moved = [change for change in changes if change.kind != "same"]
    for change in moved[:SHOWN]:
        click.echo(f"  {change.words()}")
    if len(moved) > SHOWN:
        click.echo(f"  … and {len(moved) - SHOWN} more")
