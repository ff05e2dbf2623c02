"""When to look again: one glance at the store for every live page of this process."""

import asyncio
import time
from collections.abc import AsyncIterator
from threading import Lock

from sqlalchemy import func, select

from schemas.errors import Unavailable
from services.kit.inbox import INBOX
from services.kit.outbox import OUTBOX
from services.kit.store import Store

GLANCE_S = 0.25
"""Between two glances; a page shows what happened at most this much later."""
PATIENCE_S = 10.0
"""A page looks by itself this often: rows may change with no event to tell of it."""

_LAST = select(
    select(func.max(OUTBOX.c.seq)).scalar_subquery(),
    select(func.max(INBOX.c.heard_at)).scalar_subquery(),
)
"""Whatever any process does either announces something or answers an announcement."""


class Changes:
    """
    Counts what changed, as far as a glance at the outbox and the inbox can tell.

    However many pages are open, the store is asked once every ``glance_s``, and no connection
    is held in between.
    """

    def __init__(self, store: Store, glance_s: float = GLANCE_S) -> None:
        self.store = store
        self.closed = False
        self._glance_s = glance_s
        self._lock = Lock()
        self._number, self._due = 0, 0.0
        self._last: tuple[object, ...] = ()

    def close(self) -> None:
        """Let every live page end, so that the server can stop."""
        self.closed = True

    def number(self) -> int:
        """Return a number that is another one when something changed."""
        with self._lock:
            if time.monotonic() >= self._due:
                self._look()
                self._due = time.monotonic() + self._glance_s
            return self._number

    def _look(self) -> None:
        with self.store.read() as session:
            found = tuple(session.connection().execute(_LAST).one())
        if found != self._last:
            self._number, self._last = self._number + 1, found

    async def each(self) -> AsyncIterator[int]:
        """Come back at once, after each change and now and then, until closed."""
        seen, latest = -1, 0.0
        while not self.closed:
            try:
                number = await asyncio.to_thread(self.number)
            except Unavailable:
                number = seen  # the database comes back, and then there is something to see
            if number != seen or time.monotonic() - latest > PATIENCE_S:
                seen, latest = number, time.monotonic()
                yield number
            await asyncio.sleep(self._glance_s)
