"""A backbone that runs for a test, and a table in which effects are counted."""

import asyncio
import time
from collections import defaultdict
from contextlib import asynccontextmanager

from sqlalchemy import Column, Integer, MetaData, String, Table, select

from schemas.groups import ProposalLapsed
from services.kit.backbone import Backbone
from services.kit.bus import Subscribers, hears
from services.kit.outbox import emit

EFFECTS = Table(
    "test_effects",
    MetaData(),  # not the product's: its tables are compared with the migrations
    Column("n", Integer, primary_key=True),
    Column("consumer", String, nullable=False),
    Column("event_id", String, nullable=False),
    Column("key", String, nullable=False),
    Column("version", Integer, nullable=False),
)


@asynccontextmanager
async def running(settings, store, contexts=(), **options):
    """A started backbone with a relay, alone in the world."""
    backbone = Backbone(settings, store, contexts, **{"relay": True, "exclusive": True, **options})
    await backbone.start()
    try:
        yield backbone
    finally:
        await backbone.stop()


async def until(condition, timeout_s=15.0):
    """Wait for a condition to hold; fail with what it answered last."""
    deadline = time.monotonic() + timeout_s
    while not (answer := condition()):
        assert time.monotonic() < deadline, f"still {answer!r} after {timeout_s} s"
        await asyncio.sleep(0.01)
    return answer


def counting(store, context="groups", before=None):
    """Subscribers that note every event they get in ``EFFECTS``."""
    EFFECTS.metadata.create_all(store._engines.writer)
    subscribers = Subscribers(context)

    @hears(subscribers, ProposalLapsed)
    def note(event, session):
        if before:
            before(event, session)
        note_effect(session, subscribers.durable, event)

    return subscribers


def note_effect(session, consumer, event):
    session.connection().execute(
        EFFECTS.insert().values(
            consumer=consumer, event_id=str(event.id), key=event.key, version=event.version
        )
    )


def lapse(store, *keys, start=1):
    """Announce one event a key, or more when a key comes again; versions count up."""
    versions = defaultdict(lambda: start - 1)
    events = []
    with store.begin() as session:
        for key in keys:
            versions[key] += 1
            events.append(emit(session, ProposalLapsed(proposal_id=key, version=versions[key])))
    return events


def effects(store, consumer="groups-v1"):
    """What was noted, in order: key and version."""
    query = select(EFFECTS.c.key, EFFECTS.c.version).order_by(EFFECTS.c.n)
    with store.read() as session:
        rows = session.connection().execute(query.where(EFFECTS.c.consumer == consumer)).all()
    return [tuple(row) for row in rows]
