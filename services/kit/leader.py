"""One active relay per database: a lock that dies with its holder."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

import psycopg
from sqlalchemy import make_url

from services.kit.locks import hold_file
from services.kit.store import NOTIFY_CHANNEL, Store, StoreUnavailable

RETRY_S = 1.0
RELAY_LOCK = 7_301_984
"""A number of our own for PostgreSQL's advisory lock."""


class Leader(Protocol):
    """The right to publish."""

    async def still(self) -> bool:
        """Whether we hold it; asked before each load."""


@asynccontextmanager
async def leader_of(store: Store, wake: asyncio.Event) -> AsyncIterator[Leader]:
    """Wait until we are the one relay of the database; it ends with the block."""
    if store.is_sqlite:
        async with _file_leader(store) as leader:
            yield leader
    else:
        async with _postgres_leader(store.url, wake) as leader:
            yield leader


class _FileLeader:
    async def still(self) -> bool:
        return True  # the lock is given back by our death only


@asynccontextmanager
async def _file_leader(store: Store) -> AsyncIterator[Leader]:
    assert store.path  # noqa: S101  # SQLite is always a file
    path = store.path.with_name(f"{store.path.name}.relay")
    while (file := hold_file(path)) is None:  # noqa: ASYNC110  # another process frees it
        await asyncio.sleep(RETRY_S)
    try:
        yield _FileLeader()
    finally:
        file.close()


class _PostgresLeader:
    """Holds the lock by a connection, and is woken through it by ``NOTIFY``."""

    def __init__(self, connection: psycopg.AsyncConnection) -> None:
        self._connection = connection
        self.listening: asyncio.Task[None] | None = None

    async def still(self) -> bool:
        return self.listening is not None and not self.listening.done()

    async def listen(self, wake: asyncio.Event) -> None:
        """Wake the relay at each commit elsewhere; ends when the connection does."""
        async for _ in self._connection.notifies():
            wake.set()


@asynccontextmanager
async def _postgres_leader(url: str, wake: asyncio.Event) -> AsyncIterator[Leader]:
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        connection = await psycopg.AsyncConnection.connect(
            # A lost link is noticed within seconds, as on the server's side.
            f"{address}{'&' if '?' in address else '?'}keepalives_idle=5&keepalives_interval=2"
            "&keepalives_count=3",
            autocommit=True,
        )
    except psycopg.OperationalError as error:
        raise StoreUnavailable(type(error).__name__) from error
    leader = _PostgresLeader(connection)
    try:
        while not await _try_lock(connection):  # noqa: ASYNC110  # as above
            await asyncio.sleep(RETRY_S)
        await connection.execute(f"LISTEN {NOTIFY_CHANNEL}".encode())
        leader.listening = asyncio.create_task(leader.listen(wake))
        yield leader
    except psycopg.OperationalError as error:
        raise StoreUnavailable(type(error).__name__) from error
    finally:
        if leader.listening:
            leader.listening.cancel()
            with contextlib.suppress(asyncio.CancelledError, psycopg.Error):
                await leader.listening
        await connection.close()


async def _try_lock(connection: psycopg.AsyncConnection) -> bool:
    cursor = await connection.execute("SELECT pg_try_advisory_lock(%s)", (RELAY_LOCK,))
    row = await cursor.fetchone()
    return bool(row and row[0])
