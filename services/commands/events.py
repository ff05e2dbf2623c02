"""``piiri events``: follow the stream, look at what was parked, play it again."""

import asyncio
import json
from dataclasses import asdict
from typing import Annotated

import typer
from nats.errors import Error as NatsError

from schemas.errors import Unavailable
from services.commands.place import (
    DataOption,
    DemoNotRunning,
    JsonOption,
    opened,
    refusing,
    settings_of,
)
from services.kit import parking
from services.kit.connection import Link, connect
from services.kit.settings import Settings
from services.kit.tail import tail as follow

app = typer.Typer(help="The stream of events.", no_args_is_help=True)

NOTHING = "nothing is parked"
PATIENCE_S = 10.0


class StreamUnavailable(Unavailable):
    """nats-server does not answer."""

    code = "stream-unavailable"


@app.command()
def tail(
    data: DataOption = None,
    types: Annotated[
        str, typer.Option(help="Only types that match, as in 'piiri.groups.*'.")
    ] = "*",
    last: Annotated[int, typer.Option(min=0, help="Begin with so many of the latest.")] = 20,
    once: Annotated[bool, typer.Option("--once", help="End after the latest.")] = False,
    as_json: JsonOption = False,
) -> None:
    """
    Follow the events, one line each: time, number, what happened, to whom, what caused it.

    The words of a challenge are not shown. Ctrl-C ends.
    """
    with refusing():
        settings = settings_of(data)
        if not settings.nats_url:
            raise DemoNotRunning(f"start it with `piiri demo --data {data}`")
        asyncio.run(_tail(settings, types, last, once=once, as_json=as_json))


@app.command()
def parked(data: DataOption = None, as_json: JsonOption = False) -> None:
    """
    List the events that a consumer could not handle, with the reason.

    A parked event holds up nobody. Mend what the reason names, then `piiri events replay`.
    """
    with refusing(), opened(settings_of(data)) as store:
        found = parking.parked(store)
    for one in found:
        shown = asdict(one)
        typer.echo(json.dumps(shown, default=str) if as_json else _line(one))
    if not found and not as_json:
        typer.echo(NOTHING)


@app.command()
def replay(
    data: DataOption = None,
    consumer: Annotated[str, typer.Option(help="Only this consumer's, as in groups-v1.")] = "",
    event: Annotated[str, typer.Option(help="Only the event of this id.")] = "",
    as_json: JsonOption = False,
) -> None:
    """
    Play parked events again, for the consumer that could not handle them and no other.

    They travel the normal way, after what is waiting. One that fails again is parked again.
    """
    with refusing(), opened(settings_of(data)) as store:
        played = parking.replay(store, [event] if event else [], consumer=consumer or None)
    for one in played:
        typer.echo(json.dumps(asdict(one), default=str) if as_json else _line(one))
    if not as_json:
        typer.echo(f"{len(played)} to be played again")


async def _tail(settings: Settings, types: str, last: int, *, once: bool, as_json: bool) -> None:
    link = Link("tail")
    try:
        client = await asyncio.wait_for(connect(settings, link), PATIENCE_S)
    except (NatsError, OSError, TimeoutError) as error:
        raise StreamUnavailable from error
    try:
        async for told in follow(client, last=last, follow=not once, types=types):
            typer.echo(told.json() if as_json else told.line())
    finally:
        link.closing = True
        await client.close()


def _line(one: parking.Parked) -> str:
    return (
        f"{one.parked_at:%Y-%m-%d %H:%M}  {one.consumer:<14} {one.subject:<44} "
        f"{one.event_id}  {one.reason}"
    )
