"""One durable consumer: pull what is there, settle it in a thread, acknowledge."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from faststream.nats.subscriber.usecases import BatchPullStreamSubscriber
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js import JetStreamContext

from services.kit.bus import Subscribers
from services.kit.connection import Link
from services.kit.faults import fault_point
from services.kit.holding import Delivery, Held
from services.kit.provision import ACK_WAIT_S
from services.kit.pulling import Puller
from services.kit.settling import Settler, Verdict
from services.kit.store import Store
from services.kit.streams import PIIRI

log = logging.getLogger("piiri.bus")

BATCH = 100
"""One transaction for a hundred events is 14 to 52 times as fast as a hundred."""
AHEAD = 2 * BATCH
"""The next batch is on its way while one is settled."""
PATIENCE_S = 0.5
MAX_HELD = 500
GATE_S = 0.1
RESET_S = 2.0
PAUSES_S = (0.05, 0.1, 0.2, 0.5, 1.0)


@dataclass
class ConsumerGauges:
    """What a consumer did since it started."""

    heard: int = 0
    batches: int = 0
    repeats: int = 0
    parked: int = 0
    held: int = 0


class Consumer:
    """
    The one place that pulls, runs and acknowledges for a context.

    Parameters
    ----------
    store, subscribers
        Where the effects go, and who makes them.
    jetstream, link
        JetStream of the connection, once there is one, and the connection's state.
    exclusive
        True when no other process pulls from this durable: at start, what a dead process
        took with it is asked for again at once. A gate implies it.
    """

    def __init__(
        self,
        store: Store,
        subscribers: Subscribers,
        jetstream: Callable[[], JetStreamContext],
        link: Link,
        *,
        exclusive: bool = False,
    ) -> None:
        self.subscribers = subscribers
        self.gauges = ConsumerGauges()
        self._settler = Settler(store, subscribers)
        self._jetstream, self._link = jetstream, link
        self._exclusive = exclusive or subscribers.gate is not None
        self._held = Held()
        self._in_hand: list[Delivery] = []
        self._store_down = False
        self._was_open = False
        # A thread of its own: what a context keeps in memory is touched by one thread only.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=subscribers.durable)
        self._reassuring: asyncio.Task[None] | None = None
        self._puller: Puller | None = None
        self._idle = asyncio.Event()
        self._idle.set()

    async def pull(self, subscriber: BatchPullStreamSubscriber) -> None:
        """
        Pull for as long as the subscriber runs.

        Stands in for the library's own loop, which waits for a full batch, drops what it
        fetched on some timeouts, and spins when the connection is closed.
        """
        failures = 0
        self._idle.clear()
        while subscriber.running:
            if not await self._open():
                await asyncio.sleep(GATE_S)
                continue
            try:
                messages = await self._next()
                failures = 0
            except NatsError as error:
                log.debug("%s: %s", self.subscribers.durable, error)
                await asyncio.sleep(PAUSES_S[min(failures, len(PAUSES_S) - 1)])
                failures += 1
                continue
            if not subscriber.running or not self._gate_open():
                await _give_back(messages)  # it closed while we waited for these
            elif messages or self._held.next_due_s() == 0.0:
                await subscriber.consume(messages)
        self._idle.set()

    async def take(self, messages: list[Msg]) -> None:
        """Settle what was pulled and what is due again; FastStream's handler."""
        batch = self._in_order(messages)
        if not batch:
            return
        self._in_hand = batch
        try:
            await self._settle(batch)
        finally:
            self._in_hand = []

    async def release(self) -> None:
        """Give back what is not settled, so that the next process gets it at once."""
        left = await self._puller.close() if self._puller else []
        held = [delivery.message for delivery in self._held.clear()]
        await _give_back(sorted([*held, *left], key=_stream_seq))

    async def start(self, client: Client) -> None:
        """Get ready to pull on a connection."""
        self._puller = Puller(client, PIIRI, self.subscribers.durable, ahead=AHEAD)
        self._link.on_connected(self._puller.start_over)
        self._reassuring = asyncio.create_task(self._reassure())

    async def close(self) -> None:
        """Finish the batch in hand, then give back the rest; the subscriber runs no more."""
        if self._puller:
            self._puller.start_over()
        await self._idle.wait()
        if self._reassuring:
            self._reassuring.cancel()
        await asyncio.to_thread(self._thread.shutdown)
        await self.release()

    async def _next(self) -> list[Msg]:
        due = self._held.next_due_s()
        patience = PATIENCE_S if due is None else min(due, PATIENCE_S)
        if self._store_down or len(self._held) >= MAX_HELD or not self._puller:
            await asyncio.sleep(patience)
            return []
        return await self._puller.take(BATCH, patience)

    async def _open(self) -> bool:
        is_open = self._gate_open()
        if is_open and not self._was_open and self._exclusive:
            is_open = await self._start_over()
        if self._was_open and not is_open:
            await self.release()
        if is_open and not self._was_open and self._puller:
            await self._puller.open()
        self._was_open = is_open
        return is_open

    def _gate_open(self) -> bool:
        return self.subscribers.gate is None or self.subscribers.gate()

    async def _start_over(self) -> bool:
        """Ask again for what was not acknowledged, rather than wait until it is given up."""
        durable = self.subscribers.durable
        jetstream = self._jetstream()
        try:
            # A reset of a consumer that is not there is not answered at all.
            await self._link.unless_lost(jetstream.consumer_info(PIIRI, durable))
            await self._link.unless_lost(jetstream.reset_consumer(PIIRI, durable, timeout=RESET_S))
        except NatsError as error:
            log.warning("%s waits for its consumer: %s", durable, error)
            return False
        return True

    def _in_order(self, messages: list[Msg]) -> list[Delivery]:
        """Join what is due with what is new, keeping each key's order."""
        batch = self._held.take_due()
        in_batch = {delivery.seq: delivery for delivery in batch}
        for message in messages:
            delivery = Delivery.of(message)
            if delivery.seq in in_batch:
                in_batch[delivery.seq].message = message
            elif self._held.known(delivery):
                continue
            elif self._held.blocks(delivery.key):
                self._held.wait_behind(delivery)
            else:
                batch.append(delivery)
        return batch

    async def _settle(self, batch: list[Delivery]) -> None:
        loop = asyncio.get_running_loop()
        outcome = await loop.run_in_executor(self._thread, self._settler.settle, batch)
        fault_point("bus.after_commit_before_ack")
        for delivery in batch:
            match outcome.verdicts[delivery.seq]:
                case Verdict.DONE:
                    await _say(delivery.message.ack)
                case Verdict.AGAIN:
                    self._held.hold(delivery)
                case Verdict.BEHIND:
                    self._held.wait_behind(delivery)
        self._store_down = outcome.store_down
        self.gauges.heard += sum(v is Verdict.DONE for v in outcome.verdicts.values())
        self.gauges.batches += 1
        self.gauges.repeats += outcome.repeats
        self.gauges.parked += outcome.parked
        self.gauges.held = len(self._held)

    async def _reassure(self) -> None:
        """Tell the server that what we keep is in progress, long before it gives up on us."""
        while True:
            await asyncio.sleep(ACK_WAIT_S / 3)
            unsettled = [delivery.message for delivery in [*self._held, *self._in_hand]]
            for message in [*unsettled, *(self._puller.came if self._puller else ())]:
                await _say(message.in_progress)


def _stream_seq(message: Msg) -> int:
    return message.metadata.sequence.stream


async def _give_back(messages: list[Msg]) -> None:
    for message in messages:
        await _say(message.nak)


async def _say(word: Callable[[], object]) -> None:
    """Send a word about a message; when it is lost, the message comes again and is dropped."""
    try:
        await word()  # type: ignore[misc]  # a bound coroutine function of the library
    except NatsError as error:
        log.debug("an acknowledgement was not sent: %s", error)
