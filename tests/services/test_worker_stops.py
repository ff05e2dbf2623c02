"""A worker that is told to stop does, even while NATS is away."""

import asyncio

from backbones import until
from servers import free_port
from sqlmodel import select

from services.kit.tables import LeaseRow
from services.worker import run_worker


def test_a_worker_stops_while_it_waits_for_nats(store, settings):
    away = settings.model_copy(update={"nats_url": f"nats://127.0.0.1:{free_port()}"})

    def leads():
        with store.read() as session:
            return session.exec(select(LeaseRow)).first()

    async def start_and_stop():
        stop = asyncio.Event()
        working = asyncio.create_task(run_worker(away, store, [], stop))
        await until(leads)
        stop.set()
        done, _ = await asyncio.wait({working}, timeout=30)
        working.cancel()
        return done

    (working,) = asyncio.run(start_and_stop())
    assert working.exception() is None
