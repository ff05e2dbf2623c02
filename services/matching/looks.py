"""Looks at everybody, searched in a thread of their own while rounds go on."""

import logging
from collections.abc import Callable
from functools import partial
from threading import Event, Thread

from matcher.pool import Pool
from matcher.told import Proposed
from schemas.errors import Unavailable
from services.matching.rounds import Rounds

log = logging.getLogger("piiri.matching")


class Looks:
    """
    One look at a time at all that is in the warm pool, beside its rounds.

    What a look finds is taken up in between two rounds, as far as it still holds. After
    ``stop`` nothing is taken up any more: whoever leads next looks for itself.
    """

    def __init__(self, rounds: Rounds) -> None:
        self._rounds, self._warm = rounds, rounds.warm
        self._stopped = Event()
        self._thread: Thread | None = None
        """The look that is searched, or was last."""
        self._failed_at: int | None = None
        """Rounds that had taken something in when the last look broke off."""

    def is_due(self, *, quiet: bool) -> bool:
        """Whether everybody is to be looked at: in quiet, or when so much has changed as it is."""
        with self._warm.working:
            pool = self._warm.present
            return pool is not None and (pool.is_due or (quiet and pool.restless))

    def begin(self) -> None:
        """Begin to look at everybody, unless one looks; what failed waits for a change."""
        if self._failed_at == self._rounds.done or self.is_searched:
            return
        self._thread = Thread(target=self._search, name="matching-look", daemon=True)
        self._thread.start()

    @property
    def is_searched(self) -> bool:
        """Whether a look is searched now."""
        return self._thread is not None and self._thread.is_alive()

    def stop(self) -> None:
        """
        Take up no look any more, once what one tells now is told.

        A search goes on to no end until the process ends: it cannot be broken off, and nobody
        waits for it.
        """
        self._stopped.set()
        with self._warm.working:
            pass

    def _search(self) -> None:
        try:
            self.improve()
        except Unavailable as error:
            log.warning("a look at everybody is put off: %s", error)
        except Exception:
            if self._stopped.is_set():  # a process that ends starts no threads, a search does
                return
            self._failed_at = self._rounds.done
            log.exception("a look at everybody failed")

    def improve(self) -> bool:
        """
        Look at everybody once more, nothing being pending; True when better groups were told.

        Rounds go on while it is searched, and what it finds is taken up as far as it holds by
        then; a fault in the search leaves the pool as it was.
        """
        with self._warm.working:
            if self._stopped.is_set():
                return False
            pool = self._warm.pool()
            if not pool.restless or self._rounds.must_tell_everybody(pool):
                return False
            look = pool.look()
            if look is None:  # changes wait that only a round of everybody can take in
                return self._take_up(pool, partial(pool.propose, whole=True))
        looked = look.search()
        with self._warm.working:
            if self._stopped.is_set() or not self._warm.is_still(pool):
                return False  # of a pool that is no more, or is nobody's to tell of
            return self._take_up(pool, partial(pool.take_up, looked))

    def _take_up(self, pool: Pool, found_of: Callable[[], Proposed]) -> bool:
        """Tell what a look came to; the pool is thrown away when that is not told to the end."""
        try:
            found = found_of()
            self._rounds.tell_of_everybody(pool, found)
        except Exception:
            self._warm.cool()
            raise
        self._warm.publish(pool)
        return bool(found.changed or found.lapsed)
