"""
A small worker that a test may end at any point, and a checker of what it left behind.

It announces some events, hears them twice over (one consumer answers each with an event of
its own), and ends when nothing is left to do.
"""

import asyncio
import multiprocessing
import os
from collections import Counter, defaultdict

from backbones import EFFECTS, note_effect, until
from sqlalchemy import select

from schemas.groups import ProposalLapsed
from services.kit.backbone import Backbone
from services.kit.bus import Subscribers, hears
from services.kit.outbox import OUTBOX, backlog, emit
from services.kit.settings import Settings
from services.kit.store import Store

PATIENCE_S = 60
EVENTS_A_ROUND = 60
KEYS = 5
ANSWER = 1_000_000
"""Added to the version of an event by the event that answers it."""


def contexts():
    """One consumer that answers, one that hears everything."""
    answering, hearing = Subscribers("groups"), Subscribers("notices")

    @hears(answering, ProposalLapsed)
    def answer(event, session):
        note_effect(session, "groups-v1", event)
        if event.version < ANSWER:
            emit(session, ProposalLapsed(proposal_id=event.key, version=event.version + ANSWER))

    @hears(hearing, ProposalLapsed)
    def hear(event, session):
        note_effect(session, "notices-v1", event)

    return [answering, hearing]


def announce(store, turn, told):
    """Make the events of a round; tell of each once it is committed."""
    for number in range(EVENTS_A_ROUND // KEYS):
        version = turn * EVENTS_A_ROUND + number + 1
        with store.begin() as session:
            made = [
                emit(session, ProposalLapsed(proposal_id=f"pr-{key}", version=version))
                for key in range(KEYS)
            ]
        told.write("".join(f"{event.id}\n" for event in made))
        told.flush()


def finished(store):
    """Whether everything in the outbox was sent, heard by both, and answered."""
    with store.read() as session:
        if backlog(session)[0]:
            return False
        run = session.connection().execute
        events = run(select(OUTBOX.c.event_id)).all()
        effects = run(select(EFFECTS.c.event_id).distinct()).all()
        total = run(select(EFFECTS.c.n)).all()
    return len(effects) == len(events) and len(total) >= 2 * len(events)


async def work(store_url, nats_url, turn, told):
    store = Store(store_url)
    EFFECTS.metadata.create_all(store._engines.writer)
    settings = Settings(
        database_url=store_url, nats_url=nats_url, base_url="http://x", secret_key="x" * 32
    )
    backbone = Backbone(settings, store, contexts(), relay=True, exclusive=True)
    await backbone.start()
    await asyncio.to_thread(announce, store, turn, told)
    await until(lambda: finished(store), timeout_s=PATIENCE_S)
    await backbone.stop()
    store.close()


def _main(store_url, nats_url, turn, fault, path, plant):
    os.environ["PIIRI_FAULT"] = fault
    if plant:
        plant()
    with path.open("w") as told:
        asyncio.run(work(store_url, nats_url, turn, told))


# A server that has imported everything forks a worker in no time, and has no threads.
_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["services.kit.backbone", "services.migrations.upgrade"])


class Worker:
    """A worker in a process of its own."""

    def __init__(self, folder, store_url, nats_url, turn, fault="", plant=None):
        self.path = folder / f"accepted-{turn}"
        self.process = _processes.Process(
            target=_main, args=(store_url, nats_url, turn, fault, self.path, plant)
        )
        self.process.start()

    def end(self):
        """Wait for its end; return its status and what it accepted."""
        self.process.join(90)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
        accepted = self.path.read_text().split() if self.path.exists() else []
        return self.process.exitcode, accepted


def faults_in(store, accepted):
    """Check the history: everything accepted has each effect once, in order, with a cause."""
    with store.read() as session:
        run = session.connection().execute
        bodies = run(select(OUTBOX.c.body).order_by(OUTBOX.c.seq)).scalars().all()
        effects = run(select(EFFECTS).order_by(EFFECTS.c.n)).all()
    events = {str(e.id): e for e in map(ProposalLapsed.model_validate_json, bodies)}
    found = [f"accepted and not announced: {one}" for one in set(accepted) - set(events)]
    counts = Counter((row.consumer, row.event_id) for row in effects)
    wanted = {(consumer, one) for consumer in ("groups-v1", "notices-v1") for one in events}
    found += [f"{counts[one]} effects of {one}" for one in wanted if counts[one] != 1]
    found += [f"an effect of nothing: {one}" for one in set(counts) - wanted]
    by_key = defaultdict(list)
    for row in effects:
        if row.version < ANSWER:
            by_key[row.consumer, row.key].append(row.version)
    found += [f"out of order: {where}" for where, got in by_key.items() if got != sorted(got)]
    answers = [event for event in events.values() if event.version > ANSWER]
    causes = Counter(str(event.causation_id) for event in answers)
    asked = {one for one, event in events.items() if event.version < ANSWER}
    found += [f"answered {causes[one]} times: {one}" for one in asked if causes[one] != 1]
    found += [f"an answer to nothing: {one}" for one in set(causes) - asked]
    return found
