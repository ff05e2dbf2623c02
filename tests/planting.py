"""Faults planted into a worker, to see that the history checker is not blind."""

import os
import threading
from contextlib import contextmanager

import crashing

from services.kit import consumer, outbox, sending, settling
from services.kit.faults import EXIT_STATUS
from services.kit.store import Store


def impatient():
    """A planted loss never finishes; it is not waited for."""
    crashing.PATIENCE_S = 4


def no_inbox():
    """Every delivery counts as the first."""
    settling.first_time = lambda _session, _consumer, ids: set(ids)


def acknowledged_first():
    """What dies before its commit is not delivered again."""
    impatient()
    settle = consumer.Consumer._settle

    async def acknowledge_and_settle(self, batch):
        for delivery in batch:
            await delivery.message.ack()
        await self._puller._client.flush()
        await settle(self, batch)

    consumer.Consumer._settle = acknowledge_and_settle


def announced_after_the_commit():
    """Rows in one transaction, their events in the next."""
    impatient()
    put, begin, mine = outbox.put, Store.begin, threading.local()

    def late():
        return mine.__dict__.setdefault("events", [])

    @contextmanager
    def begin_then_announce(self, place="store"):
        with begin(self, place) as session:
            yield session
        if late() and place == "bus" and os.environ["PIIRI_FAULT"]:
            os._exit(EXIT_STATUS)  # the other consumer passes the fault points too
        while late():
            with begin(self, "relay") as session:
                put(session, *late().pop(0))

    outbox.put = lambda _session, *event: late().append(event)
    Store.begin = begin_then_announce


def sent_backwards():
    """The newest event first."""
    sending._UNSENT = sending._UNSENT.order_by(None).order_by(sending.OUTBOX.c.seq.desc())


def without_a_cause():
    """What a handler announces does not say what it answers."""

    @contextmanager
    def answering(_event):
        yield

    settling.answering = answering
