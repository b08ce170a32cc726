"""The command `import`: what reviewers and other tools send back, shown as a difference, then written as labels."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from pipeline.cli_options import study_option
from pipeline.config import Study, load_study
from pipeline.errors import Problem, UsageError
from pipeline.exchange import merge
from pipeline.exchange.losses import write_losses
from pipeline.exchange.proposal import Ask, coder_name
from pipeline.progress import bar
from pipeline.runner import locked, run_stage
from pipeline.stages import stage

SHOWN = 20


@click.command("import")
@study_option
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--coder", help="Whose labels they become (without it, the file's own users).")
@click.option("--whole", is_flag=True, help="The coder went through all of the text: what has no code was looked at and has none.")
@click.option("--as-study", "new", metavar="NAME", help="Make a study of the file's texts and codes (.qdpx), then import into it.")
@click.option("--yes", is_flag=True, help="Write without asking.")
def import_command(study: str, path: Path, coder: str | None, whole: bool, new: str | None, yes: bool) -> None:
    """Bring reviewed or foreign codings back as a coder's labels.

    Shows what would change and what cannot be used, then asks.
    """
    from pipeline import codebook, exchange

    loaded = make_study(path, new, yes) if new else load_study(study)
    if loaded is None:
        return
    proposal = exchange.read(path, loaded, Ask(coder_name(coder) if coder else None, whole))
    codes = codebook.load(loaded.codebook_folder).ids
    changes = merge.difference(loaded, codes, proposal.labels)
    for note in proposal.notes:
        click.echo(f"Note: {note}")
    show_losses(proposal.losses, loaded, path, proposal.notes)
    show_changes(changes)
    fresh = [change.label for change in changes if change.kind != "same"]
    if fresh and (yes or click.confirm(f"Write {len(fresh):,} label(s) to {loaded.labels}?")):
        for name, count in merge.append(loaded, codes, fresh).items():
            click.echo(f"{count:,} labels of {name}: {loaded.labels / name}.jsonl")


def make_study(path: Path, name: str, yes: bool) -> Study | None:
    """A new study of a file's texts and codes, cut into passages; None where the user does not want it."""
    from pipeline.exchange import new_study

    if path.suffix.lower() != ".qdpx" or not path.is_file():
        raise UsageError(f"{path} is no .qdpx file that is there.", "Only a project holds texts to make a study of.")
    if not yes and not click.confirm(f"Make the study corpus/{name} from {path.name}?"):
        return None
    made = new_study.make(path, name)
    loaded = load_study(str(made.study_file))
    click.echo(f"{made.documents:,} documents, {made.codes:,} codes, codebook {made.codebook}: {made.study_file}")
    with locked(loaded):
        for step in ("ingest", "segment"):
            click.echo(f"{step:<12} {run_stage(stage(step), loaded, None, bar)}")
    return loaded


def show_losses(losses: Sequence[Problem], study: Study, path: Path, notes: Sequence[str]) -> None:
    """What cannot be used, first lines here, all of it in a file."""
    if not losses:
        return
    report = write_losses(study.outputs / "import" / f"{path.name}.losses.txt", path.name, losses, notes)
    click.echo(f"{len(losses):,} thing(s) of {path.name} cannot be used; all are listed in {report}:")
    for loss in losses[:SHOWN]:
        click.echo(f"  {loss_words(loss)}")
    if len(losses) > SHOWN:
        click.echo(f"  … and {len(losses) - SHOWN:,} more")


def loss_words(loss: Problem) -> str:
    """A loss with the row or line it is of, where it has one."""
    return f"{Path(loss.file).name}:{loss.line}: {loss.message}" if loss.line else loss.message


def show_changes(changes: Sequence[merge.Change]) -> None:
    """What would change, first lines, and counts."""
    counts = {kind: sum(change.kind == kind for change in changes) for kind in ("new", "changed", "same")}
    click.echo(f"{counts['new']} new, {counts['changed']} changed, {counts['same']} the same.")
    moved = [change for change in changes if change.kind != "same"]
    for change in moved[:SHOWN]:
        click.echo(f"  {change.words()}")
    if len(moved) > SHOWN:
        click.echo(f"  … and {len(moved) - SHOWN} more")
