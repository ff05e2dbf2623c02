"""Peers are asked of the pool over a real nats-server, and shown as far as they may be seen."""

import asyncio
from threading import Thread

import nats
import pytest

from schemas.asking import PeersAnswer, PeersQuestion
from schemas.base import Names
from schemas.codes import Visibility
from schemas.groups import Peer
from schemas.reasons import Concept, Reason
from services.challenges.errors import UnknownChallenge
from services.kit.asking import Asker, Questions, answer_on, answers

CONCEPT = Concept(id="kp051", label=Names(fi="työllistämisehto"), words=("työllistämisehdon",))


def peer(key, fit):
    reason = Reason(code="shared-concepts", concepts=(CONCEPT,))
    leading = Reason(code="offers-what-is-sought", challenges=("KU3-a",), units=("KU3",))
    return Peer(challenge_id=f"{key}-a", unit_id=key, fit=fit, reasons=(reason, leading))


@pytest.fixture
def asker(nats_server):
    """Ask from threads, as the pages do; the pool answers in the same loop."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()

    def run(coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, loop).result(10)

    questions = Questions("matching")

    @answers(questions, PeersQuestion.subject, PeersQuestion)
    def find(question):
        if question.challenge_id == "KU4-a":
            raise UnknownChallenge(question.challenge_id)
        if question.challenge_id == "KU1-b":
            return PeersAnswer()
        found = (peer("KU2", 0.8), peer("KU3", 0.6), peer("KU4", 0.4))
        return PeersAnswer(peers=found[: question.limit], language="fi", concepts=(CONCEPT,))

    client = run(nats.connect(nats_server.url))
    run(answer_on(client, questions))
    yield Asker(client, loop)
    questions.close()
    run(client.close())
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def test_the_strongest_come_first_with_their_reasons(world, asker):
    answer = world.client("unit", asker=asker).get("/api/v1/challenges/KU1-a/peers")
    assert answer.status_code == 200
    told = PeersAnswer.model_validate(answer.json())
    assert [one.challenge_id for one in told.peers] == ["KU2-a", "KU3-a", "KU4-a"]
    assert told.peers[0].reasons[0].concepts == (CONCEPT,)


def test_at_most_so_many_as_asked_for(world, asker):
    client = world.client("unit", asker=asker)
    answer = client.get("/api/v1/challenges/KU1-a/peers?limit=1")
    assert [one["unit_id"] for one in answer.json()["peers"]] == ["KU2"]


def test_a_peer_that_may_not_be_seen_is_not_named_anywhere(world, asker):
    world.hide("KU3-a", Visibility.OWN_UNIT)
    answer = world.client("unit", asker=asker).get("/api/v1/challenges/KU1-a/peers")
    assert [one["unit_id"] for one in answer.json()["peers"]] == ["KU2", "KU4"]
    assert "KU3" not in answer.text


def test_a_challenge_too_new_for_the_pool_is_asked_about_by_its_text(world, asker):
    client = world.client("unit", asker=asker)
    answer = client.get("/api/v1/challenges/KU1-b/peers")
    assert [one["unit_id"] for one in answer.json()["peers"]] == ["KU2", "KU3", "KU4"]
    client.post("/api/v1/challenges/KU1-b/withdrawal")
    assert client.get("/api/v1/challenges/KU1-b/peers").json()["peers"] == []


def test_an_error_of_the_pool_is_told_in_its_own_words(world, asker):
    answer = world.client("other unit", asker=asker).get("/api/v1/challenges/KU4-a/peers")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown-challenge")


def test_without_an_answer_it_is_said_politely(world):
    answer = world.client("unit").get("/api/v1/challenges/KU1-a/peers")
    assert (answer.status_code, answer.json()["code"]) == (503, "no-answer")
    assert answer.headers["retry-after"].isdecimal()
