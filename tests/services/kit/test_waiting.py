"""Processes whose nats-server is away: they say so, and can be stopped."""

import asyncio
import logging
import signal
import subprocess
import sys

import pytest
from backbones import until
from servers import free_port
from starlette.testclient import TestClient

from services.kit import backbone as module
from services.kit.backbone import Backbone
from services.web import application, serve_web


@pytest.fixture
def nowhere(settings):
    return settings.model_copy(update={"nats_url": f"nats://piiri:secret@127.0.0.1:{free_port()}"})


async def test_it_says_what_it_waits_for_and_gives_up_when_told(
    nowhere, store, caplog, monkeypatch
):
    monkeypatch.setattr(module, "TELL_S", 0.05)
    backbone, stop = Backbone(nowhere, store), asyncio.Event()
    with caplog.at_level(logging.WARNING):
        waiting = asyncio.create_task(backbone.start_unless(stop))
        await until(lambda: "does not answer yet at 127.0.0.1:" in caplog.text)
        stop.set()
        assert await waiting is False
    assert "secret" not in caplog.text
    await backbone.stop()  # nothing is left to stop


def test_a_demonstration_that_waits_for_its_server_stops_when_told(nowhere, tmp_path):
    command = [sys.executable, "-m", "services.cli", "demo", "--data", str(tmp_path / "demo")]
    with subprocess.Popen(
        [*command, "--port", "0"],
        env={"PYTHONPATH": ":".join(sys.path), "PIIRI_NATS_URL": nowhere.nats_url},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        for line in process.stdout:
            if "does not answer yet" in line:
                break
        process.send_signal(signal.SIGTERM)
        assert "Stopped" in process.stdout.read()
    assert process.returncode == 0


def test_pages_are_served_while_the_server_is_away(nowhere, store, monkeypatch):
    monkeypatch.setattr(application, "ASKER_S", 0.05)
    with TestClient(serve_web(nowhere, store), base_url=nowhere.base_url) as browser:
        assert browser.get("/fi/").status_code == 200
        assert browser.get("/ready").json()["problems"] == ["nats: not connected"]
