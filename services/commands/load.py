"""``piiri load``: units and challenges from a file, with a report by row and column."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from services.commands.place import DataOption, JsonOption, opened, refusing, settings_of
from services.loading.actions import Outcome
from services.loading.load import Progress as Told
from services.loading.load import load_file
from services.loading.report import Report

FAULTY = 1
"""Exit status when the file has faults or the load broke off."""
SHOWN_FAULTS = 50
STAGES = {"check": "Trying out", "store": "Storing"}


def load(
    file: Annotated[Path, typer.Argument(help="A .csv, .xlsx or .jsonl file.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check everything, store nothing.")
    ] = False,
    partial: Annotated[
        bool, typer.Option("--partial", help="Store the sound rows of a file with faults.")
    ] = False,
    skip_unknown: Annotated[
        bool, typer.Option("--skip-unknown", help="Leave out columns with unknown headings.")
    ] = False,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """
    Load units and challenges from a file: CSV, Excel or JSON Lines.

    Columns and fields are those of docs/load.md. Every fault is told by row and column,
    with what is accepted, and nothing of a file with faults is stored unless --partial is
    given. Loading the same file again changes nothing; after a break, run it again to go on.
    """
    with refusing(), opened(settings_of(data)) as store, _progress(as_json) as told:
        report = load_file(
            store,
            file,
            dry_run=dry_run,
            partial=partial,
            skip_unknown=skip_unknown,
            progress=told,
        )
    if as_json:
        typer.echo(json.dumps(report.as_json(), ensure_ascii=False))
    else:
        _say(report, partial=partial)
    if report.fault_count:
        raise typer.Exit(FAULTY)


@contextmanager
def _progress(as_json: bool) -> Iterator[Told]:
    """Show a bar for each stage on a terminal, nothing elsewhere."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    hidden = as_json or not console.is_terminal
    with Progress(*columns, TimeRemainingColumn(), console=console, disable=hidden) as bars:
        tasks = {}

        def told(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(STAGES[stage], total=total)
            bars.update(tasks[stage], completed=done, total=total)

        yield told


def _say(report: Report, *, partial: bool) -> None:
    for fault in report.faults[:SHOWN_FAULTS]:
        print(fault, file=sys.stderr)  # noqa: T201  # the report of a command
    if report.fault_count > SHOWN_FAULTS:
        more = report.fault_count - SHOWN_FAULTS
        typer.echo(f"and {more} more; --json lists up to 1,000", err=True)
    for kind, counts in sorted(report.counts.items()):
        words = ", ".join(f"{counts[outcome]} {outcome}" for outcome in Outcome)
        typer.echo(f"{kind}s: {words}")
    typer.echo(_ending(report, partial=partial))


def _ending(report: Report, *, partial: bool) -> str:
    if report.stopped:
        return "The load broke off; what is counted above is stored. Run it again to go on."
    if report.dry_run:
        return "Tried out; nothing was stored."
    if report.fault_count and not partial:
        return "Nothing was stored: correct the faults, or store the sound rows with --partial."
    return "Stored." if report.counts else "The file holds no rows."
