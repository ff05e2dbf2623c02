"""
How fast events go, as ratios to the plain client on the same server and disk.

Run ``PYTHONPATH=.:tests python tests/bench/events/run.py``; ``--events N`` (5000) and
``--postgres`` choose how much and on which database. Absolute rates move with the machine;
read the ratios.
"""

import argparse
import asyncio
import platform
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import nats
from backbones import running, until
from servers import running_postgres

from schemas.groups import ProposalLapsed
from services.kit.bus import Subscribers, hears
from services.kit.envelope import event_of, headers_of
from services.kit.nats_server import NatsServer, version_of
from services.kit.outbox import OUTBOX, emit
from services.kit.provision import provision, wanted_streams
from services.kit.settings import Settings
from services.kit.store import Store

KEYS = 100
RATE_PER_S = 50
"""Registrations a second, for the latency."""


def an_event(number):
    return ProposalLapsed(proposal_id=f"pr-{number % KEYS}", version=number + 1)


def announce(store, count):
    """Fill the outbox, in transactions of a hundred."""
    for start in range(0, count, 100):
        with store.begin() as session:
            for number in range(start, min(start + 100, count)):
                emit(session, an_event(number))


async def fresh(url):
    """Delete every stream and make ours."""
    client = await nats.connect(url)
    jetstream = client.jetstream()
    for stream in await jetstream.streams_info():
        await jetstream.delete_stream(stream.config.name)
    await provision(jetstream, wanted_streams())
    return client, jetstream


async def single_publishes(url, count):
    """Rate of awaited publishes, one after the other."""
    client, jetstream = await fresh(url)
    events = [an_event(number) for number in range(count)]
    started = time.perf_counter()
    for event in events:
        await jetstream.publish(
            event.subject,
            event.model_dump_json().encode(),
            stream="PIIRI",
            headers=headers_of(event),
        )
    rate = count / (time.perf_counter() - started)
    await client.close()
    return rate


async def relay_rate(settings, store, count):
    """Rate from a full outbox to every row noted as sent."""
    client, _ = await fresh(settings.nats_url)
    await client.close()
    announce(store, count)
    started = time.perf_counter()
    async with running(settings, store) as backbone:
        await until(lambda: backbone.relay.gauges.sent == count, 300)
        return count / (time.perf_counter() - started)


async def raw_consumer(url, count):
    """Rate of the plain client: pull a hundred, decode, acknowledge."""
    client = await nats.connect(url)
    jetstream = client.jetstream()
    subscription = await jetstream.pull_subscribe(
        "piiri.matching.lapsed.*", durable="raw", stream="PIIRI"
    )
    heard, started = 0, time.perf_counter()
    while heard < count:
        for message in await subscription.fetch(100, timeout=5):
            event_of(message.headers, message.data)
            await message.ack()
            heard += 1
    await client.flush()
    rate = count / (time.perf_counter() - started)
    await jetstream.delete_consumer("PIIRI", "raw")
    await client.close()
    return rate


async def consumer_rate(settings, store, count, durable):
    """Rate of a context that does nothing: decode, inbox, commit, acknowledge."""
    subscribers = Subscribers(durable)
    hears(subscribers, ProposalLapsed)(lambda *_: None)
    started = time.perf_counter()
    async with running(settings, store, [subscribers], relay=False, provisions=True) as backbone:
        gauges = backbone.consumers[0].gauges
        await until(lambda: gauges.heard == count, 300)
        return count / (time.perf_counter() - started)


async def latencies(settings, store):
    """Milliseconds from the making of an event to its handler, at an even pace."""
    heard = []
    subscribers = Subscribers("latency")

    @hears(subscribers, ProposalLapsed)
    def note(event, _session):
        heard.append((datetime.now(UTC) - event.time).total_seconds() * 1000)

    client, _ = await fresh(settings.nats_url)
    await client.close()
    with store.begin() as session:
        session.connection().execute(OUTBOX.delete())  # nothing old to send again

    def one(number):
        with store.begin() as session:
            emit(session, an_event(number))

    async with running(settings, store, [subscribers]) as backbone:
        await until(lambda: backbone.relay.gauges.active)
        await asyncio.sleep(1.0)
        heard.clear()
        for number in range(RATE_PER_S * 5):
            started = time.perf_counter()
            await asyncio.to_thread(one, number)
            await asyncio.sleep(max(0.0, 1 / RATE_PER_S - (time.perf_counter() - started)))
        await until(lambda: len(heard) >= RATE_PER_S * 5, 60)
    cuts = statistics.quantiles(heard, n=100)
    return cuts[49], cuts[98]


async def measure(settings, store, count):
    """Run everything and print the table."""
    url = settings.nats_url
    single = await single_publishes(url, min(count, 1000))
    relay = await relay_rate(settings, store, count)
    raw = statistics.median([await raw_consumer(url, count) for _ in range(3)])
    ours = statistics.median(
        [await consumer_rate(settings, store, count, f"bench_{n}") for n in "abc"]
    )
    p50, p99 = await latencies(settings, store)
    rows = [
        ("awaited single publishes", f"{single:,.0f}/s", "1"),
        ("relay, outbox to noted", f"{relay:,.0f}/s", f"{relay / single:.2f}"),
        ("plain pull of 100, decode, ack", f"{raw:,.0f}/s", "1"),
        ("a context: decode, inbox, commit, ack", f"{ours:,.0f}/s", f"{ours / raw:.2f}"),
        (f"event to handler at {RATE_PER_S}/s", f"p50 {p50:.1f} ms", f"p99 {p99:.1f} ms"),
    ]
    for name, figure, ratio in rows:
        print(f"{name:<40} {figure:>14} {ratio:>14}")


def main():
    """Start what is needed, and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=5000)
    parser.add_argument("--postgres", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, NatsServer(Path(name) / "nats") as server:
        print(f"{platform.machine()}, nats-server {version_of(server.binary)}, R1, always synced")
        if not options.postgres:
            _measure_on(f"sqlite:///{name}/piiri.db", server.url, options.events)
            return
        with running_postgres() as postgres:
            address = postgres.address("postgres").replace("://", "+psycopg://")
            _measure_on(address, server.url, options.events)


def _measure_on(store_url, nats_url, count):
    store = Store(store_url)
    store.upgrade()
    settings = Settings(
        database_url=store_url, nats_url=nats_url, base_url="http://x", secret_key="x" * 32
    )
    asyncio.run(measure(settings, store, count))
    store.close()


if __name__ == "__main__":
    main()
