"""Rounds: what is pending goes into the warm pool, what follows from it is told."""

import logging
import time
from collections.abc import Callable, Set
from dataclasses import dataclass
from functools import partial
from threading import Event, RLock, Thread

from sqlmodel import Session, col, delete, select

from matcher.answers import Answers
from matcher.params import GroupRules
from matcher.pool import Pool
from matcher.text.encoders import Encoder
from matcher.told import Proposed
from matcher.warm import warm as warm_matcher
from schemas.errors import Unavailable
from schemas.groups import Peer
from services.kit.faults import fault_point
from services.kit.lease import Lease
from services.kit.memory import settle_memory
from services.kit.store import Store
from services.matching.encoding import Encoding, name_of
from services.matching.queries import arriving, challenges_of, told_of
from services.matching.rules import manner_of
from services.matching.tables import Pending
from services.matching.telling import being_read, news_of
from services.matching.warming import obey, take_in, warm

log = logging.getLogger("piiri.matching")

AT_ONCE = 200
"""Changes that one round takes in at most, so that the first ones are told soon."""
PIECE = 20
"""Facts that are told in one transaction: less than a tenth of a second."""
IDLE_S = 5.0
"""
A round is looked for this often even when nobody wakes it; after so long without a change
everybody is looked at once more, as long as that finds better groups.
"""
PAUSE_S = 1.0


@dataclass(frozen=True)
class _Round:
    """What a round came to, with the epoch of the pool that it was made of."""

    found: Proposed
    peers: dict[str, list[Peer]]
    epoch: int | None
    pool: Pool


class Rounds:
    """
    The warm pool of one instance, and the thread that keeps it up.

    A round may take seconds, and nobody waits for it: questions are answered from the pool as
    the last round left it. A look at everybody is searched in a thread of its own, and rounds go
    on beside it. The pool is memory, not truth: it is read from the store when first
    needed, and thrown away when a round fails or another instance led meanwhile. Matching
    happens outside any transaction; what follows from it is told in short ones, the last of
    which deletes what was pending, and which a lost lease forbids.
    """

    def __init__(
        self, store: Store, lease: Lease, rules: GroupRules, encoder: Encoder | None = None
    ) -> None:
        self._store, self._lease, self._rules = store, lease, rules
        self._encoding = Encoding(store, encoder, manner_of(rules))
        self._working = RLock()
        """Held while the pool is read or changed, for as long as a round takes."""
        self._asked: tuple[Answers, int | None] | None = None
        """What questions are answered from, and the epoch of the pool that it was."""
        self._pool: Pool | None = None
        self._epoch: int | None = None
        self._fresh = True
        """Whether the pool was read anew since a round told of it."""
        self._awake, self._stopping = Event(), Event()
        self._thread: Thread | None = None
        self._look: Thread | None = None
        """The look at everybody that is searched, or was last."""
        self._look_failed = False
        """Whether the last look broke off, and nothing was taken in since."""

    def start(self) -> None:
        """Begin to run rounds when something is pending and we lead."""
        self._thread = Thread(target=self._run, name="matching", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finish the round in hand, and the look, and stop."""
        self._stopping.set()
        self._awake.set()
        if self._thread is not None:
            self._thread.join()
        if self._look is not None:
            self._look.join()

    def wake(self) -> None:
        """Say that something is pending."""
        self._awake.set()

    def asked(self, patience_s: float) -> Answers | None:
        """
        Return what can be asked now; None when the pool is being read for longer than this.

        Only under a new epoch, and at the start, is there nothing that a round left.
        """
        if (now := self._of_this_epoch()) is not None:
            return now
        if not self._working.acquire(timeout=patience_s):
            return None
        try:
            self.pool()
            return self._of_this_epoch()
        finally:
            self._working.release()

    def _of_this_epoch(self) -> Answers | None:
        asked = self._asked
        return asked[0] if asked is not None and asked[1] == self._lease.epoch else None

    def _publish(self, pool: Pool) -> None:
        """Answer questions from the pool as it is now."""
        self._asked = pool.asked(), self._epoch

    def pool(self) -> Pool:
        """Return the warm pool, read from the store where it is not; nobody else may use it."""
        if self._pool is None or self._epoch != self._lease.epoch:
            self._epoch = self._lease.epoch
            with self._store.read() as session:
                encoder, outside = self._encoding.for_pool(session)
                self._pool = warm(session, self._rules, encoder, outside)
            self._fresh = True
            count, name = len(self._pool), name_of(encoder)
            log.info("the pool is warm: %d challenges, encoder %s", count, name)
            self._publish(self._pool)
            settle_memory()
        return self._pool

    @property
    def is_warm(self) -> bool:
        """Whether the pool was read, so that questions are answered at once."""
        return self._asked is not None

    def run_once(self) -> int:
        """Run one round; return how many changes it took in, another encoder being one."""
        with self._working:
            try:
                return self._run_once()
            except Exception:
                self.cool()  # how much of it was told, only the store knows
                raise

    def _run_once(self) -> int:
        with self._store.read() as session:
            self._choose_encoder(session)
            encoder = self.pool().encoder
            is_new = len(self.pool()) > 0 and self._encoding.is_new(session, encoder)
            due = _pending(session)
            pending, texts = self._encoding.take(session, encoder, due)
        if not pending and not is_new:
            return 0
        if encoder is not None:
            self._encoding.prepare(texts)
        changed, touched = self._take_in(pending)
        round_ = self._match(pending, changed, touched, is_new)
        fault_point("matching.before_telling")
        taken = {row.seq for row in pending}
        late = {row.key for row in due if row.what == "challenge" and row.seq not in taken}
        self._tell(round_, pending, texts, late)
        self._fresh = self._look_failed = False
        self._publish(self.pool())
        return len(pending) + is_new

    def _tell(
        self, round_: _Round, pending: list[Pending], texts: list[str], late: Set[str]
    ) -> None:
        """
        Tell what is new by the piece: writers wait for each other, so never long.

        What ends is told first, and what was pending is done with last: a round that breaks
        off is made again, and tells what is missing. Those ``late`` wait for their turn.
        """
        with self._store.read() as session:
            unread = (late & arriving(session)) - set(round_.pool)
            news = news_of(session, round_.found, round_.peers, unread)
        for at in range(0, len(news), PIECE):
            with self._store.begin("matching") as session:
                self._lease.check(session, round_.epoch)
                for tell in news[at : at + PIECE]:
                    tell(session)
                if at + PIECE >= len(news):
                    self._encoding.save(session, round_.pool.encoder, texts)
                    # Not all up to the last: on PostgreSQL a lower number may come later.
                    looked_at = [row.seq for row in pending]
                    session.exec(delete(Pending).where(col(Pending.seq).in_(looked_at)))

    def cool(self) -> None:
        """Throw the pool away; questions are answered from what it was until it is read anew."""
        with self._working:
            self._pool = None

    def _choose_encoder(self, session: Session) -> None:
        """Throw the pool away where another encoder must rank."""
        if self._encoding.must_change(session, self.pool().encoder):
            self.cool()

    def _take_in(self, pending: list[Pending]) -> tuple[set[str], set[str]]:
        """Return the challenges that changed, and those that had one of them as a peer."""
        changed: set[str] = set()
        touched: set[str] = set()
        with self._store.read() as session:
            for what, key in dict.fromkeys((row.what, row.key) for row in pending):
                pool = self.pool()
                before = challenges_of(session, key) if what == "unit" else [key]
                touched |= set().union(*(pool.beside(one) for one in before if one in pool))
                changed |= take_in(session, pool, what, key)
        return changed, touched

    def _match(
        self, pending: list[Pending], changed: set[str], touched: set[str], is_new: bool
    ) -> _Round:
        pool = self.pool()
        with self._store.read() as session:
            if any(row.what == "ruling" for row in pending):
                obey(session, pool)
            if self._fresh:  # who had it as a peer before, only the store knows
                gone = changed | {row.key for row in pending if row.what == "challenge"}
                touched = touched | told_of(session, gone)
        beside = [] if is_new else [pool.beside(key) for key in changed]
        wanted = set(pool) if is_new else changed.union(touched, *beside)
        peers = {key: pool.peers(key) for key in sorted(wanted) if key in pool}
        # What the rest could gain is found beside, and holds nobody up who registers now.
        found = pool.propose(whole=False if pool.keeps_up and not is_new else None)
        # The epoch of this very pool: it may be read anew under a later one.
        return _Round(found, peers, self._epoch, pool)

    def improve(self) -> bool:
        """
        Look at everybody once more, nothing being pending; True when better groups were told.

        Rounds go on while it is searched, and what it finds is taken up as far as it holds by
        then; a fault in the search leaves the pool as it was.
        """
        with self._working:
            pool = self.pool()
            if not pool.restless or self._must_tell_everybody(pool):
                return False
            look = pool.look()
            if look is None:  # changes wait that only a round of everybody can take in
                return self._take_up(pool, partial(pool.propose, whole=True))
        looked = look.search()
        with self._working:
            if self._pool is not pool or self._epoch != self._lease.epoch:
                return False  # of a pool that is no more
            return self._take_up(pool, partial(pool.take_up, looked))

    def _take_up(self, pool: Pool, found_of: Callable[[], Proposed]) -> bool:
        """Tell what a look came to; the pool is thrown away when that is not told to the end."""
        try:
            found = found_of()
            with self._store.read() as session:
                late = being_read(session)
            self._tell(_Round(found, {}, self._epoch, pool), [], [], late)
        except Exception:
            self.cool()
            raise
        self._publish(pool)
        return bool(found.changed or found.lapsed)

    def _must_tell_everybody(self, pool: Pool) -> bool:
        """Whether a round for all is due first: only that may note who ranks now."""
        with self._store.read() as session:
            return self._encoding.is_new(session, pool.encoder)

    def _run(self) -> None:
        ready = quiet = False
        while not self._stopping.is_set():
            try:
                lead = self._lease.held()
                if lead and self._wants_a_look(quiet=quiet):
                    self._look_beside()
                quiet = False
                idle = not lead or (self._keep_up() == 0 and not self._encoding.step())
                if idle and not ready:  # no event shall wait for the compiler, later on
                    asked = self._asked
                    warm_matcher(asked[0].encoder if asked is not None else None)
                    ready, idle = True, False
            except Unavailable as error:
                log.warning("a round is put off: %s", error)
                self._failed()
            except Exception:
                log.exception("a round failed")
                self._failed()
            else:
                quiet = idle and not self._awake.wait(IDLE_S if lead else PAUSE_S)
                if idle and not quiet:
                    self._awake.clear()

    def _wants_a_look(self, *, quiet: bool) -> bool:
        """Whether everybody is to be looked at: in quiet, or when so much has changed as it is."""
        with self._working:
            pool = self._pool
            return pool is not None and (pool.is_due or (quiet and pool.restless))

    def _look_beside(self) -> None:
        """Begin to look at everybody, unless one looks; what failed waits for a change."""
        if self._look_failed or (self._look is not None and self._look.is_alive()):
            return
        self._look = Thread(target=self._search, name="matching-look", daemon=True)
        self._look.start()

    def _search(self) -> None:
        try:
            self.improve()
        except Unavailable as error:
            log.warning("a look at everybody is put off: %s", error)
        except Exception:
            self._look_failed = True
            log.exception("a look at everybody failed")

    def _keep_up(self) -> int:
        with self._working:
            self.pool()  # read before the first question comes
            return self.run_once()

    def _failed(self) -> None:
        self.cool()
        time.sleep(PAUSE_S)


def _pending(session: Session) -> list[Pending]:
    """What is due, decisions first: the others may wait for their texts to be read."""
    order = (col(Pending.what) != "ruling", col(Pending.seq))
    return list(session.exec(select(Pending).order_by(*order).limit(AT_ONCE)).all())
