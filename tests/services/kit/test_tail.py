"""The streams are followed readably."""

import asyncio
import json

from backbones import lapse, running, until

from schemas.groups import ProposalLapsed
from services.kit.outbox import answering, emit
from services.kit.tail import tail


async def collected(client, **options):
    return [one async for one in tail(client, **options)]


async def test_it_shows_the_newest_and_ends(settings, store):
    lapse(store, *[f"pr-{n}" for n in range(30)])
    async with running(settings, store) as backbone:
        await until(lambda: backbone.relay.gauges.sent == 30)
        told = await collected(backbone.client, last=5, follow=False)
    assert [one.key for one in told] == [f"pr-{n}" for n in range(25, 30)]
    assert "matching.lapsed.v1" in told[0].line()
    assert json.loads(told[0].json())["seq"] == 26


async def test_it_follows_and_shows_the_cause(settings, store):
    with store.begin() as session:
        first = emit(session, ProposalLapsed(proposal_id="pr-1", version=1))
    async with running(settings, store) as backbone:
        lines = tail(backbone.client)
        assert (await anext(lines)).id == str(first.id)
        with store.begin() as session, answering(first):
            emit(session, ProposalLapsed(proposal_id="pr-2", version=1))
        async with asyncio.timeout(10):
            second = await anext(lines)
        await lines.aclose()
    assert second.causation_id == str(first.id)
    assert f"cause {str(first.id)[:8]}" in second.line()


async def test_an_empty_stream_ends_at_once(settings, store):
    async with running(settings, store) as backbone:
        assert await collected(backbone.client, follow=False) == []


async def test_it_shows_one_type_only_and_survives_an_unreadable_message(settings, store):
    lapse(store, "pr-1")
    async with running(settings, store) as backbone:
        await until(lambda: backbone.relay.gauges.sent == 1)
        await backbone.jetstream().publish("piiri.matching.lapsed.bad", b"\xff{", stream="PIIRI")
        everything = await collected(backbone.client, follow=False)
        matching = await collected(backbone.client, follow=False, types="piiri.matching.lapsed.v*")
    assert [one.key for one in everything] == ["pr-1", "bad"]
    assert [one.key for one in matching] == ["pr-1"]
