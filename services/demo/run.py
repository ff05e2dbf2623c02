"""One process that is the whole product: NATS, SQLite, web and worker, with sample data."""

import asyncio
import logging
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from schemas.errors import Conflict, Unavailable
from services.access.actions import mark_installation
from services.challenges.queries import count_open
from services.demo.folder import told_to_others
from services.demo.samples import load_samples
from services.demo.vectors import plant_sample_vectors
from services.groups.queries import count as count_groups
from services.kit.backbone import Backbone
from services.kit.locks import hold_file
from services.kit.nats_server import NatsServer
from services.kit.outbox import backlog
from services.kit.settings import Settings
from services.kit.store import Store
from services.matching.queries import count_told, is_up_to_date
from services.web import make_web, web_server
from services.worker import Worker

log = logging.getLogger("piiri.demo")

Say = Callable[[str], None]

DRAIN_S = 5.0
"""How long a stop waits for events to leave; what is left leaves at the next start."""


class DemoRunsAlready(Conflict):
    """Another demonstration uses this folder."""

    code = "demo-runs-already"


class PortTaken(Unavailable):
    """The port is in use; choose another with --port, or 0 for any free one."""

    code = "port-taken"


def run_demo(settings: Settings, say: Say) -> None:
    """
    Run until Ctrl-C or SIGTERM.

    Raises
    ------
    DemoRunsAlready, PortTaken
        When the folder or the port is in use.
    """
    folder = settings.data_dir or Path("var/demo")
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        held = hold_file(folder / "demo.lock", wait_s=0)
        if held is None:
            raise DemoRunsAlready(folder)
        stack.callback(held.close)
        listener = stack.enter_context(_listening(settings.host, settings.port))
        port = listener.getsockname()[1]
        ours = settings.model_copy(
            update={"port": port, "base_url": f"http://{settings.host}:{port}"}
        )
        if not ours.nats_url:
            say("Starting nats-server")
            server = stack.enter_context(NatsServer(folder / "nats", ours.nats_server))
            ours = ours.model_copy(update={"nats_url": server.url})
        store = Store(ours.database_url)
        stack.callback(store.close)
        store.upgrade()
        with store.begin() as session:
            mark_installation(session, "demo")
            plant_sample_vectors(session)
        stack.enter_context(told_to_others(folder, ours))
        asyncio.run(_serve(ours, store, listener, say))
        say("Stopped; nothing is lost, the next start goes on from here.")


async def _serve(settings: Settings, store: Store, listener: socket.socket, say: Say) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    worker = Worker(settings, store)
    backbone = Backbone(
        settings,
        store,
        worker.subscribers,
        worker.questions,
        part="demo",
        relay=True,
        exclusive=True,
        on_lost=stop.set,
    )
    if not await backbone.start_unless(stop):
        await backbone.stop()
        return
    worker.start()
    # Signals are ours: the worker and NATS stop in order after the web.
    web = web_server(make_web(settings, store, backbone.asker), own_signals=False)
    serving = asyncio.create_task(web.serve(sockets=[listener]))
    loading = asyncio.create_task(_load(settings, store, worker, say, stop))
    try:
        await asyncio.wait(
            [serving, asyncio.create_task(stop.wait())], return_when=asyncio.FIRST_COMPLETED
        )
    finally:
        say("Stopping")
        stop.set()
        web.should_exit = True
        await asyncio.gather(serving, loading, return_exceptions=True)
        await _drain(store)
        await worker.stop()
        await backbone.stop()


async def _load(
    settings: Settings, store: Store, worker: Worker, say: Say, stop: asyncio.Event
) -> None:
    def progress(what: str, done: int, total: int) -> None:
        if stop.is_set():
            raise InterruptedError
        say(f"Loading {what}: {done} of {total}")

    try:
        new = await asyncio.to_thread(load_samples, store, progress)
    except InterruptedError:
        return
    except Exception:  # nobody waits for this task, and a demonstration without data is none
        log.exception("the sample data could not be loaded")
        stop.set()
        return
    if new:
        say("Matching the sample challenges")
    if await _until(lambda: _matched(store, worker), stop):
        with store.read() as session:
            say(f"Proposed groups: {count_groups(session)[0]}")
    else:
        say("Matching takes longer here; the groups appear by themselves")
    say(f"ready {settings.base_url}/")
    for line in TRY:
        say(line.format(url=settings.base_url, letters=settings.letters_dir))


TRY = (
    "Three things to try:",
    "  1. Register a challenge as a unit and see who shares it: {url}/fi/challenges/new",
    "  2. Approve a proposed group as a facilitator: {url}/fi/proposals",
    "  3. Read the invitations and the agents' digests: {url}/fi/demo/letters",
    "Ctrl-C stops everything; the data stays.",
)


async def _until(done: Callable[[], bool], stop: asyncio.Event) -> bool:
    """Wait for a minute at most: a first look should find groups, but a look is possible."""
    for _ in range(600):
        if await asyncio.to_thread(done):
            return True
        if stop.is_set():
            break
        await asyncio.sleep(0.1)
    return False


def _matched(store: Store, worker: Worker) -> bool:
    """Whether all that was announced was heard, matched and told."""
    if worker.matching is None or not worker.matching.is_warm:
        return False
    with store.read() as session:
        if backlog(session)[0] or not is_up_to_date(session, count_open(session)):
            return False
        return count_groups(session)[0] >= count_told(session)


async def _drain(store: Store) -> None:
    """Let what was announced leave while the relay still runs."""
    for _ in range(int(DRAIN_S / 0.1)):
        with store.read() as session:
            if backlog(session)[0] == 0:
                return
        await asyncio.sleep(0.1)


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            raise PortTaken(f"{host}:{port}") from error
        yield listener
