"""Keys are shown once, kept as digests, and end when they are told to."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select
from typer.testing import CliRunner

from schemas.people import Role
from services.api.keys import FORM, key_of, make_key
from services.api.tables import ApiKey
from services.commands.keys import key as app


@pytest.fixture
def run(world, monkeypatch):
    monkeypatch.setenv("PIIRI_DATABASE_URL", world.store.url)
    monkeypatch.setenv("PIIRI_NATS_URL", "nats://127.0.0.1:4222")
    monkeypatch.setenv("PIIRI_SECRET_KEY", "k" * 32)
    return lambda *arguments: CliRunner().invoke(app, list(arguments))


def test_the_command_makes_a_key_that_opens_what_its_role_may(world, run):
    done = run("make", "HR-järjestelmä", "--role", "unit_member", "--unit", "KU1", "--write")
    made = done.stdout.strip()
    assert FORM.fullmatch(made)
    world.keys["made"] = made
    client = world.client("made")
    assert client.patch("/api/v1/challenges/KU1-a", json={"maturity": 5}).status_code == 200
    assert client.patch("/api/v1/challenges/KU2-a", json={"maturity": 5}).status_code == 403


def test_a_revoked_key_opens_nothing_any_more(world, run):
    made = run("make", "x", "--role", "admin").stdout.strip()
    world.keys["made"] = made
    assert world.client("made").get("/api/v1/units").status_code == 200
    assert run("revoke", made.split("_")[1]).exit_code == 0
    assert world.client("made").get("/api/v1/units").status_code == 401


def test_nothing_in_the_store_or_the_list_gives_a_key_away(world, run):
    made = run("make", "x", "--role", "admin").stdout.strip()
    secret = made.split("_")[2]
    with world.store.read() as session:
        rows = [row.model_dump_json() for row in session.exec(select(ApiKey)).all()]
    listed = run("list").stdout + run("list", "--json").stdout
    assert secret not in "".join(rows) + listed
    assert made.split("_")[1] in listed


def test_the_list_tells_state_and_last_use(world, run):
    world.client("unit").get("/api/v1/units")
    told = json.loads(run("list", "--json").stdout)
    (unit,) = [one for one in told if one["for"] == "KU1"]
    assert (unit["role"], unit["state"], unit["may_write"]) == ("unit_member", "works", True)
    assert unit["last_used"] == datetime.now(UTC).date().isoformat()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--role", "unit_member"], "The role needs to know whom the key acts for: unit_id"),
        (["--role", "agent"], "The role needs to know whom the key acts for: agent_id"),
        (["--role", "unit_member", "--unit", "KU0"], "There is no such unit: KU0"),
        (["--role", "agent", "--agent", "ag-0"], "There is no such change agent: ag-0"),
    ],
)
def test_a_key_for_nobody_is_refused(run, arguments, said):
    done = run("make", "x", *arguments)
    assert (done.exit_code, done.stderr.strip(), done.stdout) == (1, f"piiri: {said}", "")


def test_an_unknown_prefix_is_told(run):
    done = run("revoke", "00000000")
    assert done.exit_code == 1
    assert done.stderr.strip() == "piiri: There is no key of this prefix: 00000000"


def test_no_two_keys_are_alike_and_each_holds_256_random_bits(store):
    with store.begin() as session:
        made = {make_key(session, "x", Role.ADMIN) for _ in range(50)}
    assert len(made) == 50
    assert all(re.fullmatch(r"[0-9a-f]{64}", one.split("_")[2]) for one in made)


def test_a_key_works_until_its_end_and_not_a_second_longer(store):
    with store.begin() as session:
        made = make_key(session, "x", Role.ADMIN, life=timedelta(days=1))
        end = session.exec(select(ApiKey)).one().expires_at
        assert key_of(session, made, end - timedelta(seconds=1)) is not None
        assert key_of(session, made, end) is None
