"""The database as one thing to hand on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock, get_ident
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from schemas.errors import Unavailable
from services.kit.engines import BUSY_S, Engines, is_outside, make_engines
from services.kit.faults import fault_point

EMITTED = "emitted"
"""Key of ``session.info``: set when the transaction holds an event to send."""
NOTIFY_CHANNEL = "piiri_outbox"


class StoreUnavailable(Unavailable):
    """The database did not answer."""

    code = "store-unavailable"


class Store:
    """
    One database: SQLite by ``sqlite:///FILE`` or PostgreSQL by ``postgresql+psycopg://…``.

    Rows of a finished transaction stay readable, since nothing expires at commit.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._engines: Engines = make_engines(url)
        self._turn = Lock()
        self._owner: int | None = None
        self._wakers: list[Callable[[], None]] = []

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a file of this computer."""
        return self._engines.writer.dialect.name == "sqlite"

    @property
    def path(self) -> Path | None:
        """The file of an SQLite database."""
        name = self._engines.writer.url.database
        return Path(name) if self.is_sqlite and name else None

    @contextmanager
    def begin(self, place: str = "store") -> Iterator[Session]:
        """
        Open a write transaction; it commits where the block ends, and undoes on an error.

        Raises
        ------
        StoreUnavailable
            When the database cannot be reached, or stays locked by another process.
        """
        with self._alone(), self._translated(), self._session(self._engines.writer) as session:
            yield session
            session.flush()
            self._notify(session)
            fault_point(f"{place}.before_commit")
            session.commit()
        fault_point(f"{place}.after_commit")
        if session.info.get(EMITTED):
            self.wake()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a transaction that only reads; the database refuses anything else."""
        with self._translated(), self._session(self._engines.reader) as session:
            yield session

    def on_emitted(self, waker: Callable[[], None]) -> None:
        """Call back, in the committing thread, after each commit that holds an event."""
        self._wakers.append(waker)

    def wake(self) -> None:
        """Tell everyone who waits that there is something to send."""
        for waker in tuple(self._wakers):
            waker()

    def upgrade(self) -> None:
        """Bring the tables to this version of the product."""
        from services.migrations.upgrade import upgrade  # imports every table, so not at the top

        with self._translated():
            upgrade(self._engines.writer)

    def drift(self) -> list[Any]:
        """List what the tables lack, or have beyond this version of the product."""
        from services.migrations.upgrade import drift  # imports every table, so not at the top

        with self._translated():
            return drift(self._engines.reader)

    def close(self) -> None:
        """Close every connection."""
        self._engines.dispose()

    @staticmethod
    def _session(engine: Engine) -> Session:
        return Session(engine, expire_on_commit=False)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """
        Let SQLite's writers of this process in one at a time.

        A lock wakes the next writer at once; SQLite's own busy handler sleeps and polls.
        """
        if not self.is_sqlite:
            yield
            return
        if self._owner == get_ident():
            raise RuntimeError("this thread has a transaction open already; hand its session on")
        if not self._turn.acquire(timeout=BUSY_S):
            raise StoreUnavailable(f"locked for {BUSY_S} s by another writer of this process")
        self._owner = get_ident()
        try:
            yield
        finally:
            self._owner = None
            self._turn.release()

    @staticmethod
    @contextmanager
    def _translated() -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            if is_outside(error):
                raise StoreUnavailable(type(error.orig).__name__) from error
            raise

    def _notify(self, session: Session) -> None:
        if session.info.get(EMITTED) and not self.is_sqlite:
            session.connection().execute(text(f"NOTIFY {NOTIFY_CHANNEL}"))
