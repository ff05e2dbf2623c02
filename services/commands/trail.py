"""``piiri trail``: who decided what about proposals and groups."""

import json
from datetime import datetime
from typing import Annotated

import typer

from services.commands.place import DataOption, opened, refusing, settings_of
from services.groups.trail import trail as decisions
from services.kit.days import start_of


def trail(
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="From this day on, in Finland; else everything."),
    ] = None,
    data: DataOption = None,
) -> None:
    """
    Print who decided what about proposals and groups, and when, a JSON object a line.

    People, units' challenges, proposals and groups are told by their keys, never by name.
    """
    moment = start_of(since.date()) if since is not None else None
    with refusing(), opened(settings_of(data)) as store, store.read() as session:
        for row in decisions(session, moment):
            typer.echo(json.dumps(row, ensure_ascii=False))
