"""The warm pool of one instance: read when it is needed, and what questions are answered from."""

import logging
from threading import RLock

from matcher.answers import Answers
from matcher.params import GroupRules
from matcher.pool import Pool
from matcher.text.encoders import Encoder
from services.kit.lease import Lease
from services.kit.memory import settle_memory
from services.kit.store import Store
from services.matching.encoding import Encoding, name_of
from services.matching.warming import warm

log = logging.getLogger("piiri.matching")


class WarmPool:
    """
    The pool under the epoch that we lead in, and a copy of it that questions are answered from.

    It is memory, not truth: it is read from the store when first needed, and thrown away when
    a round fails or another instance led meanwhile. A round may take seconds, and nobody waits
    for it: questions are answered from the pool as the last round left it.
    """

    def __init__(self, store: Store, lease: Lease, rules: GroupRules, encoding: Encoding) -> None:
        self._store, self._lease = store, lease
        self._rules, self._encoding = rules, encoding
        self.working = RLock()
        """Held while the pool is read or changed, for as long as a round takes."""
        self.epoch: int | None = None
        """The epoch that the pool was read under."""
        self.is_fresh = True
        """Whether the pool was read anew since a round told of it."""
        self.present: Pool | None = None
        """The pool, under whatever epoch; None where it is to be read."""
        self._asked: tuple[Answers, int | None] | None = None
        """What questions are answered from, and the epoch of the pool that it was."""

    def pool(self) -> Pool:
        """Return the warm pool, read from the store where it is not; nobody else may use it."""
        if self.present is None or self.epoch != self._lease.epoch:
            self.epoch = self._lease.epoch
            with self._store.read() as session:
                encoder, outside = self._encoding.for_pool(session)
                self.present = warm(session, self._rules, encoder, outside)
            self.is_fresh = True
            count, name = len(self.present), name_of(encoder)
            log.info("the pool is warm: %d challenges, encoder %s", count, name)
            self.publish(self.present)
            settle_memory()
        return self.present

    def is_still(self, pool: Pool) -> bool:
        """Whether a pool is the present one, and nobody else led since it was read."""
        return self.present is pool and self.epoch == self._lease.epoch

    def cool(self) -> None:
        """Throw the pool away; questions are answered from what it was until it is read anew."""
        with self.working:
            self.present = None

    # What can be asked.

    def publish(self, pool: Pool) -> None:
        """Answer questions from the pool as it is now."""
        self._asked = pool.asked(), self.epoch

    def asked(self, patience_s: float) -> Answers | None:
        """
        Return what can be asked now; None when the pool is being read for longer than this.

        Only under a new epoch, and at the start, is there nothing that a round left.
        """
        if (now := self._of_this_epoch()) is not None:
            return now
        if not self.working.acquire(timeout=patience_s):
            return None
        try:
            self.pool()
            return self._of_this_epoch()
        finally:
            self.working.release()

    def _of_this_epoch(self) -> Answers | None:
        asked = self._asked
        return asked[0] if asked is not None and asked[1] == self._lease.epoch else None

    @property
    def is_read(self) -> bool:
        """Whether the pool was ever read, so that questions are answered at once."""
        return self._asked is not None

    @property
    def encoder(self) -> Encoder | None:
        """What questions are answered with, apart from the built-in encoder."""
        return self._asked[0].encoder if self._asked is not None else None
