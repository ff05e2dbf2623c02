"""The only publisher to the streams: what the outbox holds is sent, once, in order."""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from nats.aio.client import Client
from nats.errors import Error as NatsError

from services.kit.connection import Link
from services.kit.faults import fault_point
from services.kit.leader import Leader, leader_of
from services.kit.publishing import BATCH_MESSAGES, Publisher, StreamMissing
from services.kit.reconcile import Reconciler, Restored
from services.kit.sending import (
    Unsent,
    forgive_refused,
    load_unsent,
    mark_refused,
    mark_sent,
    prune,
)
from services.kit.store import Store, StoreUnavailable

log = logging.getLogger("piiri.relay")

POLL_S = 0.25
"""Only a fallback: a commit wakes the relay at once."""
LOOK_S = 5.0
"""How often an idle relay looks whether the streams are still what it left."""
PRUNE_S = 3600.0
PAUSES_S = (0.05, 0.2, 1.0, 3.0, 5.0)


@dataclass
class RelayGauges:
    """What the relay did since it started."""

    active: bool = False
    sent: int = 0
    batches: int = 0
    largest_batch: int = 0
    failures: int = 0
    restored: Restored = field(default_factory=Restored)


class Relay:
    """
    Sends what is in the outbox; one is active per database, others wait to take over.

    Parameters
    ----------
    store
        The database whose outbox is sent.
    client, link
        The connection to NATS and its state.
    prepare
        Called before the first publish on every connection: makes streams and consumers
        that are missing.
    retention_days
        Sent events older than this are removed.
    """

    def __init__(
        self,
        store: Store,
        client: Client,
        link: Link,
        *,
        prepare: Callable[[], Coroutine[Any, Any, None]],
        retention_days: int = 30,
    ) -> None:
        self.gauges = RelayGauges()
        self._store = store
        self._client = client
        self._link = link
        self._prepare = prepare
        self._retention_days = retention_days
        self._publisher = Publisher(client, link)
        self._reconciler = Reconciler(store, client, link)
        self._wake = asyncio.Event()
        self._stopping = False
        self._prepared_for = 0
        self._looked_at = self._pruned_at = 0.0

    async def run(self) -> None:
        """Send until cancelled or stopped."""
        loop = asyncio.get_running_loop()
        self._store.on_emitted(lambda: _wake_from_thread(loop, self._wake))
        self._link.on_connected(self._wake.set)
        failures = 0
        while not self._stopping:
            try:
                async with leader_of(self._store, self._wake) as leader:
                    self._prepared_for, failures = 0, 0
                    await self._lead(leader)
            except (StoreUnavailable, OSError) as error:
                log.warning("the relay lost the database: %s", error)
            finally:
                self.gauges.active = False
            if not self._stopping:
                await asyncio.sleep(PAUSES_S[min(failures, len(PAUSES_S) - 1)])
                failures += 1

    def stop(self) -> None:
        """
        End after the load in hand.

        A mere cancellation can get lost: ``wait_for``, inside the client, swallows one that
        comes together with its result (CPython before 3.12).
        """
        self._stopping = True
        self._wake.set()

    async def _lead(self, leader: Leader) -> None:
        self.gauges.active = True
        await asyncio.to_thread(forgive_refused, self._store)
        failures = 0
        while not self._stopping and await leader.still():
            self._wake.clear()
            try:
                sent = await self._step()
                failures = 0
            except (NatsError, StreamMissing, TimeoutError) as error:
                # What was on its way may or may not have arrived: look before sending more.
                self._prepared_for = 0
                self.gauges.failures += 1
                log.warning("the relay waits for NATS: %s %s", type(error).__name__, error)
                await self._rest(PAUSES_S[min(failures, len(PAUSES_S) - 1)])
                failures += 1
                continue
            if not sent:
                await self._rest(POLL_S)

    async def _rest(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()

    async def _step(self) -> int:
        """Send one load; return how many events it held."""
        if not self._client.is_connected:
            return 0
        await self._look()
        rows = await asyncio.to_thread(load_unsent, self._store, BATCH_MESSAGES)
        if rows:
            await self._send(rows)
        return len(rows)

    async def _look(self) -> None:
        """Before the first publish of a connection, and now and then, find what was lost."""
        now = time.monotonic()
        connects = self._link.connects
        if self._prepared_for != connects or now - self._looked_at > LOOK_S:
            await self._link.unless_lost(self._prepare())
            self.gauges.restored += await self._reconciler.run()
            self._prepared_for, self._looked_at = connects, now
        if now - self._pruned_at > PRUNE_S:
            await asyncio.to_thread(prune, self._store, self._retention_days)
            self._pruned_at = now

    async def _send(self, rows: list[Unsent]) -> None:
        fault_point("relay.before_publish")
        receipt = await self._publisher.publish(rows)
        fault_point("relay.after_ack")
        await asyncio.to_thread(mark_sent, self._store, receipt.sent)
        if receipt.refused:
            await asyncio.to_thread(mark_refused, self._store, receipt.refused)
        self.gauges.sent += len(receipt.sent)
        self.gauges.batches += 1
        self.gauges.largest_batch = max(self.gauges.largest_batch, len(receipt.sent))
        if receipt.interrupted:
            raise receipt.interrupted


def _wake_from_thread(loop: asyncio.AbstractEventLoop, event: asyncio.Event) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(event.set)
