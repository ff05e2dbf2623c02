"""One process on the stream: its connection, its consumers, its relay, assembled once."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import MethodType
from typing import Any

from faststream import AckPolicy
from faststream.nats import JStream, NatsBroker, PullSub
from faststream.nats.message import NatsBatchMessage
from faststream.nats.subscriber.usecases import BatchPullStreamSubscriber
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js import JetStreamContext

from services.kit.asking import Asker, Questions, answer_on
from services.kit.bus import Subscribers
from services.kit.connection import API_TIMEOUT_S, Link, give_up, security
from services.kit.consumer import BATCH, Consumer
from services.kit.provision import Change, provision, wanted_consumer, wanted_streams
from services.kit.relay import Relay
from services.kit.settings import Settings
from services.kit.store import Store
from services.kit.streams import PIIRI

log = logging.getLogger("piiri.bus")
_librarys_log = logging.getLogger("piiri.faststream")
_librarys_log.setLevel(logging.ERROR)

TELL_S = 5.0
"""How often a start says that it waits for NATS."""
GRACE_S = 10.0
"""How long a stop waits for the batch in hand."""


class Backbone:
    """
    What one process has to do with NATS.

    Parameters
    ----------
    settings, store
        Of this process.
    contexts
        What it hears.
    questions
        What it answers.
    part
        Its name on the server, ``web`` or ``worker``.
    relay
        Whether it sends the outbox.
    provisions
        Whether it makes streams and consumers at start; by default the part with the relay
        does, and the others wait for it.
    exclusive
        True when no other process hears the same contexts, as in the demo.
    replicas
        Copies of each stream, 3 in a cluster.
    on_lost
        Called when the connection is closed for good; by default the process is stopped.
    """

    def __init__(
        self,
        settings: Settings,
        store: Store,
        contexts: Sequence[Subscribers] = (),
        questions: Sequence[Questions] = (),
        *,
        part: str = "worker",
        relay: bool = False,
        provisions: bool | None = None,
        exclusive: bool = False,
        replicas: int = 1,
        on_lost: Callable[[], None] | None = None,
    ) -> None:
        self.settings, self.store, self.contexts = settings, store, contexts
        self.link = Link(part, on_lost)
        self.broker = NatsBroker(
            **self.link.options(settings),
            security=security(settings),
            # The default would end a message whose handler failed.
            ack_policy=AckPolicy.NACK_ON_ERROR,
            # Two lines a message at INFO cost half as much again as the work.
            logger=_librarys_log,
            log_level=logging.DEBUG,
            graceful_timeout=GRACE_S,
            apply_types=False,
        )
        self.consumers = [
            Consumer(store, context, self.jetstream, self.link, exclusive=exclusive)
            for context in contexts
        ]
        self.relay: Relay | None = None
        self._has_relay = relay
        self._provisions = relay if provisions is None else provisions
        self._streams = wanted_streams(settings.retention_days, replicas)
        self._questions = questions
        self._tasks: list[asyncio.Task[None]] = []
        self._client: Client | None = None

    @property
    def client(self) -> Client:
        """The connection; there is one after ``start``."""
        if self._client is None:
            raise RuntimeError("the backbone is not started")
        return self._client

    def jetstream(self) -> JetStreamContext:
        """JetStream of the connection, with a patient timeout."""
        return self.client.jetstream(timeout=API_TIMEOUT_S)

    @property
    def asker(self) -> Asker:
        """Asks other processes, from any thread."""
        return Asker(self.client, asyncio.get_running_loop())

    async def start(self) -> None:
        """Connect, make what is missing, and begin to hear and to send."""
        self._client = await self.broker.connect()
        self.link.opened()
        await self._await_streams()
        for consumer in self.consumers:
            await consumer.start(self.client)
            _subscribe(self.broker, consumer, self.link)
        await self.broker.start()
        for questions in self._questions:
            await answer_on(self.client, questions)
        if self._has_relay:
            self.relay = Relay(
                self.store,
                self.client,
                self.link,
                prepare=self._restore,
                retention_days=self.settings.retention_days,
            )
            self._tasks.append(asyncio.create_task(self.relay.run(), name="relay"))

    async def start_unless(self, stop: asyncio.Event) -> bool:
        """Start, unless told to stop before NATS answers; return whether it is started."""
        starting, stopping = asyncio.create_task(self.start()), asyncio.create_task(stop.wait())
        waiting: set[asyncio.Task[Any]] = {starting, stopping}
        while not (done := (await _first_of(waiting))):
            log.warning("nats-server does not answer yet at %s", self.settings.nats_hosts)
        stopping.cancel()
        if starting in done:
            await starting
            return True
        await give_up(starting)
        return False

    async def stop(self) -> None:
        """Finish what is in hand, give back the rest, and close."""
        self.link.closing = True
        for questions in self._questions:
            questions.close()
        for subscriber in self.broker.subscribers:
            subscriber.running = False  # no new batch; close finishes the one in hand
        for consumer in self.consumers:
            await consumer.close()
        if self.relay:
            self.relay.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        with suppress(NatsError):  # it cannot drain a connection that is lost
            await self.broker.stop()
        if self._client is not None and not self._client.is_closed:
            await self._client.close()

    async def provision(self, *, update: bool = True, apply: bool = True) -> list[Change]:
        """Bring streams and consumers to what this build wants, or report the difference."""
        return await provision(
            self.jetstream(), self._streams, self.contexts, update=update, apply=apply
        )

    async def _await_streams(self) -> None:
        """Make streams and consumers, or wait until the part that has the relay made them."""
        pause = 0.05
        while True:
            try:
                changes = await self.provision(apply=self._provisions)
            except (NatsError, TimeoutError) as error:
                log.warning("waiting for JetStream: %s %s", type(error).__name__, error)
            else:
                for change in changes:
                    log.info("%s", change)
                if self._provisions or not any(change.field == "" for change in changes):
                    return
            await asyncio.sleep(pause)
            pause = min(pause * 2, 2.0)

    async def _restore(self) -> None:
        """Make again what is missing; drift is left to the next start."""
        for change in await self.provision(update=False):
            log.error("%s and is made again", change)


async def _first_of(waiting: set[asyncio.Task[Any]]) -> set[asyncio.Task[Any]]:
    done, _ = await asyncio.wait(waiting, timeout=TELL_S, return_when=asyncio.FIRST_COMPLETED)
    return done


def _subscribe(broker: NatsBroker, consumer: Consumer, link: Link) -> None:
    """Let FastStream run a consumer, with a pull loop of our own."""
    config = wanted_consumer(consumer.subscribers)
    subscriber = broker.subscriber(
        stream=JStream(PIIRI, declare=False),
        durable=consumer.subscribers.durable,
        config=config,
        pull_sub=PullSub(batch_size=BATCH, batch=True),
        decoder=_as_they_came,
        # Each message is acknowledged by the consumer, after the commit, or not at all.
        ack_policy=AckPolicy.MANUAL,
        no_reply=True,
        # The library would listen where the server's permissions let nobody listen.
        inbox_prefix=f"{link.inbox_prefix}.".encode(),
        title=consumer.subscribers.durable,
    )
    subscriber(consumer.take)

    async def pull(self: BatchPullStreamSubscriber) -> None:
        await consumer.pull(self)

    subscriber._consume_pull = MethodType(pull, subscriber)  # type: ignore[method-assign]


async def _as_they_came(message: NatsBatchMessage, _original: Any = None) -> list[Msg]:
    """Hand over the messages themselves; the consumer reads their headers."""
    return message.raw_message
