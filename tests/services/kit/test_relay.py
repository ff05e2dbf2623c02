"""What the outbox holds reaches the stream, once, in order, whatever is lost on the way."""

import asyncio
import shutil
from datetime import UTC, datetime, timedelta

import nats
import pytest
from backbones import counting, effects, lapse, running, until
from nats.errors import Error as NatsError
from sqlalchemy import select, update

from schemas.groups import ProposalLapsed
from schemas.notices import Nearness, RegionTold
from services.kit.connection import Link, connect
from services.kit.inbox import INBOX
from services.kit.nats_server import NatsServer
from services.kit.outbox import OUTBOX, backlog, emit
from services.kit.publishing import chunks
from services.kit.pulling import Puller
from services.kit.sending import MAX_REFUSALS, Unsent, load_unsent, prune
from services.kit.settings import Settings
from services.kit.store import Store


def unsent(store):
    with store.read() as session:
        return backlog(session)[0]


def sequences(store):
    with store.read() as session:
        return list(
            session.connection().scalars(select(OUTBOX.c.stream_seq).order_by(OUTBOX.c.seq))
        )


async def ids_on(url, stream="PIIRI"):
    """The ids of a stream's messages, in order."""
    client = await nats.connect(url)
    jetstream = client.jetstream()
    last = (await jetstream.stream_info(stream)).state.last_seq
    messages = [await jetstream.get_msg(stream, seq=seq) for seq in range(1, last + 1)]
    await client.close()
    return [message.headers["Nats-Msg-Id"] for message in messages]


async def test_a_backlog_goes_in_batches_with_the_sequence_noted(settings, store, nats_url):
    events = lapse(store, *["pr-1"] * 1100)
    async with running(settings, store) as backbone:
        gauges = backbone.relay.gauges
        await until(lambda: gauges.sent == 1100)
    assert (gauges.sent, gauges.batches, gauges.largest_batch) == (1100, 3, 500)
    assert sequences(store) == list(range(1, 1101))
    assert await ids_on(nats_url) == [str(event.id) for event in events]


async def test_an_event_is_a_cloudevent_in_binary_mode(settings, store, nats_url):
    (event,) = lapse(store, "pr-1")
    async with running(settings, store) as backbone:
        await until(lambda: unsent(store) == 0)
        message = await backbone.jetstream().get_msg("PIIRI", seq=1)
    assert {name: message.headers[name] for name in message.headers if name[:3] == "ce-"} == {
        "ce-specversion": "1.0",
        "ce-id": str(event.id),
        "ce-type": "piiri.matching.lapsed.v1",
        "ce-source": "/piiri/matching",
        "ce-subject": "pr-1",
        "ce-time": event.time.isoformat(),
    }
    assert message.headers["content-type"] == "application/json"
    assert message.subject == "piiri.matching.lapsed.pr-1"
    assert ProposalLapsed.model_validate_json(message.data) == event


async def test_what_agents_subscribe_to_goes_to_a_stream_of_its_own(settings, store, nats_url):
    lapse(store, "pr-1")
    with store.begin() as session:
        told = RegionTold(notice_id="n-1", region="06", group_id="g-1", nearness=Nearness.OWN)
        emit(session, told)
    lapse(store, "pr-2")
    async with running(settings, store):
        await until(lambda: unsent(store) == 0)
    assert await ids_on(nats_url, "NOTICES") == [str(told.id)]
    assert sequences(store) == [1, 1, 2]


async def test_a_batch_that_holds_a_stored_event_goes_one_by_one(settings, store, nats_url):
    events = lapse(store, *["pr-1"] * 5)
    async with running(settings, store):
        await until(lambda: unsent(store) == 0)
        with store.begin() as session:
            # As if the relay had died before noting three of them, unseen by reconciling.
            session.connection().execute(update(OUTBOX).values(stream_seq=None))
        events += lapse(store, *["pr-1"] * 3)
        await until(lambda: unsent(store) == 0)
    assert sequences(store) == list(range(1, 9))
    assert await ids_on(nats_url) == [str(event.id) for event in events]


async def test_an_event_the_server_refuses_does_not_stop_the_others(settings, store, nats_url):
    lapse(store, "pr-1")
    with store.begin() as session:
        emit(session, ProposalLapsed(proposal_id="pr-2", version=1))
        # A subject that no stream takes cannot be emitted, a body too large for the stream
        # neither; an older release may have left one.
        session.connection().execute(
            update(OUTBOX).where(OUTBOX.c.subject.endswith("pr-2")).values(body="x" * 1_100_000)
        )
    lapse(store, "pr-3")
    async with running(settings, store):
        await until(lambda: unsent(store) == 1)
        await until(lambda: not load_unsent(store, 10))
        lapse(store, "pr-4")
        await until(lambda: sequences(store)[-1])
    assert [seq is None for seq in sequences(store)] == [False, True, False, False]
    with store.read() as session:
        attempts = session.connection().scalars(select(OUTBOX.c.attempts)).all()
    assert attempts == [0, MAX_REFUSALS, 0, 0]
    with store.begin() as session:
        mended = update(OUTBOX).where(OUTBOX.c.subject.endswith("pr-2")).values(body="{}")
        session.connection().execute(mended)
    async with running(settings, store):
        await until(lambda: unsent(store) == 0)


def test_a_batch_holds_one_stream_and_is_bounded():
    def row(seq, stream="PIIRI", size=10):
        return Unsent(seq, str(seq), stream, "s", {}, "x" * size)

    rows = [row(1), row(2, "NOTICES"), row(3), row(4, size=3_000_000), row(5, size=3_000_000)]
    assert [[one.seq for one in chunk] for chunk in chunks(rows)] == [[2], [1, 3, 4], [5]]
    many = list(chunks([row(seq) for seq in range(1200)]))
    assert [len(chunk) for chunk in many] == [500, 500, 200]


async def test_one_relay_is_active_and_another_takes_over(settings, store_url, store):
    other = Store(store_url)
    async with running(settings, store) as first:
        await until(lambda: first.relay.gauges.active)
        async with running(settings, other) as second:
            lapse(store, *["pr-1"] * 20)
            await until(lambda: first.relay.gauges.sent == 20)
            assert second.relay.gauges.sent == 0
            assert not second.relay.gauges.active
            first.relay.stop()
            await until(lambda: second.relay.gauges.active)
            lapse(store, *["pr-1"] * 20)
            await until(lambda: second.relay.gauges.sent == 20)
    other.close()


async def test_what_was_sent_and_not_noted_is_noted_after_any_time(settings, store, nats_url):
    events = lapse(store, *["pr-1"] * 30)
    async with running(settings, store):
        await until(lambda: unsent(store) == 0)
    with store.begin() as session:
        session.connection().execute(
            update(OUTBOX).where(OUTBOX.c.seq > 10).values(stream_seq=None)
        )
    client = await nats.connect(nats_url)
    config = (await client.jetstream().stream_info("PIIRI")).config
    # Beyond the duplicate window nothing but the outbox knows what was sent.
    await client.jetstream().update_stream(config.evolve(duplicate_window=0.1))
    await client.close()
    await asyncio.sleep(0.3)
    async with running(settings, store) as backbone:
        await until(lambda: backbone.relay.gauges.restored.noted == 20)
        assert unsent(store) == backbone.relay.gauges.sent == 0
    assert await ids_on(nats_url) == [str(event.id) for event in events]


async def test_messages_the_database_does_not_know_are_reported(settings, store, caplog):
    async with running(settings, store) as backbone:
        await backbone.jetstream().publish(
            "piiri.matching.lapsed.x", b"{}", headers={"Nats-Msg-Id": "stranger"}
        )
    async with running(settings, store) as backbone:
        await until(lambda: backbone.relay.gauges.restored.unknown == 1)
    assert "1 events that the database does not know" in caplog.text


async def test_a_deleted_stream_is_filled_again_while_we_run(settings, store, nats_url):
    subscribers = counting(store)
    async with running(settings, store, [subscribers]) as backbone:
        events = lapse(store, *["pr-1"] * 50)
        await until(lambda: len(effects(store)) == 50)
        await backbone.jetstream().delete_stream("PIIRI")
        events += lapse(store, *["pr-1"] * 10, start=51)
        await until(lambda: len(effects(store)) == 60)
        await until(lambda: backbone.relay.gauges.restored.resent == 50)
    assert effects(store) == [("pr-1", version) for version in range(1, 61)]
    assert await ids_on(nats_url) == [str(event.id) for event in events]
    assert sequences(store) == list(range(1, 61))


async def test_a_deleted_consumer_is_made_again(settings, store, monkeypatch):
    monkeypatch.setattr("services.kit.relay.LOOK_S", 0.2)
    async with running(settings, store, [counting(store)]) as backbone:
        lapse(store, *["pr-1"] * 5)
        await until(lambda: len(effects(store)) == 5)
        await backbone.jetstream().delete_consumer("PIIRI", "groups-v1")
        tries = []
        take = Puller.take
        monkeypatch.setattr(Puller, "take", lambda *args: tries.append(1) or take(*args))
        await asyncio.sleep(0.5)
        assert len(tries) < 20, "it does not spin"
        lapse(store, *["pr-1"] * 5, start=6)
        await until(lambda: len(effects(store)) == 10)
    assert effects(store) == [("pr-1", version) for version in range(1, 11)]


@pytest.fixture
def own_server(tmp_path):
    """A server that the test may hurt."""
    with NatsServer(tmp_path / "nats") as server:
        yield server


@pytest.fixture
def own_settings(own_server, store_url):
    return Settings.from_env(
        {
            "PIIRI_DATABASE_URL": store_url,
            "PIIRI_NATS_URL": own_server.url,
            "PIIRI_SECRET_KEY": "only-for-the-tests-" * 2,
        }
    )


async def test_a_killed_server_costs_nothing(own_settings, own_server, store):
    async with running(own_settings, store, [counting(store)]) as backbone:
        for turn in range(3):
            await asyncio.to_thread(lapse, store, *["pr-1"] * 100, start=turn * 100 + 1)
            own_server.kill()
        await until(lambda: len(effects(store)) == 300)
        await until(lambda: unsent(store) == 0)
        assert backbone.link.connects >= 2
    assert effects(store) == [("pr-1", version) for version in range(1, 301)]


async def test_a_wiped_server_is_filled_from_the_outbox(own_settings, own_server, store, tmp_path):
    async with running(own_settings, store, [counting(store)]) as backbone:
        lapse(store, *["pr-1"] * 40)
        await until(lambda: len(effects(store)) == 40)
        before = await ids_on(own_server.url)
        (own_server.folder / "jetstream").rename(tmp_path / "lost")
        own_server.kill()
        await until(lambda: backbone.relay.gauges.restored.resent == 40)
        await until(lambda: unsent(store) == 0)
        lapse(store, "pr-1", start=41)
        await until(lambda: len(effects(store)) == 41)
    assert (await ids_on(own_server.url))[:40] == before
    assert effects(store) == [("pr-1", version) for version in range(1, 42)]


async def test_a_lost_tail_is_sent_again_and_heard(own_settings, own_server, store, tmp_path):
    copy = tmp_path / "copy"
    contexts = [counting(store), counting(store, "notices")]
    async with running(own_settings, store, contexts[:1]):
        lapse(store, *["pr-1"] * 20)
        await until(lambda: len(effects(store)) == 20)
    own_server.stop()
    shutil.copytree(own_server.folder / "jetstream", copy)
    with NatsServer(own_server.folder) as again:
        settings = own_settings.model_copy(update={"nats_url": again.url})
        async with running(settings, store, contexts[:1]):
            lapse(store, *["pr-1"] * 10, start=21)
            await until(lambda: len(effects(store)) == 30)
    shutil.rmtree(own_server.folder / "jetstream")
    shutil.copytree(copy, own_server.folder / "jetstream")
    with NatsServer(own_server.folder) as restored:
        settings = own_settings.model_copy(update={"nats_url": restored.url})
        async with running(settings, store, contexts) as backbone:
            await until(lambda: backbone.relay.gauges.restored.resent == 10)
            lapse(store, "pr-1", start=31)
            await until(lambda: len(effects(store)) == 31)
            await until(lambda: len(effects(store, "notices-v1")) == 31)
        assert len(await ids_on(restored.url)) == 31
    assert effects(store) == [("pr-1", version) for version in range(1, 32)]
    assert effects(store, "notices-v1") == effects(store)


async def test_nothing_is_published_while_disconnected(own_settings, own_server, store):
    async with running(own_settings, store) as backbone:
        own_server.stop()
        await until(lambda: not backbone.client.is_connected)
        lapse(store, *["pr-1"] * 10)
        await asyncio.sleep(0.5)
        assert backbone.client.pending_data_size == 0
        assert unsent(store) == 10


def test_old_events_are_removed_and_the_inbox_remembers_longer(store):
    lapse(store, "old", "old-unsent", "new")
    now = datetime.now(UTC)

    def aged(days):
        return now - timedelta(days=days)

    with store.begin() as session:
        run = session.connection().execute
        for key, days, seq in (("old", 31, 1), ("old-unsent", 31, None), ("new", 29, 2)):
            run(
                update(OUTBOX)
                .where(OUTBOX.c.subject.endswith(f".{key}"))
                .values(created_at=aged(days), stream_seq=seq)
            )
        for name, days in (("a", 32), ("b", 30.5), ("c", 1)):
            run(INBOX.insert().values(consumer="x", event_id=name, heard_at=aged(days)))
    assert prune(store, 30, now=now) == 1
    with store.read() as session:
        left = session.connection().scalars(select(OUTBOX.c.subject)).all()
        heard = session.connection().scalars(select(INBOX.c.event_id)).all()
    assert [subject.rpartition(".")[2] for subject in left] == ["old-unsent", "new"]
    assert heard == ["b", "c"]


@pytest.mark.postgres
async def test_on_postgresql_a_commit_elsewhere_wakes_the_relay(settings, pg_store, monkeypatch):
    monkeypatch.setattr("services.kit.relay.POLL_S", 30.0)
    writer = Store(pg_store.url)  # another process: its commit wakes nobody by itself
    settings = settings.model_copy(update={"database_url": pg_store.url})
    async with running(settings, pg_store, [counting(pg_store)]) as backbone:
        await until(lambda: backbone.relay.gauges.active)
        await asyncio.sleep(0.1)
        await asyncio.to_thread(lapse, writer, "pr-1")
        await until(lambda: effects(pg_store), timeout_s=10.0)
    writer.close()


@pytest.mark.postgres
async def test_on_postgresql_the_relay_survives_the_loss_of_its_connections(settings, pg_store):
    settings = settings.model_copy(update={"database_url": pg_store.url})
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    async with running(settings, pg_store, [counting(pg_store)]) as backbone:
        await asyncio.to_thread(lapse, pg_store, *["pr-1"] * 50)
        with pg_store._engines.writer.connect() as connection:
            connection.exec_driver_sql(f"{cut} AND datname = current_database()")
        await until(lambda: len(effects(pg_store)) == 50)
        await until(lambda: backbone.relay.gauges.active)
        await asyncio.to_thread(lapse, pg_store, *["pr-1"] * 50, start=51)
        await until(lambda: len(effects(pg_store)) == 100)
    assert effects(pg_store) == [("pr-1", version) for version in range(1, 101)]


async def test_a_connection_closed_for_good_is_told(settings):
    lost = []
    link = Link("test", lambda: lost.append("ended"))
    client = await connect(settings, link)
    await client.close()
    assert lost == ["ended"]
    quiet = Link("test", lambda: lost.append("by ourselves"))
    client = await connect(settings, quiet)
    quiet.closing = True
    await client.close()
    assert lost == ["ended"]
    with pytest.raises(NatsError):
        await client.flush()
