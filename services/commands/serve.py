"""``piiri demo``, ``piiri web`` and ``piiri worker``: processes that run until stopped."""

import asyncio
import os
import signal
from pathlib import Path
from typing import Annotated

import typer

from services.access.actions import mark_installation
from services.commands.place import refusing
from services.kit.health import SILENCE_S, Heartbeat
from services.kit.logs import set_up
from services.kit.settings import Settings
from services.kit.store import Store
from services.worker import CONTEXTS, run_worker


def demo(
    data: Annotated[
        Path, typer.Option(help="Folder for everything that is kept; made when missing.")
    ] = Path("var/demo"),
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port of the web pages; 0 means any free one.")
    ] = 8000,
) -> None:
    """
    Start everything on this computer, with sample data, and print the address.

    A nats-server, an SQLite database, the web pages and the worker run in one process tree,
    reachable from this computer only. Anyone may choose a role there, so it is no place for
    real data. PIIRI_NATS_URL and PIIRI_DATABASE_URL point it to servers of your own instead.

    The first line that begins with "ready " names the address. Ctrl-C or SIGTERM stops it;
    the next start with the same folder goes on where it stopped.
    """
    from services.demo.run import run_demo  # the web's imports are not for every command

    with refusing():
        settings = Settings.for_demo(os.environ, data_dir=data, port=port)
        set_up("WARNING")
        run_demo(settings, _say)


def web() -> None:
    """
    Serve the pages and the HTTP API.

    Reads the PIIRI_* variables; `piiri doctor` says what is missing. Run as many as the load
    asks for; one `piiri worker` at least does what happens after the answer.
    """
    from services.web import serve_web, web_server  # the web's imports are not for every command

    with refusing():
        settings, store = _production()
        web_server(serve_web(settings, store)).run()


def worker(
    only: Annotated[
        list[str] | None,
        typer.Option(help=f"Do the work of one context; may be repeated. {', '.join(CONTEXTS)}."),
    ] = None,
) -> None:
    """
    Do what happens after the answer: send events, match, propose, write letters.

    Without --only it does all of it. A second worker may run beside: one relay sends, one
    matcher is active, one sends the letters, and the other takes over when it ends.
    """
    with refusing():
        settings, store = _production()
        asyncio.run(_work(settings, store, only or []))


async def _work(
    settings: Settings, store: Store, only: list[str], silence_s: float = SILENCE_S
) -> None:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    heart = Heartbeat(silence_s)  # nobody asks a worker how it is: it has no port
    heart.start()
    try:
        await run_worker(settings, store, only, stop)
    finally:
        heart.stop()


def _production() -> tuple[Settings, Store]:
    settings = Settings.from_env(os.environ)
    set_up(settings.log_level)
    store = Store(settings.database_url)
    with store.begin() as session:
        mark_installation(session, "production")
    return settings, store


def _say(line: str) -> None:
    typer.echo(line)
