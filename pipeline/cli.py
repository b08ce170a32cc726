"""The program `policycode`: thin commands over the library; the only place that prints or exits."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from pipeline import __version__, problems, store
from pipeline.cli_code import code
from pipeline.cli_codebook import codebook_group
from pipeline.cli_export import export
from pipeline.cli_import import import_command
from pipeline.cli_label import label
from pipeline.cli_options import existing, recorded_source, source_option, study_option
from pipeline.cli_reproduce import reproduce
from pipeline.cli_verdict import compare, register
from pipeline.config import Study, load_study
from pipeline.errors import PipelineError, UsageError
from pipeline.progress import bar
from pipeline.runner import locked, record, run_all, run_stage, up_to_date
from pipeline.stages import STAGES, Stage

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


def one_stage(item: Stage) -> click.Command:
    """The command of a stage."""

    @study_option
    def command(study: str, source: Path | None = None) -> None:
        loaded = load_study(study)
        with locked(loaded):
            click.echo(f"{item.name:<12} {run_stage(item, loaded, recorded_source(loaded, source), bar)}")
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
    click.echo(click.wrap_text(found["registration"]["words"], 100, "  ", "    "))
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


COMMANDS = (code, codebook_group, compare, export, import_command, label, register, reproduce)
for command in COMMANDS:
    main.add_command(command)


if __name__ == "__main__":
    main()
