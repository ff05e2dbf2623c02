"""Who registers while everybody is looked at is told of its peers, over a real nats-server."""

import asyncio

import pytest
from backbones import running, until
from builders import a_unit
from looks import HeldLook
from matched import RULES, a_card, peers

from matcher import forming
from schemas.asking import PeersAnswer, PeersQuestion
from schemas.base import Names
from schemas.challenges import ChallengeRegistered
from schemas.units import UnitJoined, UnitProfile
from services.kit.outbox import emit
from services.matching.active import Matching


@pytest.fixture
def held(monkeypatch):
    monkeypatch.setattr(forming, "WHOLE_UP_TO", 0)
    monkeypatch.setattr("services.matching.running.IDLE_S", 0.05)
    look = HeldLook(monkeypatch)
    yield look
    look.let_go()


def register(store, number):
    unit = a_unit(id=f"KU{number}", name=Names(fi=f"Yksikkö {number}"))
    with store.begin() as session:
        emit(session, UnitJoined(unit=UnitProfile(**unit.model_dump())))
        emit(session, ChallengeRegistered(challenge=a_card(number)))


def test_a_registration_is_told_while_a_look_is_searched(store, settings, held):
    matching = Matching(store, RULES)

    async def register_meanwhile():
        async with running(
            settings, store, [matching.subscribers], questions=[matching.questions]
        ) as backbone:
            matching.start()
            try:
                for number in range(12):
                    register(store, number)
                await until(held.began.is_set, 120)
                register(store, 12)
                await until(lambda: peers(store, 12), 120)
                question = PeersQuestion(challenge_id="ch-12")
                asker = backbone.asker
                found = await asyncio.to_thread(
                    asker.ask, question.subject, question, PeersAnswer, 60.0
                )
                return found, matching.looks.is_searched
            finally:
                held.let_go()
                await asyncio.to_thread(matching.stop)

    found, was_looking = asyncio.run(register_meanwhile())
    assert was_looking
    assert found.peers
