"""
A deployment as docs/operating.md sets it up: two roles in PostgreSQL, deploy/nats.conf, a web
and a worker process with their own keys; it loses its streams, and is restored from a copy.
"""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.error import HTTPError

import nats
import psycopg
import pytest
from builders import a_draft, a_unit
from production import Production
from production_nats import DEPLOY, running_production_nats

from schemas.people import Role

pytestmark = pytest.mark.postgres

TEXTS = (
    "Siivouspalvelujen sopimuksissa on työllistämisehto pitkäaikaistyöttömille, ei valvontaa.",
    "Haluamme työllistää pitkäaikaistyöttömiä siivoussopimuksissa työllistämisehdon avulla.",
    "Miten työllistämisehto kirjoitetaan siivouspalvelujen tarjouspyyntöön ja valvotaan?",
    "Siivouspalvelut kilpailutetaan uudelleen ja mukaan halutaan työllistämisehto.",
)


@pytest.fixture
def production(pg_server, tmp_path):
    with running_production_nats(tmp_path) as server:
        made = Production(pg_server, server, tmp_path / "data")
        made.folder.mkdir()
        try:
            yield made
        finally:
            for process in made.processes.values():
                process.kill()
                process.wait()


async def joined(server, *unit_ids):
    """Another system lets units join, over NATS."""
    client = await server.connect("partner")
    for unit_id in unit_ids:
        draft = a_unit(id=unit_id, name={"fi": f"Yksikkö {unit_id}"}).model_dump_json()
        answer = await client.request("piiri.ask.units.join", draft.encode(), timeout=10)
        assert json.loads(answer.data)["id"] == unit_id, answer.data
    await client.close()


async def streamed(server):
    """How many events the streams hold."""
    client = await server.connect("operator")
    infos = [await client.jetstream().stream_info(name) for name in ("PIIRI", "NOTICES")]
    await client.close()
    return sum(info.state.messages for info in infos)


def registered(production, unit_id, text):
    draft = a_draft(title=f"Työllistämisehto {unit_id}", text=text).model_dump(mode="json")
    entry = {name: value for name, value in draft.items() if value is not None}
    answer = production.ask(
        "/api/v1/challenges", entry | {"id": f"ch-{unit_id}", "unit_id": unit_id}
    )
    assert answer["id"] == f"ch-{unit_id}"


def as_operator(production, *words):
    """By deploy/piiri-operator, which reads the variables from files."""
    shown = production.variables("web").items()
    lines = [f"{name}={text}" for name, text in shown if name.startswith("PIIRI_")]
    (production.nats.folder / "piiri.env").write_text("\n".join(lines), "utf-8")
    paths = {
        "PIIRI_ETC": str(production.nats.folder),
        "PIIRI_BIN": str(Path(sys.executable).parent),
    }
    command = [DEPLOY / "piiri-operator", *words]
    done = subprocess.run(
        command, env=os.environ | paths, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def set_up(production):
    """As docs/operating.md says."""
    superuser = production.pg.address("postgres")
    production.psql("-d", superuser, "-f", str(DEPLOY / "postgres.sql"))
    production.piiri("db", "upgrade", role="piiri_owner")
    production.start("worker", "web")
    production.until("readiness", production.is_ready)
    add = ("access", "add", "desk@example.invalid", "--name", "Tiski")
    assert "may come in as facilitator" in production.piiri(*add, "--role", "facilitator")
    production.make_keys(Role.ADMIN, Role.FACILITATOR)


def test_a_deployment_works_with_least_privilege_and_outlives_its_streams(production):
    set_up(production)

    # Another system lets units join, they register, the desk approves, letters leave.
    units = ("KU901", "KU902", "KU903", "KU904")
    asyncio.run(joined(production.nats, *units))
    contact = ("access", "add", "contact@example.invalid", "--name", "Yhteys")
    production.piiri(*contact, "--role", "unit_member", "--unit", "KU901")
    for unit_id, text in zip(units, TEXTS, strict=True):
        registered(production, unit_id, text)
    proposal = production.until("a proposal of all four", lambda: proposed(production, units))
    assert set(units) > {peer["unit_id"] for peer in asked_peers(production)}
    approve = f"/api/v1/proposals/{proposal['id']}/approve"
    production.ask(approve, {}, role=Role.FACILITATOR)
    production.until("the invitation", production.letters)

    # The operator sees it all.
    production.until("all sent", lambda: production.unsent() == 0)
    assert "BAD" not in as_operator(production, "doctor")
    assert "challenges.registered.v1" in production.piiri("events", "tail", "--once")

    # The processes' role cannot change a table.
    with psycopg.connect(production.address("piiri_app")) as connection:
        for statement in ("CREATE TABLE x (n int)", "DROP TABLE kit_outbox"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
                connection.execute(statement)

    # JetStream loses everything under the running processes, and is filled from the outbox.
    before, letters = asyncio.run(streamed(production.nats)), production.letters()
    production.nats.stop()
    shutil.rmtree(production.nats.folder / "store")
    production.nats.start()
    production.until("the streams", lambda: refilled(production, before))
    asyncio.run(joined(production.nats, "KU905"))
    registered(production, "KU905", TEXTS[0])
    production.until("all sent", lambda: production.unsent() == 0)
    assert production.letters() == letters, "nothing is told twice"

    restored_from_a_copy(production, letters)
    assert production.nats.violations() == []


def proposed(production, units):
    for one in production.ask("/api/v1/proposals", role=Role.FACILITATOR)["items"]:
        if {member["unit_id"] for member in one["members"]} == set(units):
            return one
    return None


def asked_peers(production):
    """Who shares the first challenge; none until the pool is warm."""
    try:
        return production.ask("/api/v1/challenges/ch-KU901/peers")["peers"]
    except HTTPError:
        return None


def refilled(production, count):
    try:
        return asyncio.run(streamed(production.nats)) >= count
    except nats.errors.Error:  # it is not there yet, or the stream is not
        return False


def restored_from_a_copy(production, letters):
    """A copy of the database, into a new one, with empty streams."""
    copy = str(production.folder / "piiri.dump")
    owner = production.address("piiri_owner")
    production.program("pg_dump", "-Fc", "-f", copy, "-d", owner)
    sent = production.counted("SELECT count(*) FROM kit_outbox")
    production.stop()
    production.nats.stop()
    shutil.rmtree(production.nats.folder / "store")
    production.nats.start()
    superuser = production.pg.address("postgres")
    production.psql("-d", superuser, "-c", "DROP DATABASE piiri")
    made = "CREATE DATABASE piiri OWNER piiri_owner TEMPLATE template0 ENCODING 'UTF8'"
    production.psql("-d", superuser, "-c", made)
    production.program("pg_restore", "-d", production.pg.address("piiri"), copy)
    production.start("worker", "web")
    production.until("readiness", production.is_ready)
    production.until("the streams", lambda: refilled(production, sent))
    assert "BAD" not in production.piiri("doctor")
    production.until("the pool", lambda: asked_peers(production))
    assert production.letters() == letters, "nothing is told twice"
