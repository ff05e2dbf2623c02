"""Whether a process lives and can work, told truly."""

import asyncio
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from backbones import counting, effects, lapse, running, until
from sqlalchemy import update

from services.kit.health import DEAD_STATUS, readiness
from services.kit.outbox import OUTBOX

STUCK = """
import asyncio, time
from services.kit.health import Heartbeat

async def stand_still():
    heart = Heartbeat(silence_s=3.0)
    heart.start()
    await asyncio.sleep(0.5)
    print("alive", flush=True)
    time.sleep(60)

asyncio.run(stand_still())
"""


STUCK_WORKER = """
import asyncio, time
from services.commands import serve

async def stand_still(*_):
    print("alive", flush=True)
    time.sleep(60)

serve.run_worker = stand_still
asyncio.run(serve._work(None, None, [], silence_s=3.0))
"""


@pytest.mark.parametrize("program", [STUCK, STUCK_WORKER])
def test_a_loop_that_stands_still_ends_the_process(program):
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )
    assert done.stdout == "alive\n"
    assert done.returncode == DEAD_STATUS
    assert "in stand_still" in done.stderr


async def test_a_process_that_can_work_is_ready(settings, store):
    async with running(settings, store, [counting(store)]) as backbone:
        lapse(store, *["pr-1"] * 3)
        await until(lambda: len(effects(store)) == 3)
        await until(lambda: backbone.relay.gauges.sent == 3)
        found = await readiness(backbone)
    assert found.ready, found.problems
    assert found.gauges["outbox_unsent"] == found.gauges["parked"] == 0
    assert found.gauges["groups-v1"]["heard"] == 3
    assert found.gauges["groups-v1"]["pending"] == 0
    assert found.gauges["relay"]["sent"] == 3


async def test_a_missing_consumer_is_told(settings, store):
    quiet = {"relay": False, "provisions": True}
    async with running(settings, store, [counting(store)], **quiet) as backbone:
        await backbone.jetstream().delete_consumer("PIIRI", "groups-v1")
        found = await readiness(backbone)
    assert found.problems == ["consumer groups-v1: NotFoundError"]


async def test_an_event_that_waits_too_long_is_told(settings, store):
    lapse(store, "pr-1")
    old = datetime.now(UTC) - timedelta(seconds=100)
    async with running(settings, store, relay=False, provisions=True) as backbone:
        with store.begin() as session:
            session.connection().execute(update(OUTBOX).values(created_at=old))
        found = await readiness(backbone)
    assert found.problems == ["outbox: an event waits for 100 s; is a relay running?"]


async def test_a_database_that_is_away_is_told(settings, store, tmp_path):
    async with running(settings, store) as backbone:
        await asyncio.sleep(0.1)
        backbone.relay.stop()
        store.close()
        (tmp_path / "piiri.db").rename(tmp_path / "away.db")
        (tmp_path / "piiri.db").mkdir()
        found = await readiness(backbone)
        (tmp_path / "piiri.db").rmdir()
    assert found.problems == ["database: The database did not answer: OperationalError"]
