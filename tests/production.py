"""A deployment of the tests' own, with the processes and the rights of production."""

import json
import os
import subprocess
import sys
import time
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import psycopg
from servers import free_port

from schemas.people import Role
from services.api.keys import make_key
from services.kit.store import Store

PATIENCE_S = 90


class Production:
    """Processes with the variables of a deployment, and what they can be asked."""

    def __init__(self, pg, server, folder):
        self.pg, self.nats, self.folder, self.port = pg, server, folder, free_port()
        self.processes, self.database, self.keys = {}, "piiri", {}
        self.logs = {}

    def variables(self, service, role="piiri_app"):
        plain = {name: text for name, text in os.environ.items() if not name.startswith("PIIRI_")}
        return (
            plain
            | self.nats.variables(service)
            | {
                "PIIRI_DATABASE_URL": self.address(role),
                "PIIRI_SECRET_KEY": "only-for-the-tests-" * 2,
                "PIIRI_DATA_DIR": str(self.folder),
                "PIIRI_PORT": str(self.port),
                "PIIRI_BASE_URL": "https://piiri.example.org",
                "PIIRI_GROUP_LOWER": "3",
            }
        )

    def address(self, role, database=""):
        return f"postgresql://{role}@127.0.0.1:{self.pg.port}/{database or self.database}"

    def psql(self, *arguments):
        return self.program("psql", "-v", "ON_ERROR_STOP=1", *arguments)

    def program(self, name, *arguments):
        command = [self.pg.programs / name, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def piiri(self, *arguments, service="operator", role="piiri_app"):
        done = subprocess.run(
            [sys.executable, "-m", "services.cli", *arguments],
            env=self.variables(service, role),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self, *services):
        for service in services:
            self.logs[service] = (self.folder / f"{service}.log").open("ab")
            self.processes[service] = subprocess.Popen(
                [sys.executable, "-m", "services.cli", service],
                env=self.variables(service),
                stderr=self.logs[service],
            )

    def stop(self, *services):
        for service in services or tuple(self.processes):
            process = self.processes.pop(service)
            process.terminate()
            assert process.wait(30) in (0, -15), f"{service} ended with {process.returncode}"

    def said(self, service):
        return (self.folder / f"{service}.log").read_text("utf-8")

    def make_keys(self, *roles):
        store = Store(self.address("piiri_app").replace("://", "+psycopg://"))
        with store.begin() as session:
            self.keys = {
                role: make_key(session, "register", role, may_write=True) for role in roles
            }
        store.close()

    def ask(self, path, body=None, *, role=Role.ADMIN):
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", "Host": "piiri.example.org"}
        headers |= {"Authorization": f"Bearer {self.keys[role]}"} if role in self.keys else {}
        request = Request(f"http://127.0.0.1:{self.port}{path}", data, headers)
        with urlopen(request, timeout=10) as answer:  # noqa: S310  # our own address
            return json.load(answer)

    def is_ready(self):
        try:
            return self.ask("/ready")["ready"]
        except (HTTPError, URLError):
            return False

    def counted(self, query):
        with psycopg.connect(self.address("piiri_app")) as connection:
            return connection.execute(query).fetchone()[0]

    def unsent(self):
        return self.counted("SELECT count(*) FROM kit_outbox WHERE stream_seq IS NULL")

    def letters(self):
        return sorted(file.name for file in (self.folder / "letters").glob("*.eml"))

    def until(self, what, look):
        deadline = time.monotonic() + PATIENCE_S
        while not (found := look()):
            for service, process in self.processes.items():
                assert process.poll() is None, self.said(service)
            assert time.monotonic() < deadline, f"waited {PATIENCE_S} s for {what}"
            time.sleep(0.1)
        return found
