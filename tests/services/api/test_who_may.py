"""Every route is closed by default, and opens to the roles of this table only."""

import re
from datetime import timedelta

import pytest
from sqlmodel import select

from schemas.people import Role
from services.api.keys import make_key, revoke_key
from services.api.openapi import openapi_document
from services.kit.tables import OutboxRow

ROLES = ("unit", "other unit", "facilitator", "agent", "centre")
UNIT = {"id": "KU9", "kind": "parish", "name": {"fi": "Mallila"}, "languages": ["fi"]}
ENTRY = {"unit_id": "KU1", "title": "Uusi haaste", "text": "Miten tämä pitäisi hankkia?"}
REASON = {"reason": "other"}

# For each route what the five roles get, in their order: the unit itself, another unit,
# a facilitator, a change agent, a system of the centre.
TABLE = {
    ("GET", "/units"): ({}, 200, 200, 200, 200, 200),
    ("POST", "/units"): (UNIT, 403, 403, 403, 403, 201),
    ("GET", "/units/KU1"): ({}, 200, 200, 200, 200, 200),
    ("PUT", "/units/KU1"): (UNIT | {"id": "KU1"}, 200, 403, 403, 403, 200),
    ("GET", "/challenges"): ({}, 200, 200, 200, 200, 200),
    ("POST", "/challenges"): (ENTRY, 201, 403, 403, 403, 201),
    ("GET", "/challenges/KU1-a"): ({}, 200, 404, 200, 404, 200),
    ("PATCH", "/challenges/KU1-a"): ({"maturity": 4}, 200, 404, 403, 403, 200),
    ("POST", "/challenges/KU1-a/withdrawal"): ({}, 200, 404, 403, 403, 200),
    ("GET", "/challenges/KU1-a/peers"): ({}, 503, 404, 503, 403, 503),
    ("GET", "/proposals"): ({}, 200, 200, 200, 403, 200),
    ("GET", "/proposals/pr-1"): ({}, 200, 404, 200, 403, 200),
    ("POST", "/proposals/pr-1/approve"): ({}, 403, 403, 201, 403, 201),
    ("POST", "/proposals/pr-1/reject"): (REASON, 403, 403, 200, 403, 200),
    ("GET", "/groups"): ({}, 200, 200, 200, 403, 200),
    ("GET", "/groups/{group}"): ({}, 200, 404, 200, 403, 200),
    ("GET", "/invitations?unit_id=KU1"): ({}, 200, 403, 403, 403, 200),
    ("POST", "/invitations/{invitation}/accept"): ({}, 200, 404, 403, 403, 200),
    ("POST", "/invitations/{invitation}/decline"): (REASON, 200, 404, 403, 403, 200),
}
PUBLIC = {("GET", "/themes"), ("GET", "/regions")}


def call(world, client, method, path, body):
    path = path.format(group=world.group_id, invitation=world.invitations["KU1"])
    sent = {} if method == "GET" else {"json": body}
    return client.request(method, f"/api/v1{path}", **sent)


@pytest.mark.parametrize(("at", "role"), list(enumerate(ROLES)), ids=ROLES)
@pytest.mark.parametrize(("method", "path"), TABLE, ids=lambda value: value)
def test_a_route_opens_to_these_roles_only(world, method, path, role, at):
    world.hide("KU1-a")
    body, *expected = TABLE[method, path]
    answer = call(world, world.client(role), method, path, body)
    assert answer.status_code == expected[at], answer.text
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"


def test_the_table_tells_every_route():
    def shape(path):
        return re.sub(r"\{\w+\}|KU1(-a)?|pr-1", "*", path.split("?")[0])

    routes = {
        (method.upper(), shape(path.removeprefix("/api/v1")))
        for path, operations in openapi_document()["paths"].items()
        for method in operations
    }
    told = {(method, shape(path)) for method, path in {**TABLE, **dict.fromkeys(PUBLIC)}}
    assert routes == told


def wrong_keys(world):
    with world.store.begin() as session:
        ended = make_key(session, "a test", Role.ADMIN, may_write=True)
        revoke_key(session, ended.split("_")[1])
        old = make_key(session, "a test", Role.ADMIN, life=timedelta(seconds=-1))
    good = world.keys["centre"]
    return {
        "none": {},
        "revoked": {"Authorization": f"Bearer {ended}"},
        "expired": {"Authorization": f"Bearer {old}"},
        "altered": {"Authorization": f"Bearer {good[:-1]}{'0' if good[-1] != '0' else '1'}"},
        "longer": {"Authorization": f"Bearer {good}0"},
        "no key": {"Authorization": "Bearer piiri_"},
        "token": {"Authorization": "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9."},
        "basic": {"Authorization": "Basic cGlpcmk6cGlpcmk="},
        "cookie": {"Cookie": f"piiri_session={good}"},
        "NUL": {"Authorization": b"Bearer piiri_\x00"},
    }


@pytest.mark.parametrize("demo", [False, True], ids=["production", "demo"])
def test_without_a_valid_key_only_the_public_lists_answer(world, demo):
    client = world.client(demo=demo)
    for name, headers in wrong_keys(world).items():
        if demo and name in ("none", "cookie"):
            continue
        for method, path in {**TABLE, **dict.fromkeys(PUBLIC)}:
            url = f"/api/v1{path.format(group='x', invitation='x')}"
            answer = client.request(method, url, headers=headers)
            expected = 200 if (method, path) in PUBLIC else 401
            assert answer.status_code == expected, (name, method, path)
            if expected == 401:
                assert answer.headers["www-authenticate"] == "Bearer"
                assert answer.json()["code"] == "not-signed-in"


def test_a_request_without_a_key_acts_as_the_centre_s_system_in_the_demo_only(world):
    answer = world.client(demo=True).post("/api/v1/units", json=UNIT)
    assert answer.status_code == 201
    assert world.client().post("/api/v1/units", json=UNIT).status_code == 401


def test_a_key_that_reads_only_changes_nothing(world):
    with world.store.begin() as session:
        world.keys["reader"] = make_key(session, "a test", Role.ADMIN)
    client = world.client("reader")
    assert client.get("/api/v1/units").status_code == 200
    answer = client.post("/api/v1/units", json=UNIT)
    assert (answer.status_code, answer.json()["code"]) == (403, "key-reads-only")
    assert client.get("/api/v1/units/KU9").status_code == 404


def test_reading_changes_nothing(world):
    with world.store.read() as session:
        before = session.exec(select(OutboxRow.seq)).all()
    for of, path in TABLE:
        if of == "GET":
            call(world, world.client("centre"), of, path, {})
    with world.store.read() as session:
        assert session.exec(select(OutboxRow.seq)).all() == before
