"""The demonstration as its user starts it: killed, begun again, stopped, begun again."""

import os
import signal
import socket
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from sqlmodel import col, select

from services.challenges.queries import count_open
from services.demo.samples import sample_challenges
from services.directory.queries import count_units
from services.directory.reference import real_units
from services.groups import queries as groups
from services.kit.store import Store
from services.kit.tables import OutboxRow


class Demo:
    """A ``piiri demo`` on a free port; ``until`` reads what it says."""

    def __init__(self, folder, port=0):
        command = [sys.executable, "-m", "services.cli", "demo"]
        env = {name: value for name, value in os.environ.items() if not name.startswith("PIIRI_")}
        self.process = subprocess.Popen(
            [*command, "--data", str(folder), "--port", str(port)],
            env=env | {"PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said = []

    def until(self, beginning):
        """Read on to a line that begins so."""
        for line in self.process.stdout:
            self.said.append(line)
            if line.startswith(beginning):
                return line.strip()
        pytest.fail(f"it never said {beginning!r}: {''.join(self.said)}")

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.end()

    def end(self):
        """Read what is left and return the exit status."""
        self.said += list(self.process.stdout)
        return self.process.wait()


@pytest.fixture
def start(tmp_path):
    """Start demonstrations on the test's folder; whatever runs in the end is killed."""
    started = []

    def begin(**more):
        started.append(Demo(tmp_path / "demo", **more))
        return started[-1]

    yield begin
    for demo in started:
        if demo.process.poll() is None:
            demo.kill()


def running_in(folder):
    """The command lines of processes that name a folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if any(str(folder).encode() in word for word in words):
                found.append(b" ".join(words).decode())
    return found


def test_it_survives_kills_and_stops_without_leaving_anything(start, tmp_path):
    for moment in ("Loading units: 300", "Loading challenges: 100", "Matching"):
        demo = start()
        demo.until(moment)
        demo.kill()
    demo = start()
    demo.until("ready http://127.0.0.1:")
    demo.process.send_signal(signal.SIGTERM)
    assert demo.end() == 0
    assert running_in(tmp_path / "demo") == []
    everything_once(tmp_path / "demo")
    again = start()
    again.until("ready ")
    assert not [line for line in again.said if line.startswith("Loading")]
    again.process.send_signal(signal.SIGINT)
    assert again.end() == 0
    assert running_in(tmp_path / "demo") == []


def everything_once(folder):
    store = Store(f"sqlite:///{folder}/piiri.db")
    with store.read() as session:
        assert count_units(session) == len(list(real_units()))
        assert count_open(session) == len(list(sample_challenges()))
        rows = session.exec(select(OutboxRow).order_by(col(OutboxRow.seq))).all()
        seats = [m.challenge_id for v in groups.proposals(session) for m in v.proposal.members]
    store.close()
    facts = Counter(row.type for row in rows)
    assert facts["piiri.directory.joined.v1"] == len(list(real_units()))
    assert facts["piiri.challenges.registered.v1"] == len(list(sample_challenges()))
    assert all(row.stream_seq is not None for row in rows)
    assert seats
    assert len(seats) == len(set(seats))


def test_a_used_port_is_reported_with_what_to_do(start):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        demo = start(port=other.getsockname()[1])
        assert demo.end() == 1
    assert "--port" in "".join(demo.said)
    assert "Traceback" not in "".join(demo.said)


def test_a_second_demonstration_in_the_same_folder_is_refused(start):
    first = start()
    first.until("Starting nats-server")
    second = start()
    assert second.end() == 1
    assert "Another demonstration uses this folder" in "".join(second.said)
