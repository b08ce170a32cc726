"""The command `reproduce`: check a replication package and rebuild its tables."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline import store
from pipeline.config import load_study
from pipeline.errors import PipelineError
from pipeline.progress import bar
from pipeline.replication import manifest, rebuild


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=".")
@click.option("--from-texts", is_flag=True, help="Rebuild everything from the texts, not only the tables from codings and labels.")
def reproduce(folder: Path, from_texts: bool) -> None:
    """Check a replication package (an unpacked `export --format package`) and rebuild its tables in `rebuilt/`."""
    folder = folder.resolve()
    check_files(folder)
    study = packaged_study(folder)
    if from_texts and withheld(folder, study):
        raise PipelineError("The texts were withheld from this package, so nothing can be rebuilt from them.", "Leave out --from-texts.")
    home = rebuild.lay_out(folder, study, from_texts=from_texts)
    written = rebuild.run(home, study, rebuild.ALL if from_texts else rebuild.TABLES, bar)
    same = rebuild.compare(home, written, manifest.read(folder))
    for name, is_same in same.items():
        click.echo(f"{'same' if is_same else 'DIFFERENT':<10} {name}")
    tell_limits(folder, study, from_texts=from_texts)
    if not all(same.values()):
        hint = f"Compare them with those in {home}."
        raise PipelineError(f"{sum(not ok for ok in same.values())} of {len(same)} files were not reproduced.", hint)
    click.echo(f"Reproduced: all {len(same)} rebuilt files are the published ones, byte for byte.")


def check_files(folder: Path) -> None:
    """An error where a file is not as it was published."""
    found = manifest.check(folder)
    if found:
        message = f"{len(found)} file(s) are not as published, so nothing was rebuilt."
        raise PipelineError(message, "Unpack the archive anew.", tuple(found[:20]))
    click.echo(f"All {len(manifest.read(folder)):,} files are as published.")


def packaged_study(folder: Path) -> str:
    """The name of the package's study."""
    found = sorted((folder / "corpus").glob("*/study.yaml"))
    if len(found) != 1:
        raise PipelineError(f"{folder} holds {len(found)} studies; a package holds one.", "Unpack the archive anew.")
    with rebuild.at_home(folder):
        return load_study(str(found[0])).name


def withheld(folder: Path, study: str) -> bool:
    """Whether the package has blocks in place of texts."""
    return "text_sha256" in next(store.read_jsonl(folder / "outputs" / study / "passages.jsonl"), {})


def tell_limits(folder: Path, study: str, *, from_texts: bool) -> None:
    """What was taken as published and not rebuilt."""
    if from_texts:
        click.echo("Taken as published: documents, codebook, labels, base model.")
    elif withheld(folder, study):
        click.echo("Not rebuilt, since the texts were withheld: documents, passages, rule hits, classifier, codings.")
    else:
        click.echo("Taken as published: passages, rule hits, classifier, codings; `make recode` rebuilds these from the texts.")
