"""Whether this process lives, and whether it can do its work."""

import asyncio
import faulthandler
import logging
import os
import time
from dataclasses import asdict, dataclass, field
from threading import Event, Thread
from typing import Any

from nats.errors import Error as NatsError
from sqlalchemy import text

from schemas.errors import Unavailable
from services.kit.backbone import Backbone
from services.kit.connection import API_TIMEOUT_S
from services.kit.outbox import backlog
from services.kit.parking import count_parked
from services.kit.streams import PIIRI

log = logging.getLogger("piiri.health")

SILENCE_S = 15.0
"""A loop that is silent for longer will not come back."""
BEAT_S = 1.0
DEAD_STATUS = 70
"""EX_SOFTWARE: whoever supervises the process starts a new one."""


class Heartbeat:
    """An event loop's pulse, watched by a thread that ends the process when it stops."""

    def __init__(self, silence_s: float = SILENCE_S) -> None:
        self._silence_s = silence_s
        self._last = time.monotonic()
        self._stopping = Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def age_s(self) -> float:
        """Seconds since the last beat."""
        return time.monotonic() - self._last

    def start(self) -> None:
        """Begin to beat and to watch; called in the event loop."""
        self._last = time.monotonic()
        self._task = asyncio.get_running_loop().create_task(self._beat())
        Thread(target=self._watch, name="heartbeat", daemon=True).start()

    def stop(self) -> None:
        """Stop both."""
        self._stopping.set()
        if self._task:
            self._task.cancel()

    async def _beat(self) -> None:
        while True:
            self._last = time.monotonic()
            await asyncio.sleep(min(BEAT_S, self._silence_s / 5))

    def _watch(self) -> None:
        while not self._stopping.wait(min(BEAT_S, self._silence_s / 5)):
            if self.age_s > self._silence_s:
                log.critical("the event loop is silent for %.0f s; the process ends", self.age_s)
                faulthandler.dump_traceback()
                os._exit(DEAD_STATUS)


@dataclass
class Readiness:
    """What is wrong, in words, and the numbers behind it."""

    problems: list[str] = field(default_factory=list)
    gauges: dict[str, Any] = field(default_factory=dict)

    @property
    def ready(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


async def readiness(backbone: Backbone) -> Readiness:
    """Ask the database, NATS and each consumer; look at the age of what waits to be sent."""
    found = Readiness()
    await _look_at_store(backbone, found)
    await _look_at_nats(backbone, found)
    if backbone.relay:
        found.gauges["relay"] = asdict(backbone.relay.gauges)
    return found


async def _look_at_store(backbone: Backbone, found: Readiness) -> None:
    def look() -> tuple[int, float, int]:
        with backbone.store.read() as session:
            session.connection().execute(text("SELECT 1"))
            return *backlog(session), count_parked(session)

    try:
        async with asyncio.timeout(API_TIMEOUT_S):
            rows, age_s, parked = await asyncio.to_thread(look)
    except (Unavailable, TimeoutError) as error:
        found.problems.append(f"database: {error or 'no answer'}")
        return
    found.gauges |= {"outbox_unsent": rows, "outbox_oldest_s": age_s, "parked": parked}
    if age_s > backbone.settings.outbox_max_age_s:
        found.problems.append(f"outbox: an event waits for {age_s:.0f} s; is a relay running?")


async def _look_at_nats(backbone: Backbone, found: Readiness) -> None:
    if not backbone.client.is_connected:
        found.problems.append("nats: not connected")
        return
    jetstream = backbone.client.jetstream(timeout=2.0)
    for consumer in backbone.consumers:
        durable = consumer.subscribers.durable
        try:
            info = await jetstream.consumer_info(PIIRI, durable)
        except (NatsError, TimeoutError) as error:
            found.problems.append(f"consumer {durable}: {type(error).__name__}")
            continue
        found.gauges[durable] = asdict(consumer.gauges) | {
            "pending": info.num_pending,
            "ack_pending": info.num_ack_pending,
            "redelivered": info.num_redelivered,
        }
