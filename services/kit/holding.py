"""Events that are to be tried again, and those of the same key that wait behind them."""

import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from nats.aio.msg import Msg

from schemas.base import Event
from services.kit.envelope import Undecodable, event_id, event_of

RETRY_S = (0.2, 1.0, 3.0, 8.0)
"""Pauses before each new try of an event whose handler failed; then it is parked."""
UNAVAILABLE_S = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0)
"""Pauses while something outside does not answer; the last one repeats."""


@dataclass
class Delivery:
    """One message as a consumer got it."""

    message: Msg
    seq: int
    key: str
    event_id: str
    event: Event | None
    problem: Undecodable | None
    failures: int = 0
    """Tries that were the event's own fault."""
    outages: int = 0
    """Tries that were not."""

    @classmethod
    def of(cls, message: Msg) -> "Delivery":
        """Read a message; what is wrong with it is told by ``problem``."""
        seq = message.metadata.sequence.stream
        event, problem = None, None
        try:
            event = event_of(message.headers, message.data)
            own_id = str(event.id)
        except Undecodable as error:
            problem = error
            own_id = event_id(message.headers) or f"stream-{seq}"
        return cls(
            message=message,
            seq=seq,
            key=message.subject.rpartition(".")[2],
            event_id=own_id,
            event=event,
            problem=problem,
        )

    def next_try_s(self) -> float:
        """Seconds to wait before the next try."""
        if self.outages:
            return UNAVAILABLE_S[min(self.outages, len(UNAVAILABLE_S)) - 1]
        return RETRY_S[min(self.failures, len(RETRY_S)) - 1]


@dataclass
class _Queue:
    due: float
    waiting: deque[Delivery] = field(default_factory=deque)


class Held:
    """
    The deliveries a consumer keeps, by key.

    They are kept here and not given back to the server, since only so the later events of
    a key stay behind the one that is tried again, and since a delivery count then tells of
    dead processes and of nothing else. The server is told that they are in progress.
    """

    def __init__(self) -> None:
        self._keys: dict[str, _Queue] = {}
        self._seqs: dict[int, Delivery] = {}

    def __len__(self) -> int:
        return len(self._seqs)

    def __iter__(self) -> Iterator[Delivery]:
        return iter(list(self._seqs.values()))

    def known(self, delivery: Delivery) -> bool:
        """Take note of a repeat of what is held; its acknowledgement is the one that counts."""
        held = self._seqs.get(delivery.seq)
        if held:
            held.message = delivery.message
        return held is not None

    def blocks(self, key: str) -> bool:
        """Whether an earlier event of the key is held."""
        return key in self._keys

    def hold(self, first: Delivery) -> None:
        """Keep a delivery to be tried again; the key's later ones wait behind it."""
        due = time.monotonic() + first.next_try_s()
        queue = self._keys.setdefault(first.key, _Queue(due))
        queue.due = due
        queue.waiting.append(first)
        self._seqs[first.seq] = first

    def wait_behind(self, delivery: Delivery) -> None:
        """Keep a delivery whose key has an earlier one here."""
        self._keys[delivery.key].waiting.append(delivery)
        self._seqs[delivery.seq] = delivery

    def take_due(self) -> list[Delivery]:
        """Take out the keys whose time has come, each in order."""
        now = time.monotonic()
        ready = [key for key, queue in self._keys.items() if queue.due <= now]
        taken = [delivery for key in ready for delivery in self._keys.pop(key).waiting]
        for delivery in taken:
            del self._seqs[delivery.seq]
        return taken

    def next_due_s(self) -> float | None:
        """Seconds until the next key's time, None when nothing is held."""
        if not self._keys:
            return None
        return max(0.0, min(queue.due for queue in self._keys.values()) - time.monotonic())

    def clear(self) -> list[Delivery]:
        """Give up everything, for a shut-down, in the order of the stream."""
        taken = sorted(self, key=lambda delivery: delivery.seq)
        self._keys.clear()
        self._seqs.clear()
        return taken
