"""Rounds: what is pending goes into the warm pool, what follows from it is told."""

from collections.abc import Set
from dataclasses import dataclass

from sqlmodel import Session, col, delete, select

from matcher.params import GroupRules
from matcher.pool import Pool
from matcher.text.encoders import Encoder
from matcher.told import Proposed
from schemas.groups import Peer
from services.kit.faults import fault_point
from services.kit.lease import Lease
from services.kit.store import Store
from services.matching.encoding import Encoding
from services.matching.queries import arriving, challenges_of, told_of
from services.matching.rules import manner_of
from services.matching.tables import Pending
from services.matching.telling import being_read, news_of
from services.matching.warm_pool import WarmPool
from services.matching.warming import obey, take_in

AT_ONCE = 200
"""Changes that one round takes in at most, so that the first ones are told soon."""
PIECE = 20
"""Facts that are told in one transaction: less than a tenth of a second."""


@dataclass(frozen=True)
class _Round:
    """What a round came to, with the epoch of the pool that it was made of."""

    found: Proposed
    peers: dict[str, list[Peer]]
    epoch: int | None
    pool: Pool


class Rounds:
    """
    The rounds of one instance's warm pool.

    Matching happens outside any transaction; what follows from it is told in short ones, the
    last of which deletes what was pending, and which a lost lease forbids.
    """

    def __init__(
        self, store: Store, lease: Lease, rules: GroupRules, encoder: Encoder | None = None
    ) -> None:
        self._store, self._lease = store, lease
        self.encoding = Encoding(store, encoder, manner_of(rules))
        self.warm = WarmPool(store, lease, rules, self.encoding)
        self.done = 0
        """Rounds that took something in."""

    def run_once(self) -> int:
        """Run one round; return how many changes it took in, another encoder being one."""
        with self.warm.working:
            try:
                return self._run_once()
            except Exception:
                self.warm.cool()  # how much of it was told, only the store knows
                raise

    def _run_once(self) -> int:
        with self._store.read() as session:
            self._choose_encoder(session)
            pool = self.warm.pool()
            encoder = pool.encoder
            is_new = len(pool) > 0 and self.encoding.is_new(session, encoder)
            due = _pending(session)
            pending, texts = self.encoding.take(session, encoder, due)
        if not pending and not is_new:
            return 0
        if encoder is not None:
            self.encoding.prepare(texts)
        changed, touched = self._take_in(pending)
        round_ = self._match(pending, changed, touched, is_new)
        fault_point("matching.before_telling")
        taken = {row.seq for row in pending}
        late = {row.key for row in due if row.what == "challenge" and row.seq not in taken}
        self._tell(round_, pending, texts, late)
        self.warm.is_fresh = False
        self.done += 1
        self.warm.publish(self.warm.pool())
        return len(pending) + is_new

    def _choose_encoder(self, session: Session) -> None:
        """Throw the pool away where another encoder must rank."""
        if self.encoding.must_change(session, self.warm.pool().encoder):
            self.warm.cool()

    def _take_in(self, pending: list[Pending]) -> tuple[set[str], set[str]]:
        """Return the challenges that changed, and those that had one of them as a peer."""
        changed: set[str] = set()
        touched: set[str] = set()
        with self._store.read() as session:
            for what, key in dict.fromkeys((row.what, row.key) for row in pending):
                pool = self.warm.pool()
                before = challenges_of(session, key) if what == "unit" else [key]
                touched |= set().union(*(pool.beside(one) for one in before if one in pool))
                changed |= take_in(session, pool, what, key)
        return changed, touched

    def _match(
        self, pending: list[Pending], changed: set[str], touched: set[str], is_new: bool
    ) -> _Round:
        pool = self.warm.pool()
        with self._store.read() as session:
            if any(row.what == "ruling" for row in pending):
                obey(session, pool)
            if self.warm.is_fresh:  # who had it as a peer before, only the store knows
                gone = changed | {row.key for row in pending if row.what == "challenge"}
                touched = touched | told_of(session, gone)
        beside = [] if is_new else [pool.beside(key) for key in changed]
        wanted = set(pool) if is_new else changed.union(touched, *beside)
        peers = {key: pool.peers(key) for key in sorted(wanted) if key in pool}
        # What the rest could gain is found beside, and holds nobody up who registers now.
        found = pool.propose(whole=False if pool.keeps_up and not is_new else None)
        # The epoch of this very pool: it may be read anew under a later one.
        return _Round(found, peers, self.warm.epoch, pool)

    def must_tell_everybody(self, pool: Pool) -> bool:
        """Whether a round for all is due first: only that may note who ranks now."""
        with self._store.read() as session:
            return self.encoding.is_new(session, pool.encoder)

    def tell_of_everybody(self, pool: Pool, found: Proposed) -> None:
        """Tell what a look at everybody in a pool came to, nothing pending being taken in."""
        with self._store.read() as session:
            late = being_read(session)
        self._tell(_Round(found, {}, self.warm.epoch, pool), [], [], late)

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
                    self.encoding.save(session, round_.pool.encoder, texts)
                    # Not all up to the last: on PostgreSQL a lower number may come later.
                    looked_at = [row.seq for row in pending]
                    session.exec(delete(Pending).where(col(Pending.seq).in_(looked_at)))


def _pending(session: Session) -> list[Pending]:
    """What is due, decisions first: the others may wait for their texts to be read."""
    order = (col(Pending.what) != "ruling", col(Pending.seq))
    return list(session.exec(select(Pending).order_by(*order).limit(AT_ONCE)).all())
