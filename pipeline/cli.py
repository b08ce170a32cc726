"""The program `policycode`: thin commands over the library; the only place that prints or exits."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from pipeline import __version__, problems, store
from pipeline.config import Study, base_model_file, home, load_study
from pipeline.errors import PipelineError, UsageError
from pipeline.progress import bar
from pipeline.runner import locked, record, run_all, run_stage, up_to_date
from pipeline.stages import STAGES, Stage

DEFAULT_STUDY = "us-sotu"
DEFAULT_CODEBOOK = home() / "codebook" / "alliance"
MOST_PROBLEMS = 5


class Program(click.Group):
    """Turns a PipelineError into its message and exit code, once, for every command."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; end with 1 for bad input, 2 for a bad call."""
        try:
            return super().invoke(ctx)
        except PipelineError as error:
            click.echo(f"Error: {error}", err=True)
            ctx.exit(2 if isinstance(error, UsageError) else 1)


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="policycode")
def main() -> None:
    """Theory-driven coding of policy texts: from officials' words to a stated verdict.

    Stages run in this order: fetch, ingest, segment, tag, train, code, reliability, aggregate, report, export.
    `policycode run` does all of them and skips what is up to date.
    """


def study_option(function: Callable[..., None]) -> Callable[..., None]:
    """The option every command on a study takes."""
    text = "Name of a folder in corpus/, or path of a study.yaml."
    return click.option("--study", default=DEFAULT_STUDY, show_default=True, help=text)(function)


def source_option(function: Callable[..., None]) -> Callable[..., None]:
    """The option that lays other texts under a study."""
    kind = click.Path(path_type=Path)
    text = "A folder of .txt or a CSV/TSV/JSONL table, in place of the study's own texts."
    return click.option("--source", type=kind, default=None, help=text)(function)


def existing(source: Path | None) -> Path | None:
    """The source, if it is there."""
    if source is not None and not source.exists():
        raise PipelineError(f"The source {source} does not exist.", "Check the path given with --source (SOURCE=).")
    return source


def stage_source(study: Study, source: Path | None) -> Path | None:
    """The source given, else the one the study was last run on."""
    said = record(study).get("source", "")
    return existing(source) or (Path(said) if said and Path(said).exists() else None)


def one_stage(item: Stage) -> click.Command:
    """The command of a stage."""

    @study_option
    def command(study: str, source: Path | None = None) -> None:
        loaded = load_study(study)
        with locked(loaded):
            click.echo(f"{item.name:<12} {run_stage(item, loaded, stage_source(loaded, source), bar)}")
        end_on_unread(loaded)

    wrapped = source_option(command) if item.takes_source else command
    return click.command(item.name, help=item.help)(wrapped)


for each in STAGES:
    if each.name not in {"code", "export"}:
        main.add_command(one_stage(each))


def end_on_unread(study: Study) -> None:
    """End with 1 where something that was asked for could not be read: all else is done by then."""
    errors = [row for row in problems.read(study.outputs) if row["severity"] == "error"]
    if errors:
        for row in errors[:MOST_PROBLEMS]:
            place = f"{row['file']}:{row['line']}" if row["line"] else row["file"]
            click.echo(f"Error: {place}: {row['message']}", err=True)
        more = f" ({len(errors)} in all)" if len(errors) > MOST_PROBLEMS else ""
        click.echo(f"Hint: everything else was done. See {problems.path_in(study.outputs)}{more}; mend or remove these.", err=True)
        sys.exit(1)


@main.command()
@study_option
@source_option
def run(study: str, source: Path | None) -> None:
    """Run all stages, skipping what is up to date, and print the verdict."""
    loaded = load_study(study)
    with locked(loaded):
        ran = run_all(loaded, existing(source), click.echo, bar)
    if not ran:
        click.echo("Everything is up to date.")
    print_verdict(loaded)
    end_on_unread(loaded)


def print_verdict(study: Study) -> None:
    """The verdict in words, with its uncertainty, and where to look next."""
    found = store.read_json(study.outputs / "narratives.json")
    click.echo(f"\n{study.title}\n{study.question}\n")
    for scope in found["scopes"]:
        click.echo(click.wrap_text(scope["words"], 100, "  ", "    "))
    click.echo(f"\n  Basis: {found['basis']}. Codebook {found['codebook']}.")
    listed = problems.read(study.outputs)
    counts = {kind: sum(row["severity"] == kind for row in listed) for kind in ("error", "warning", "note")}
    if listed:
        said = f"{counts['error']} not read, {counts['warning']} left out or doubted, {counts['note']} mended"
        click.echo(f"  Input: {said}; see {problems.path_in(study.outputs)}")
    click.echo("\nOpen next:")
    for path in (study.outputs / "report.html", study.outputs / "export" / "codings.xlsx", study.model / "card.md"):
        click.echo(f"  {path}")


@main.command()
@study_option
@click.option("--in", "source", type=click.Path(path_type=Path, exists=True, dir_okay=False), help='Rows {"id", "text"}.')
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Where the coded rows go.")
@click.pass_context
def code(ctx: click.Context, study: str, source: Path | None, out: Path | None) -> None:
    """Code the study's passages; with --in and --out, any passages."""
    if (source is None) != (out is None):
        raise UsageError("--in and --out go together.")
    if source is None or out is None:
        loaded = load_study(study)
        with locked(loaded):
            item = next(s for s in STAGES if s.name == "code")
            click.echo(f"{item.name:<12} {run_stage(item, loaded, stage_source(loaded, None), bar)}")
        return
    from pipeline import classifier, codebook, coding

    given = ctx.get_parameter_source("study") == click.core.ParameterSource.COMMANDLINE
    named = load_study(study) if given else None
    book = codebook.load(named.codebook_folder if named else DEFAULT_CODEBOOK)
    model = classifier.load(named.model_file if named else base_model_file(), book)
    count = coding.filter_file(source, out, coding.filter_engine(named, book), model)
    basis = "with a trained classifier" if model.calibrated else "by rules alone (no trained classifier here)"
    click.echo(f"{count:,} passages coded {basis}: {out}")


@main.command()
@study_option
@click.option("--format", "form", type=click.Choice(["csv", "xlsx", "jsonl"]), help="One format (all of them if not given).")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Where it goes; needs --format.")
def export(study: str, form: str | None, out: Path | None) -> None:
    """The coded corpus as CSV, XLSX and JSONL."""
    loaded = load_study(study)
    if out is not None and form is None:
        raise UsageError("--out needs --format.")
    if form is None:
        item = next(s for s in STAGES if s.name == "export")
        with locked(loaded):
            click.echo(f"{item.name:<12} {run_stage(item, loaded, stage_source(loaded, None), bar)}")
        return
    from pipeline.export import export_to

    path = out or loaded.outputs / "export" / f"codings.{form}"
    click.echo(f"{export_to(loaded, form, path):,} passages: {path}")


@main.command()
@study_option
def status(study: str) -> None:
    """Which stages are up to date."""
    loaded = load_study(study)
    said = record(loaded).get("source", "")
    source = Path(said) if said else None
    for item in STAGES:
        done = record(loaded)["stages"].get(item.name)
        state = "never run" if not done else "up to date" if up_to_date(item, loaded, source) else "to be run"
        click.echo(f"{item.name:<12} {state:<11} {done['finished'] if done else ''}")


@main.command()
@click.option("--study", "names", multiple=True, default=("us-sotu", "iran-russia", "us-nss", "ungd-2017"), show_default=True)
def base(names: tuple[str, ...]) -> None:
    """Train and measure the shipped base model on the labels of several studies (run each first)."""
    from pipeline import base as base_model

    card = base_model.build([load_study(name) for name in names])
    for row in card["quality"]:
        if "." not in row["code"]:
            click.echo(f"{row['code']:<10} F1 {row['f1']:.2f} on {row['positives']} of {row['labels']} held-out passages")


@main.group("codebook")
def codebook_group() -> None:
    """Check or show a codebook."""


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


if __name__ == "__main__":
    main()
