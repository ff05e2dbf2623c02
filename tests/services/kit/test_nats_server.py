"""The embedded server: found, started, watched, and never an orphan."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from services.kit.nats_server import NatsServer, ServerUnavailable, find_binary, healthy, version_of

PARENT = """
import sys, time
from pathlib import Path
from services.kit.nats_server import NatsServer
server = NatsServer(Path(sys.argv[1])).start()
print(server.pid, server.url, flush=True)
time.sleep(60)
"""


def eventually(condition, timeout_s=10.0):
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


def test_it_listens_on_the_loopback_and_syncs_always(tmp_path):
    with NatsServer(tmp_path) as server:
        assert server.url.startswith("nats://127.0.0.1:")
        assert healthy(server.monitor_url)
        assert "sync_interval: always" in (tmp_path / "nats.conf").read_text()
        listening = (tmp_path / "nats-server.log").read_text()
        assert "0.0.0.0" not in listening  # noqa: S104
        pid = server.pid
    assert not alive(pid)


def test_a_server_that_died_is_started_again_on_its_port(tmp_path):
    with NatsServer(tmp_path) as server:
        url, pid = server.url, server.pid
        os.kill(pid, signal.SIGKILL)
        eventually(lambda: server.starts == 2 and healthy(server.monitor_url))
        assert server.url == url
        assert server.pid != pid


@pytest.mark.skipif(sys.platform != "linux", reason="the death signal is Linux's")
def test_a_killed_parent_leaves_no_server(tmp_path):
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path)],
        env={"PYTHONPATH": ":".join(sys.path)},
        stdout=subprocess.PIPE,
        text=True,
    )
    pid = int(parent.stdout.readline().split()[0])
    assert alive(pid)
    parent.kill()
    parent.wait()
    # The next start waits for the lock that the dying server holds.
    with NatsServer(tmp_path) as server:
        assert not alive(pid)
        assert healthy(server.monitor_url)


def test_two_servers_do_not_share_a_folder(tmp_path, monkeypatch):
    monkeypatch.setattr("services.kit.nats_server.LOCK_S", 0.1)
    with NatsServer(tmp_path), pytest.raises(ServerUnavailable, match="another process uses"):
        NatsServer(tmp_path).start()


def test_a_server_that_cannot_start_says_why(tmp_path):
    (tmp_path / "jetstream").write_text("a file where a folder must be")
    with pytest.raises(
        ServerUnavailable, match=r"ended at once: .*storage directory is not a directory"
    ):
        NatsServer(tmp_path).start()


def test_the_program_is_beside_the_interpreter():
    assert find_binary().name == "nats-server"
    assert version_of(find_binary()) == "2.15.1"


def test_a_missing_program_is_named(tmp_path):
    with pytest.raises(ServerUnavailable, match="PIIRI_NATS_SERVER"):
        find_binary(tmp_path / "nowhere")


def test_the_program_is_found_on_the_path(tmp_path, monkeypatch):
    program = tmp_path / "nats-server"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(tmp_path / "elsewhere" / "python"))
    monkeypatch.setattr("sysconfig.get_path", lambda _: str(tmp_path / "elsewhere"))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_binary() == program
