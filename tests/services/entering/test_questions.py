"""Another system asks over a real nats-server and gets the id, or what was wrong."""

import json
from contextlib import asynccontextmanager

import nats
import pytest
from emitted import emitted
from jsonschema import Draft202012Validator

from schemas.asks import ASKS
from schemas.challenges import ChallengeRegistered
from schemas.units import UnitJoined
from services.challenges.queries import card
from services.contracts.asyncapi import asyncapi_document
from services.contracts.json_schemas import incoming_schemas
from services.directory.queries import find_unit
from services.entering.questions import entering_questions
from services.kit.asking import answer_on
from services.kit.settings import Settings

SETTINGS = Settings.from_env(
    {
        "PIIRI_DATABASE_URL": "sqlite:////nowhere.db",
        "PIIRI_NATS_URL": "nats://127.0.0.1:4222",
        "PIIRI_SECRET_KEY": "k" * 32,
    }
)
UNIT = {"id": "KU9", "kind": "parish", "name": {"fi": "Mallila"}, "languages": ["fi"]}
ENTRY = {
    "id": "hr-7",
    "unit_id": "KU9",
    "title": "Työllistämisehto siivouksessa",
    "text": "Miten valvomme ehdon toteutumista sopimuskaudella?",
}


@pytest.fixture
def asking(nats_server, store):
    """Open a connection that answers, and one that asks as another system does."""

    @asynccontextmanager
    async def opened(settings=SETTINGS):
        questions = entering_questions(store, settings)
        ours, theirs = await nats.connect(nats_server.url), await nats.connect(nats_server.url)
        await answer_on(ours, questions)

        async def ask(subject, body):
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            reply = await theirs.request(f"piiri.ask.{subject}", data, timeout=10)
            return json.loads(reply.data), reply.headers or {}

        try:
            yield ask
        finally:
            questions.close()
            # Unsubscribed first: a queue may still choose who is closing.
            await ours.drain()
            await theirs.close()

    return opened


async def test_a_unit_joins_and_registers_revises_and_withdraws_a_challenge(asking, store):
    async with asking() as ask:
        joined, _ = await ask("units.join", UNIT)
        assert joined == {"id": "KU9", "version": 1}
        registered, _ = await ask("challenges.register", ENTRY)
        assert registered["id"] == "hr-7"
        change = {"id": "hr-7", "version": registered["version"], "maturity": 4}
        revised, _ = await ask("challenges.revise", change)
        assert revised["version"] > registered["version"]
        withdrawn, _ = await ask("challenges.withdraw", {"id": "hr-7"})
        assert withdrawn["version"] > revised["version"]
    with store.read() as session:
        kept = card(session, "hr-7")
        assert (kept.maturity, kept.status, kept.version) == (4, "withdrawn", withdrawn["version"])
        assert find_unit(session, "KU9").name.fi == "Mallila"


async def test_it_answers_from_the_moment_it_says_so(asking):
    for _ in range(30):
        async with asking() as ask:
            assert (await ask("units.join", UNIT))[0]["id"] == "KU9"


async def test_the_same_asked_again_is_answered_alike_and_changes_nothing(asking, store):
    async with asking() as ask:
        for subject, body in (("units.join", UNIT), ("challenges.register", ENTRY)):
            assert await ask(subject, body) == await ask(subject, body)
        await ask("challenges.withdraw", {"id": "hr-7"})
        first, _ = await ask("challenges.withdraw", {"id": "hr-7"})
        assert (await ask("challenges.withdraw", {"id": "hr-7"}))[0] == first
    with store.read() as session:
        assert len(emitted(session, UnitJoined)) == 1
        assert len(emitted(session, ChallengeRegistered)) == 1


async def test_bad_fields_are_told_with_what_is_accepted_and_nothing_is_stored(asking, store):
    async with asking() as ask:
        await ask("units.join", UNIT)
        told, headers = await ask("challenges.register", ENTRY | {"stage": "begun", "who": "x"})
    assert told["code"] == "misfilled"
    assert headers["Piiri-Error"] == "refused misfilled"
    assert told["errors"][0] == {
        "field": "stage",
        "wrong": "got 'begun'",
        "accepted": "one of idea, preparing, tendering, contract",
    }
    assert told["errors"][1]["field"] == "who"
    with store.read() as session:
        assert emitted(session, ChallengeRegistered) == []


@pytest.mark.parametrize(
    ("subject", "body", "code", "field"),
    [
        ("challenges.register", ENTRY | {"id": "n", "unit_id": "KU0"}, "unknown-unit", "unit_id"),
        ("challenges.register", ENTRY | {"id": "n", "themes": ["zz"]}, "unknown-theme", "themes"),
        ("challenges.register", ENTRY | {"title": "Muuta"}, "challenge-id-taken", "id"),
        ("challenges.revise", {"id": "hr-7", "version": 99}, "challenge-changed", "version"),
        ("challenges.withdraw", {"id": "hr-7", "version": 99}, "challenge-changed", "version"),
        ("challenges.withdraw", {"id": "none"}, "unknown-challenge", "id"),
        ("units.join", UNIT | {"regions": ["99"]}, "unknown-region", "regions"),
    ],
)
async def test_a_rule_s_refusal_names_the_field_and_what_is_accepted(
    asking, subject, body, code, field
):
    async with asking() as ask:
        await ask("units.join", UNIT)
        await ask("challenges.register", ENTRY)
        told, headers = await ask(subject, body)
    assert told["code"] == code
    assert headers["Piiri-Error"].endswith(code)
    assert [fault["field"] for fault in told["errors"]] == [field]
    assert told["errors"][0]["accepted"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b"[" * 5000, b'{"id": NaN}'])
async def test_what_is_no_object_is_answered_too(asking, body):
    async with asking() as ask:
        told, _ = await ask("units.join", body)
    assert told["code"] == "misfilled"
    assert told["errors"]


async def test_new_work_is_turned_away_while_too_much_waits(asking):
    async with asking(SETTINGS.model_copy(update={"outbox_max_rows": 0})) as ask:
        assert (await ask("units.join", UNIT))[0]["id"] == "KU9"
        told, headers = await ask("units.join", UNIT | {"id": "KU8"})
    assert told["code"] == "too-much-unsent"
    assert headers["Piiri-Error"] == "unavailable too-much-unsent"


async def test_requests_and_answers_keep_the_published_schemas(asking):
    rules = {name: Draft202012Validator(schema) for name, schema in incoming_schemas().items()}
    async with asking() as ask:
        done, _ = await ask("units.join", UNIT)
        not_done, _ = await ask("challenges.register", ENTRY | {"unit_id": "KU0"})
    rules["UnitDraft"].validate(UNIT)
    rules["ChallengeEntry"].validate(ENTRY)
    rules["Done"].validate(done)
    rules["NotDone"].validate(not_done)


def test_every_documented_request_but_that_for_peers_is_answered_here(store):
    """The question for peers is answered by matching, which holds the pool."""
    answered = entering_questions(store, SETTINGS).answers
    here = {ask.subject: ask.takes for ask in ASKS if ask.subject != "piiri.ask.matching.peers"}
    assert {subject: kind for subject, (kind, _) in answered.items()} == here
    addresses = {one["address"] for one in asyncapi_document()["channels"].values()}
    assert answered.keys() <= addresses
