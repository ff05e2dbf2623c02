"""The nats-server of production: who comes in, and what each may say and hear."""

import asyncio
import json
import subprocess
from urllib.request import urlopen

import nats
import pytest
from production_nats import Tries, made_certificates, made_keys, running_production_nats

from schemas.asking import PlacesQuestion, QualityQuestion, RefillQuestion, VariantsQuestion
from schemas.asks import ASKS
from schemas.registry import EVENTS
from services.kit.connection import Link, connect
from services.kit.provision import wanted_streams
from services.kit.settings import Settings
from services.kit.streams import PIIRI

API = "$JS.API."
STREAMS = ("PIIRI", "NOTICES", "ADVISORIES")
FACTS = {f"piiri.{event.fact}.k1" for event in EVENTS} | {"piiri.replay.groups-v1.k1"}
QUESTIONS = {ask.subject for ask in ASKS}
PAGES_ASK = {
    PlacesQuestion.subject,
    QualityQuestion.subject,
    RefillQuestion.subject,
    VariantsQuestion.subject,
}
DELETING = {f"{API}STREAM.{verb}.{name}" for name in STREAMS for verb in ("DELETE", "PURGE")} | {
    f"{API}STREAM.MSG.DELETE.PIIRI",
    f"{API}CONSUMER.DELETE.PIIRI.groups-v1",
}
LOOKING = {f"{API}STREAM.INFO.{name}" for name in STREAMS}
MAKING = {
    f"{API}STREAM.CREATE.PIIRI",
    f"{API}STREAM.UPDATE.PIIRI",
    f"{API}STREAM.MSG.GET.PIIRI",
    f"{API}CONSUMER.LIST.PIIRI",
    f"{API}CONSUMER.INFO.PIIRI.groups-v1",
    f"{API}CONSUMER.RESET.PIIRI.groups-v1",
    f"{API}CONSUMER.CREATE.PIIRI.groups-v1",
    f"{API}CONSUMER.DURABLE.CREATE.PIIRI.groups-v1",
}
HEARING = {
    f"{API}CONSUMER.MSG.NEXT.PIIRI.groups-v1",
    "$JS.ACK.PIIRI.groups-v1.1.1.1.1.1",
    "$JS.ACK.0._.PIIRI.groups-v1.1.1.1.1.1",
}
FOLLOWING = {
    f"{API}CONSUMER.INFO.NOTICES.partner-v1",
    f"{API}CONSUMER.MSG.NEXT.NOTICES.partner-v1",
    "$JS.ACK.NOTICES.partner-v1.1.1.1.1.1",
    "$JS.ACK.0._.NOTICES.partner-v1.1.1.1.1.1",
}
MORE = {
    f"{API}INFO",
    f"{API}STREAM.CREATE.OTHER",
    f"{API}STREAM.NAMES",
    f"{API}CONSUMER.CREATE.NOTICES.mine",
    f"{API}CONSUMER.MSG.NEXT.NOTICES.other-v1",
    "$JS.ACK.NOTICES.other-v1.1.1.1.1.1",
    "$SYS.REQ.SERVER.PING",
    "_INBOX_worker.x",
    "_INBOX_web.x",
    "other",
    "piiri.unknown.fact.k1",
}
EVERYTHING = (
    FACTS | QUESTIONS | PAGES_ASK | DELETING | LOOKING | MAKING | HEARING | FOLLOWING | MORE
)

MAY_PUBLISH = {
    "worker": FACTS | LOOKING | MAKING | HEARING | {f"{API}CONSUMER.INFO.NOTICES.partner-v1"},
    "web": LOOKING | PAGES_ASK | {"piiri.ask.matching.peers"},
    "operator": {subject for subject in EVERYTHING if subject.startswith(API)},
    "partner": QUESTIONS | FOLLOWING,
}

HEARABLE = {
    *("_INBOX_worker.x", "_INBOX_web.x", "_INBOX_operator.x", "_INBOX_partner.x", "_INBOX.x"),
    *("_INBOX_doctor.x", "_INBOX_tail.x", "piiri.notices.region.01", "piiri.groups.approved.k1"),
    *(">", "piiri.>", "$JS.API.>", "$SYS.>", "_INBOX_worker.>", *QUESTIONS, *PAGES_ASK),
}
MAY_SUBSCRIBE = {
    "worker": QUESTIONS | PAGES_ASK | {"_INBOX_worker.x", "_INBOX_worker.>"},
    "web": {"_INBOX_web.x"},
    "operator": {"_INBOX_operator.x", "_INBOX_doctor.x", "_INBOX_tail.x"},
    "partner": {"_INBOX_partner.x", "piiri.notices.region.01"},
}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with running_production_nats(tmp_path_factory.mktemp("production")) as running:
        yield running


def test_the_server_accepts_the_configuration(server):
    done = server.check()
    assert done.returncode == 0, done.stderr


def test_a_misspelt_setting_would_be_noticed(server, tmp_path):
    wrong = server.folder / "wrong.conf"
    text = server.config.read_text("utf-8")
    wrong.write_text(text.replace("sync_interval", "sink_interval"), "utf-8")
    assert server.check(wrong).returncode != 0


def test_every_write_is_synced_and_the_store_is_encrypted_and_bounded(server):
    with urlopen(f"http://127.0.0.1:{server.monitor}/jsz") as answer:
        config = json.load(answer)["config"]
    assert config["sync_always"]
    assert config["max_storage"] >= sum(stream.max_bytes for stream in wanted_streams())
    with urlopen(f"http://127.0.0.1:{server.monitor}/varz") as answer:
        shown = json.load(answer)
    assert shown["tls_required"]
    assert shown["tls_verify"]
    assert shown["http_host"] == "127.0.0.1"
    assert "Encryption:      ChaCha20-Poly1305" in server.log()


@pytest.mark.parametrize("name", MAY_PUBLISH)
async def test_each_user_says_what_it_must_and_nothing_else(server, name):
    tries = await Tries.of(server, name)
    said = await tries.published(EVERYTHING)
    await tries.close()
    assert said == MAY_PUBLISH[name]


@pytest.mark.parametrize("name", MAY_SUBSCRIBE)
async def test_each_user_hears_what_it_must_and_nothing_else(server, name):
    tries = await Tries.of(server, name)
    heard = await tries.subscribed(HEARABLE)
    await tries.close()
    assert heard == MAY_SUBSCRIBE[name]


async def test_the_servers_own_account_is_apart(server):
    system = await server.connect("sys")
    assert b"piiri-1" in (await system.request("$SYS.REQ.SERVER.PING.VARZ")).data
    asked = json.loads((await system.request("$JS.API.STREAM.INFO.PIIRI")).data)
    assert asked["error"]["description"] == "JetStream not enabled for account"
    await system.close()


async def test_nobody_comes_in_without_a_certificate_and_a_key(server, tmp_path):
    made_certificates(tmp_path / "tls")
    stranger = server.context("worker")
    stranger.load_cert_chain(tmp_path / "tls" / "worker.pem", tmp_path / "tls" / "worker.key")
    made_keys(tmp_path / "keys")
    ours, theirs = str(server.folder / "worker.nk"), str(tmp_path / "keys" / "worker.nk")
    wrong = (
        {},  # neither a certificate nor a key
        {"nkeys_seed": ours},
        {"tls": server.context("worker")},
        {"tls": server.context("worker"), "nkeys_seed": theirs},
        {"tls": stranger, "nkeys_seed": ours},
    )
    for options in wrong:
        with pytest.raises((nats.errors.Error, OSError)):
            await nats.connect(server.url, allow_reconnect=False, **options)


async def test_a_client_does_not_trust_another_authoritys_server(server, tmp_path):
    made_certificates(tmp_path / "tls")
    variables = server.variables("web") | {
        "PIIRI_NATS_CA_FILE": str(tmp_path / "tls" / "ca.pem"),
        "PIIRI_DATABASE_URL": "sqlite:////nowhere.db",
        "PIIRI_SECRET_KEY": "k" * 32,
    }
    link = Link("web", on_lost=lambda: None)
    with pytest.raises((nats.errors.Error, OSError, TimeoutError)):
        await asyncio.wait_for(connect(Settings.from_env(variables), link), 3)


async def test_another_system_follows_the_notices_by_a_consumer_made_for_it(server):
    operator = await server.connect("operator")
    streams = [one for one in wanted_streams() if one.name != PIIRI]
    await operator.jetstream().add_stream(streams[0])
    await operator.jetstream().add_consumer("NOTICES", durable_name="partner-v1")
    worker, partner = await server.connect("worker"), await server.connect("partner")
    await worker.jetstream().publish("piiri.notices.region.06", b"{}", stream="NOTICES")
    pulling = await partner.jetstream().pull_subscribe_bind("partner-v1", "NOTICES")
    (message,) = await pulling.fetch(1)
    await message.ack_sync()
    assert (await pulling.consumer_info()).num_ack_pending == 0
    for client in (operator, worker, partner):
        await client.close()


def test_keys_are_made_once_and_readable_by_nobody_else(tmp_path):
    made_keys(tmp_path)
    first = {file.name: file.read_text() for file in tmp_path.iterdir()}
    made_keys(tmp_path)
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == first
    assert {file.stat().st_mode & 0o777 for file in tmp_path.iterdir()} == {0o600}
    (tmp_path / "web.nk").unlink()
    made_keys(tmp_path)
    changed = {f.name for f in tmp_path.iterdir() if f.read_text() != first[f.name]}
    assert changed == {"web.nk", "nats-keys.conf"}


def test_a_certificate_cannot_sign_others(server):
    for name in ("server", *MAY_PUBLISH):
        file = server.folder / "tls" / f"{name}.pem"
        shown = subprocess.run(
            ["openssl", "x509", "-in", file, "-noout", "-text"],
            capture_output=True,
            text=True,
            check=True,
        )
        assert "CA:FALSE" in shown.stdout
        assert "CA:TRUE" not in shown.stdout
