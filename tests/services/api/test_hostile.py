"""Hostile text is stored unchanged or refused; too much at once is turned away."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from services.kit.outbox import OUTBOX

ENTRY = {"id": "h-1", "unit_id": "KU1", "title": "Vihamielinen teksti"}
HOSTILE = [
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "'; DROP TABLE challenges_challenge; -- Robert",
    "{{ 7*7 }} {% raw %} ${jndi:ldap://x/a} <%= 1 %>",
    "abc \u202e def \u2066 ghi \u200b joinn \ufeff ok",
    "=HYPERLINK(1) +1 -1 @SUM(A1) | cmd",
    "\u0001\u0008\u001b[31m punainen\u001b[0m\r\n rivi",
    "e\u0301" * 50 + " \U0001f600 \U00010348",
    "../../../../etc/passwd %2e%2e%2f file:///etc",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_stored_unchanged(world, text):
    client = world.client("unit")
    made = client.post("/api/v1/challenges", json=ENTRY | {"text": text})
    assert made.status_code == 201
    assert client.get("/api/v1/challenges/h-1").json()["text"] == text.strip()


@pytest.mark.parametrize(
    "text", ["a" * 1_000_000, "NUL \u0000 tekstin keskellä on", "x", " " * 6000]
)
def test_text_that_cannot_be_kept_is_refused(world, text):
    answer = world.client("unit").post("/api/v1/challenges", json=ENTRY | {"text": text})
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == ["text"]
    assert len(answer.content) < 2_000


def test_a_form_is_told_that_json_is_wanted(world):
    answer = world.client("unit").post("/api/v1/challenges", data={"title": "abcde"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["wrong"] == "not sent as JSON"


def test_half_a_character_is_refused(world):
    body = b'{"unit_id": "KU1", "title": "abcde\\ud800", "text": "abcdefghijklmnopqrstuvwxyz"}'
    headers = {"Content-Type": "application/json"}
    answer = world.client("unit").post("/api/v1/challenges", content=body, headers=headers)
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == ["title"]


def test_a_body_of_three_megabytes_is_refused_unread(world):
    answer = world.client("unit").post("/api/v1/challenges", json={"text": "a" * 3_000_000})
    assert answer.status_code == 413


@pytest.mark.parametrize("key", ["..%2f..%2f", "a%00b", "a'b", "%E2%80%AE", "x" * 49, "a b"])
def test_a_key_that_is_none_is_refused(world, key):
    answer = world.client("unit").get(f"/api/v1/challenges/{key}")
    assert answer.status_code in (404, 422)
    assert answer.headers["content-type"] == "application/problem+json"


def test_new_work_is_turned_away_while_too_much_waits_and_reading_goes_on(world):
    long_ago = datetime.now(UTC) - timedelta(hours=1)
    with world.store.begin() as session:
        session.connection().execute(update(OUTBOX).values(created_at=long_ago))
    client = world.client("unit")
    answer = client.patch("/api/v1/challenges/KU1-a", json={"maturity": 5})
    assert (answer.status_code, answer.json()["code"]) == (503, "too-much-unsent")
    assert answer.headers["retry-after"].isdecimal()
    assert client.get("/api/v1/challenges/KU1-a").json()["maturity"] != 5
    with world.store.begin() as session:
        session.connection().execute(update(OUTBOX).values(stream_seq=1))
    assert client.patch("/api/v1/challenges/KU1-a", json={"maturity": 5}).status_code == 200


def test_new_work_is_turned_away_while_too_many_events_wait(world):
    settings = world.app().state.settings.model_copy(update={"outbox_max_rows": 3})
    answer = world.client("unit", settings=settings).post("/api/v1/challenges/KU1-a/withdrawal")
    assert (answer.status_code, answer.json()["code"]) == (503, "too-much-unsent")
