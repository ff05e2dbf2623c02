"""``piiri access key``: keys with which other systems call the HTTP interface."""

import json
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from schemas.people import Role
from services.api.keys import keys, make_key, revoke_key
from services.api.tables import ApiKey
from services.commands.place import DataOption, JsonOption, opened, refusing, settings_of
from services.directory import queries as directory

key = typer.Typer(no_args_is_help=True, help="Keys with which other systems call /api/v1.")


@key.command()
def make(
    system: Annotated[str, typer.Argument(help="Name of the system, never of a person.")],
    role: Annotated[
        Role, typer.Option(help="unit_member for one unit's own system, admin for the centre's.")
    ],
    unit: Annotated[str, typer.Option(help="Key of the unit, for unit_member.")] = "",
    agent: Annotated[str, typer.Option(help="Key of the agent, for agent.")] = "",
    write: Annotated[bool, typer.Option("--write", help="Let it change things.")] = False,
    days: Annotated[int, typer.Option(min=1, max=3650, help="How long it works.")] = 365,
    data: DataOption = None,
) -> None:
    """
    Make a key and show it, this once: only its digest is kept.

    The system sends it as `Authorization: Bearer piiri_…`. Anybody who has it may do what
    its role may, so keep it where secrets are kept.
    """
    with refusing(), opened(settings_of(data)) as store, store.begin() as session:
        if unit:
            directory.unit(session, unit)
        if agent:
            directory.agent(session, agent)
        made = make_key(
            session,
            system,
            role,
            unit_id=unit,
            agent_id=agent,
            may_write=write,
            life=timedelta(days=days),
        )
    typer.echo(made)


@key.command("list")
def list_keys(data: DataOption = None, as_json: JsonOption = False) -> None:
    """List the keys there are by their prefix, with role, end and last use."""
    with refusing(), opened(settings_of(data)) as store, store.read() as session:
        found = [_told(row, datetime.now(UTC)) for row in keys(session)]
    if as_json:
        typer.echo(json.dumps(found))
        return
    table = Table(*(name.replace("_", " ") for name in found[0])) if found else Table("no keys")
    for row in found:
        table.add_row(*(str(value) for value in row.values()))
    Console().print(table)


@key.command()
def revoke(
    prefix: Annotated[str, typer.Argument(help="The eight characters after piiri_.")],
    data: DataOption = None,
) -> None:
    """End a key at once."""
    with refusing(), opened(settings_of(data)) as store, store.begin() as session:
        revoke_key(session, prefix)
    typer.echo(f"{prefix} opens nothing any more")


def _told(row: ApiKey, now: datetime) -> dict[str, Any]:
    return {
        "prefix": row.prefix,
        "system": row.system,
        "role": row.role,
        "for": row.unit_id or row.agent_id,
        "may_write": row.may_write,
        "state": "works" if row.works(now) else "revoked" if row.revoked_at else "expired",
        "expires": row.expires_at.date().isoformat(),
        "last_used": row.used_at.date().isoformat() if row.used_at else "",
    }
