"""Real servers for the tests, on free ports of the loopback, ended with the tests."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg


def postgres_programs() -> Path | None:
    """The newest folder that holds ``initdb`` and ``postgres``, or none."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
    on_path = shutil.which("initdb")
    folders = [*reversed(debian), *([Path(on_path).parent] if on_path else [])]
    return next((one for one in folders if (one / "postgres").exists()), None)


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Postgres:
    """A PostgreSQL server under a temporary folder; it refuses to run as root."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self.programs, self.folder, self.port = programs, folder, free_port()
        self.user = _other_user()
        self.process: subprocess.Popen[bytes] | None = None
        if self.user:
            shutil.chown(folder, self.user)
        self._run("initdb", "--no-sync", "-A", "trust", "-U", "piiri", "-E", "UTF8", "-D", "data")

    def _arguments(self, program, *arguments):
        command = [str(self.programs / program), *arguments]
        user = {"user": self.user, "group": pwd.getpwnam(self.user).pw_gid} if self.user else {}
        return {"args": command, "cwd": self.folder, "env": {"LC_ALL": "C.UTF-8"}, **user}

    def _run(self, program, *arguments):
        done = subprocess.run(
            **self._arguments(program, *arguments), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr

    def start(self) -> None:
        options = ("fsync=off", "full_page_writes=off", "max_connections=200")
        settings = [word for option in options for word in ("-c", option)]
        log = (self.folder / "log").open("ab")
        self.process = subprocess.Popen(
            **self._arguments(
                "postgres",
                "-D",
                "data",
                "-h",
                "127.0.0.1",
                "-k",
                "",
                "-p",
                str(self.port),
                *settings,
            ),
            stdout=log,
            stderr=log,
        )
        self._await_ready()

    def _await_ready(self) -> None:
        for _ in range(1000):
            with suppress(psycopg.OperationalError):
                psycopg.connect(self.address("postgres")).close()
                return
            assert self.process.poll() is None, (self.folder / "log").read_text()
            time.sleep(0.02)
        raise TimeoutError((self.folder / "log").read_text())

    def address(self, database: str) -> str:
        return f"postgresql://piiri@127.0.0.1:{self.port}/{database}"

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)  # a fast shutdown, whoever is connected
        self.process.wait(30)

    def kill(self) -> None:
        """As ``kill -9`` of every process of the server."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(30)


def _other_user() -> str | None:
    """Whom to be instead of root."""
    if os.getuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """A server that lives as long as the block."""
    with tempfile.TemporaryDirectory(prefix="piiri-pg-", ignore_cleanup_errors=True) as folder:
        server = Postgres(postgres_programs(), Path(folder))
        server.start()
        try:
            yield server
        finally:
            server.stop()
