"""A deployment of the tests' own: the worker is a process, the test acts as the pages do."""

import os
import signal
import subprocess
import sys
import time
from email import message_from_bytes, policy

import pytest
from sqlmodel import col, select

from schemas.registry import BY_TYPE
from services.kit.faults import EXIT_STATUS
from services.kit.tables import OutboxRow

PATIENCE_S = 120


class Deployment:
    """A store, a server's address, and a worker process that can be killed."""

    def __init__(self, store, settings, folder, **more):
        self.store, self.folder = store, folder
        folder.mkdir()
        self.env = os.environ | {
            "PIIRI_DATABASE_URL": settings.database_url,
            "PIIRI_NATS_URL": settings.nats_url,
            "PIIRI_SECRET_KEY": settings.secret_key,
            "PIIRI_DATA_DIR": str(folder),
            "PIIRI_DIGEST_AT": "at-once",
            "PIIRI_GROUP_LOWER": "3",
            **more,
        }
        self.worker = None
        self.armed, self.hit = [], []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.worker is not None and self.worker.poll() is None:
            self.kill()

    def start(self, *faults):
        """Start the worker; it ends itself at each of the named points in turn."""
        self.armed = list(faults) or self.armed
        env = self.env | ({"PIIRI_FAULT": self.armed[0]} if self.armed else {})
        command = [sys.executable, "-m", "services.cli", "worker"]
        self.worker = subprocess.Popen(command, env=env)

    def kill(self):
        self.worker.send_signal(signal.SIGKILL)
        self.worker.wait()

    def stop(self):
        self.worker.terminate()
        assert self.worker.wait(30) == 0

    def until(self, what, look):
        """Wait until a look at the store finds something true."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            with self.store.read() as session:
                found = look(session)
            if found:
                return found
            if self.watch():  # it took that time to start again
                deadline = time.monotonic() + PATIENCE_S
            time.sleep(0.1)
        pytest.fail(f"waited {PATIENCE_S} s for {what}")

    def watch(self):
        """Start the worker again when it ended at a fault point, True; else it must live."""
        if (status := self.worker.poll()) is not None:
            assert status == EXIT_STATUS, f"the worker ended by itself with {status}"
            self.hit.append(self.armed.pop(0))
            self.start()
            return True
        return False

    def letters(self):
        files = sorted((self.folder / "letters").glob("*.eml"))
        return [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]

    def events(self):
        with self.store.read() as session:
            rows = session.exec(select(OutboxRow).order_by(col(OutboxRow.seq))).all()
        return [BY_TYPE[row.type].model_validate_json(row.body) for row in rows]
