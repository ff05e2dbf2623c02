"""One active instance of something, another ready to take over, by a row of the database."""

import logging
import os
import socket
import time
from datetime import UTC, datetime, timedelta
from secrets import token_hex
from threading import Event, Thread

from sqlalchemy import func
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from schemas.errors import Unavailable
from services.kit.store import Store
from services.kit.tables import LeaseRow

log = logging.getLogger("piiri.lease")

TTL_S = 6.0
RENEW_S = 2.0


class LeaseLost(Unavailable):
    """Another instance leads now."""

    code = "lease-lost"


class Lease:
    """
    The right to be the active instance, for a time that is renewed.

    Each taking has a higher ``epoch``; an instance that renews too late, and finds that nobody
    took over, keeps its own. Work done under a lease calls ``check`` in its own
    transaction: an instance that slept through its time cannot commit (fencing).

    Parameters
    ----------
    store
        The database all instances share; its clock counts.
    name
        What is led, ``matching``.
    ttl_s, renew_s
        How long a silent instance stays active, and how often it speaks.
    """

    def __init__(
        self,
        store: Store,
        name: str,
        *,
        ttl_s: float = TTL_S,
        renew_s: float = RENEW_S,
        holder: str | None = None,
    ) -> None:
        if not 0 < renew_s < ttl_s:
            raise ValueError(f"a lease is renewed within its time, got {renew_s} of {ttl_s} s")
        self.name = name
        self.holder = holder or f"{socket.gethostname()}:{os.getpid()}:{token_hex(4)}"
        self._store = store
        self._ttl_s, self._renew_s = ttl_s, renew_s
        self._epoch: int | None = None
        self._until = 0.0
        self._stopping = Event()
        self._keeper: Thread | None = None

    @property
    def epoch(self) -> int | None:
        """The number of our taking while we lead, else None."""
        return self._epoch if time.monotonic() < self._until else None

    def held(self) -> bool:
        """Whether we lead, as far as our own clock can tell; a gate for ``Subscribers``."""
        return self.epoch is not None

    def try_take(self) -> int | None:
        """Take or renew the lease; return its epoch, or None while another leads."""
        asked = time.monotonic()
        try:
            with self._store.begin() as session:
                epoch = self._take(session)
        except IntegrityError:
            epoch = None  # another instance wrote the first row at this moment
        self._epoch = epoch
        self._until = asked + self._ttl_s if epoch is not None else 0.0
        return epoch

    def renew(self) -> bool:
        """Speak again; False when another leads."""
        return self.try_take() is not None

    def release(self) -> None:
        """Let the next one take over at once."""
        self._epoch, self._until = None, 0.0
        with self._store.begin() as session:
            row = session.get(LeaseRow, self.name, with_for_update=True)
            if row and row.holder == self.holder:
                row.holder, row.expires_at = "", _now(session)
                session.add(row)

    def check(self, session: Session, epoch: int | None) -> None:
        """
        Make sure, inside the transaction of the work, that nobody took over.

        The row stays locked until the transaction ends, so that nobody can in between.

        Raises
        ------
        LeaseLost
            When this instance does not hold the lease under that epoch any more.
        """
        of_name = select(LeaseRow).where(LeaseRow.name == self.name)
        row = session.exec(of_name.with_for_update(read=True)).one_or_none()
        if epoch is None or row is None or (row.holder, row.epoch) != (self.holder, epoch):
            raise LeaseLost(self.name)

    def keep(self) -> None:
        """Take and renew in a thread, until ``stop``."""
        self._stopping.clear()
        self._keeper = Thread(target=self._keep, name=f"lease-{self.name}", daemon=True)
        self._keeper.start()

    def stop(self) -> None:
        """Stop renewing, and release."""
        self._stopping.set()
        if self._keeper:
            self._keeper.join()
        if self.held():
            self.release()

    def _keep(self) -> None:
        led = False
        while True:
            try:
                self.try_take()
            except Unavailable as error:
                log.warning("lease %s: %s", self.name, error)
            if self.held() != led:
                led = not led
                log.info("lease %s: %s", self.name, "we lead" if led else "another leads")
            if self._stopping.wait(self._renew_s):
                return

    def _take(self, session: Session) -> int | None:
        now = _now(session)
        expires = now + timedelta(seconds=self._ttl_s)
        row = session.get(LeaseRow, self.name, with_for_update=True)
        if row is None:
            row = LeaseRow(name=self.name, holder=self.holder, epoch=1, expires_at=expires)
        elif row.holder == self.holder:
            # Late or not, nobody led in between: what we know in memory still holds.
            row.expires_at = expires
        elif row.expires_at > now:
            return None
        else:
            row.holder, row.epoch, row.expires_at = self.holder, row.epoch + 1, expires
        session.add(row)
        session.flush()
        return row.epoch


def _now(session: Session) -> datetime:
    """The clock all instances share: PostgreSQL's, or this computer's for a file on it."""
    if session.connection().dialect.name == "sqlite":
        return datetime.now(UTC)
    moment = session.exec(select(func.clock_timestamp())).one()
    assert isinstance(moment, datetime)  # noqa: S101  # narrows the type
    return moment
