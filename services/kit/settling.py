"""What is done with a batch: one transaction, else the guilty one is found."""

import logging
from dataclasses import dataclass, field
from enum import Enum, auto

from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from schemas.errors import Broken, Refused, Unavailable
from services.kit.bus import Subscribers
from services.kit.engines import is_outside
from services.kit.faults import fault_point
from services.kit.holding import RETRY_S, Delivery
from services.kit.inbox import first_time
from services.kit.outbox import answering
from services.kit.parking import park
from services.kit.store import Store, StoreUnavailable

log = logging.getLogger("piiri.bus")

MAX_TRIES = len(RETRY_S) + 1
MAX_RERUNS = 3
"""After so many guilty events in one batch, the rest is tried one by one."""


class Verdict(Enum):
    """What became of a delivery."""

    DONE = auto()
    """To be acknowledged: committed, had before, or parked."""
    AGAIN = auto()
    """To be tried again after a pause."""
    BEHIND = auto()
    """To wait for an earlier event of its key."""


@dataclass
class Outcome:
    """What became of a batch, by stream sequence."""

    verdicts: dict[int, Verdict] = field(default_factory=dict)
    blocked: dict[str, int] = field(default_factory=dict)
    """For each key that has an event to be tried again, where that is."""
    repeats: int = 0
    parked: int = 0
    store_down: bool = False


class _Guilty(Exception):
    """A handler failed."""

    def __init__(self, delivery: Delivery, error: Exception) -> None:
        super().__init__(delivery, error)
        self.delivery = delivery
        self.error = error


class Settler:
    """Runs the handlers of one context; called in one thread, one batch at a time."""

    def __init__(self, store: Store, subscribers: Subscribers) -> None:
        self._store = store
        self._subscribers = subscribers
        self._outcome = Outcome()

    def settle(self, batch: list[Delivery]) -> Outcome:
        """Handle a batch, in the order of the stream for each key."""
        self._outcome = outcome = Outcome()
        try:
            self._settle(batch)
        except Unavailable as error:
            log.warning("%s waits: %s", self._subscribers.durable, error)
            outcome.store_down = True
            for delivery in self._open(batch):
                delivery.outages += 1
                outcome.verdicts[delivery.seq] = Verdict.AGAIN
        return outcome

    def _settle(self, batch: list[Delivery]) -> None:
        for delivery in batch:
            if delivery.problem:
                self._park(delivery, delivery.problem)
        for _ in range(MAX_RERUNS):
            self._attempt(batch)
        for delivery in batch:
            self._attempt([delivery])

    def _open(self, batch: list[Delivery]) -> list[Delivery]:
        """List what has no verdict, after putting aside what must not overtake."""
        verdicts, blocked = self._outcome.verdicts, self._outcome.blocked
        for delivery in batch:
            if delivery.seq > blocked.get(delivery.key, delivery.seq):
                verdicts.setdefault(delivery.seq, Verdict.BEHIND)
        return [delivery for delivery in batch if delivery.seq not in verdicts]

    def _attempt(self, batch: list[Delivery]) -> None:
        """Run in one transaction what is open; when that fails, blame who is to blame."""
        batch = self._open(batch)
        if not batch:
            return
        try:
            repeats = self._transact(batch)
        except Exception as error:
            if self._subscribers.on_batch_failed:
                self._subscribers.on_batch_failed()
            if isinstance(error, _Guilty):
                self._blame(error.delivery, error.error)
            elif isinstance(error, Unavailable):
                raise
            elif len(batch) == 1:
                # The commit or a hook failed, and nobody else was there.
                self._blame(batch[0], error)
            return
        self._outcome.repeats += repeats
        self._outcome.verdicts |= {delivery.seq: Verdict.DONE for delivery in batch}
        if self._subscribers.after_commit:
            self._subscribers.after_commit()

    def _transact(self, batch: list[Delivery]) -> int:
        """Run the handlers in one transaction; return how many events were repeats."""
        with self._store.begin("bus") as session:
            new = first_time(session, self._subscribers.durable, (d.event_id for d in batch))
            repeats = len(batch) - len(new)
            for delivery in batch:
                if delivery.event_id in new:
                    new.discard(delivery.event_id)  # the same event twice in one batch
                    self._handle(delivery, session)
                fault_point("bus.mid_batch")
            if self._subscribers.after_batch:
                with answering(batch[-1].event):
                    self._subscribers.after_batch(session)
        return repeats

    def _handle(self, delivery: Delivery, session: Session) -> None:
        event = delivery.event
        known = self._subscribers.handlers.get(event.type_name()) if event else None
        if known is None:
            return  # another version of the product hears it
        try:
            with answering(event):
                known[1](event, session)
        except StoreUnavailable:
            raise
        except Exception as error:
            if isinstance(error, DBAPIError) and is_outside(error):
                raise
            raise _Guilty(delivery, error) from error

    def _blame(self, delivery: Delivery, error: Exception) -> None:
        """Decide by the kind of error: later, park at once, or a few more tries."""
        if isinstance(error, Unavailable):
            delivery.outages += 1
        else:
            delivery.failures += 1
            delivery.outages = 0
            if isinstance(error, Refused | Broken) or delivery.failures >= MAX_TRIES:
                self._park(delivery, error)
                return
        log.warning(
            "%s: event %s is tried again: %s",
            self._subscribers.durable,
            delivery.event_id,
            type(error).__name__,
        )
        self._outcome.verdicts[delivery.seq] = Verdict.AGAIN
        self._outcome.blocked[delivery.key] = delivery.seq

    def _park(self, delivery: Delivery, error: Exception) -> None:
        park(self._store, self._subscribers.durable, delivery, error)
        self._outcome.parked += 1
        self._outcome.verdicts[delivery.seq] = Verdict.DONE
