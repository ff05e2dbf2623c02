"""SQLAlchemy engines with the settings that durability asks for."""

from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from sqlite3 import Error as SqliteError

import psycopg
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

BUSY_S = 10
"""How long a writer waits for another to finish."""
SQLITE_OUTSIDE = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_IOERR", "SQLITE_FULL", "SQLITE_CANTOPEN")
"""What SQLite says when the file, not the statement, is the trouble."""


@dataclass(frozen=True)
class Engines:
    """One engine for what changes rows, one that can only read."""

    writer: Engine
    reader: Engine

    def dispose(self) -> None:
        """Close the pools."""
        self.writer.dispose()
        self.reader.dispose()


def make_engines(url: str) -> Engines:
    """
    Make the engines of a database.

    Raises
    ------
    ValueError
        When the address is neither an SQLite file nor PostgreSQL through psycopg.
    """
    parsed = make_url(url)
    if parsed.drivername == "sqlite" and parsed.database not in (None, "", ":memory:"):
        Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
        return Engines(_sqlite(url, "BEGIN IMMEDIATE"), _sqlite(url, "BEGIN"))
    if parsed.drivername == "postgresql+psycopg":
        writer = create_engine(
            url, pool_pre_ping=True, pool_size=10, max_overflow=20, hide_parameters=True
        )
        return Engines(writer, writer.execution_options(postgresql_readonly=True))
    shown = parsed.render_as_string(hide_password=True)
    raise ValueError(f"a store is sqlite:///FILE or postgresql+psycopg://…, got {shown!r}")


def _sqlite(url: str, begin: str) -> Engine:
    engine = create_engine(
        url, poolclass=QueuePool, pool_size=5, max_overflow=40, hide_parameters=True
    )
    reads_only = begin == "BEGIN"

    @event.listens_for(engine, "connect")
    def prepare(connection: SqliteConnection, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # SQLAlchemy's begin below decides, not the driver
        connection.execute(f"PRAGMA busy_timeout = {BUSY_S * 1000}")
        connection.execute("PRAGMA journal_mode = WAL")
        # NORMAL lost hundreds of commits in a power cut, FULL none.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA query_only = {int(reads_only)}")

    @event.listens_for(engine, "begin")
    def open_transaction(connection: Connection) -> None:
        # A deferred transaction that turns into a writer fails at once when another wrote first.
        connection.exec_driver_sql(begin)

    return engine


def is_outside(error: DBAPIError) -> bool:
    """Whether the database, not the statement, is to blame, so that later may do."""
    if error.connection_invalidated:
        return True
    cause = error.orig
    if isinstance(cause, SqliteError):
        return str(getattr(cause, "sqlite_errorname", "")).startswith(SQLITE_OUTSIDE)
    return isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError)
