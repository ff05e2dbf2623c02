"""A worker that is told to stop does, even while NATS is away."""

import asyncio

from backbones import until
from servers import free_port
from sqlmodel import select

from services.kit.connection import give_up
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


def test_a_task_that_takes_no_notice_of_one_cancellation_is_ended():
    tries = []

    async def connecting():
        while len(tries) < 3:
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                tries.append("ignored, as the client does between two tries")
        await asyncio.sleep(3600)

    async def start_and_give_up():
        starting = asyncio.create_task(connecting())
        await asyncio.sleep(0)
        await asyncio.wait_for(give_up(starting), timeout=30)
        return starting.cancelled()

    assert asyncio.run(start_and_give_up())
    assert len(tries) == 3
