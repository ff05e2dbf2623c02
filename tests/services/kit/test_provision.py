"""Streams and consumers are set in one place, and setting them twice changes nothing."""

import nats
import pytest
from backbones import running

from schemas.groups import GroupProposed, ProposalLapsed
from services.kit.bus import Subscribers, hears
from services.kit.provision import provision, wanted_consumer, wanted_streams
from services.kit.streams import piiri_subjects


@pytest.fixture
async def jetstream(nats_url):
    client = await nats.connect(nats_url)
    yield client.jetstream()
    await client.close()


def hearing(*types):
    subscribers = Subscribers("groups")
    for event_type in types:
        hears(subscribers, event_type)(print)
    return subscribers


async def test_a_second_run_changes_nothing(jetstream):
    wanted = wanted_streams(), [hearing(ProposalLapsed)]
    made = await provision(jetstream, *wanted)
    assert [str(change) for change in made] == [
        "stream PIIRI: is missing",
        "stream NOTICES: is missing",
        "stream ADVISORIES: is missing",
        "consumer groups-v1: is missing",
    ]
    assert await provision(jetstream, *wanted) == []


async def test_every_setting_arrives(jetstream):
    await provision(jetstream, wanted_streams(7), [hearing(ProposalLapsed)])
    config = (await jetstream.stream_info("PIIRI")).config
    assert config.max_age == 7 * 86_400
    assert (config.discard, config.storage, config.retention) == ("new", "file", "limits")
    assert (config.compression, config.duplicate_window) == ("s2", 600)
    assert config.allow_atomic
    assert config.deny_delete
    assert config.deny_purge
    assert config.max_bytes > 0
    assert config.max_msg_size > 0
    consumer = (await jetstream.consumer_info("PIIRI", "groups-v1")).config
    assert (consumer.ack_policy, consumer.max_deliver, consumer.ack_wait) == ("explicit", -1, 10)
    assert consumer.backoff == [10, 30, 60]
    assert consumer.max_ack_pending == 1000


async def test_drift_is_reported_and_mended(jetstream):
    await provision(jetstream, wanted_streams(), [hearing(ProposalLapsed)])
    config = (await jetstream.stream_info("PIIRI")).config
    await jetstream.update_stream(config.evolve(max_age=60.0, duplicate_window=1.0))
    wanted = wanted_streams(), [hearing(ProposalLapsed, GroupProposed)]
    drift = [str(change) for change in await provision(jetstream, *wanted, apply=False)]
    assert drift == [
        "stream PIIRI: max_age is 60.0, should be 2592000.0",
        "stream PIIRI: duplicate_window is 1.0, should be 600.0",
        "consumer groups-v1: filter_subjects is "
        "['piiri.matching.lapsed.*', 'piiri.replay.groups-v1.*'], should be "
        "['piiri.matching.lapsed.*', 'piiri.matching.proposed.*', 'piiri.replay.groups-v1.*']",
    ]
    assert len(await provision(jetstream, *wanted, apply=False)) == 3, "it only reported"
    assert len(await provision(jetstream, *wanted)) == 3
    assert await provision(jetstream, *wanted) == []


async def test_an_older_build_does_not_undo_what_a_newer_one_set(jetstream):
    newer = wanted_streams(), [hearing(ProposalLapsed, GroupProposed)]
    await provision(jetstream, *newer)
    older = wanted_streams(20), [hearing(ProposalLapsed)]
    assert await provision(jetstream, *older, update=False) == []
    assert await provision(jetstream, *newer) == []


async def test_a_start_of_a_worker_changes_nothing_that_is_right(settings, store, jetstream):
    contexts = [hearing(ProposalLapsed)]
    async with running(settings, store, contexts):
        pass
    before = (await jetstream.stream_info("PIIRI")).config
    async with running(settings, store, contexts) as backbone:
        assert await backbone.provision(apply=False) == []
    assert (await jetstream.stream_info("PIIRI")).config == before


async def test_notices_and_facts_do_not_share_a_subject(jetstream):
    await provision(jetstream, wanted_streams())
    for subject, stream in (
        ("piiri.notices.region.06", "NOTICES"),
        ("piiri.challenges.registered.u-1", "PIIRI"),
        ("piiri.replay.groups-v1.u-1", "PIIRI"),
    ):
        assert await jetstream.find_stream_name_by_subject(subject) == stream


def test_the_subjects_of_every_context_are_kept():
    assert "piiri.challenges.>" in piiri_subjects()
    assert "piiri.matching.>" in piiri_subjects()
    assert not any("notices" in subject for subject in piiri_subjects())


def test_a_consumer_backs_off():
    assert wanted_consumer(Subscribers("groups")).backoff == [10.0, 30.0, 60.0]
