"""A nats-server of our own, as a child process that never outlives us."""

import json
import logging
import os
import subprocess
import sys
import time
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import IO, Self

from services.kit.locks import hold_file
from services.kit.nats_program import ServerUnavailable, find_binary, healthy, version_of

__all__ = ["NatsServer", "ServerUnavailable", "find_binary", "healthy", "version_of"]

log = logging.getLogger("piiri.nats")

READY_S = 30
"""A large store is read through before the server calls itself healthy."""
LOCK_S = 10.0
"""How long a start waits for an old server to end."""
RESTART_S = (0.05, 0.2, 1.0, 5.0)
"""Pauses before starting a server that died; the last one repeats."""

CONFIG = """\
server_name: "piiri-embedded"
listen: "127.0.0.1:{port}"
http: "127.0.0.1:{monitor}"
ports_file_dir: {ports}
log_file: {log}
logfile_size_limit: 10MB
logfile_max_num: 2
jetstream {{
  store_dir: {store}
  # Anything but "always" loses acknowledged messages in a power cut.
  sync_interval: always
}}
"""

LAUNCH = """\
import ctypes, os, signal, sys
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
    if os.getppid() != int(sys.argv[1]):
        sys.exit("the parent is gone")
os.execv(sys.argv[2], sys.argv[2:])
"""
"""Run in the child before the server: a fork of a process with threads must not run Python."""


class NatsServer:
    """
    A supervised server with JetStream under ``folder``, on a free port of the loopback.

    It is started again when it dies, on the same port, so that clients find it.
    """

    def __init__(self, folder: Path, binary: Path | None = None) -> None:
        self.folder = folder.resolve()
        self.binary = find_binary(binary)
        self.url = ""
        self.monitor_url = ""
        self.starts = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: IO[bytes] | None = None
        self._changed, self._stopping = Event(), Event()
        self._failure: Exception | None = None
        self._supervisor: Thread | None = None

    @property
    def pid(self) -> int | None:
        """The process, while there is one."""
        return self._process.pid if self._process else None

    def start(self) -> Self:
        """
        Start the server and wait until it is healthy.

        Raises
        ------
        ServerUnavailable
            With the last words of its log.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = hold_file(self.folder / "lock", wait_s=LOCK_S)
        if self._lock is None:
            raise ServerUnavailable(f"another process uses {self.folder}")
        # The death signal follows the thread that forks, so one thread starts and watches.
        self._supervisor = Thread(target=self._supervise, name="nats-server", daemon=True)
        self._supervisor.start()
        self._changed.wait()
        if self._failure:
            self.stop()
            raise self._failure
        return self

    def stop(self) -> None:
        """Stop the server; what it acknowledged is on disk."""
        self._stopping.set()
        if self._process:
            self._process.terminate()
        if self._supervisor:
            self._supervisor.join()
        if self._lock:
            self._lock.close()
            self._lock = None

    def kill(self) -> None:
        """End the server as a crash would; it is started again."""
        if self._process:
            self._process.kill()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _supervise(self) -> None:
        try:
            self._launch()
        except Exception as error:  # noqa: BLE001  # handed to the starting thread
            self._failure = error
        finally:
            self._changed.set()
        while not self._failure and not self._stopping.is_set():
            self._await_end()
            if not self._stopping.is_set():
                self._relaunch()
        self._await_end()

    def _relaunch(self) -> None:
        log.error("the embedded nats-server ended and is started again")
        for pause in (*RESTART_S, *([RESTART_S[-1]] * 1000)):
            if self._stopping.wait(pause):
                return
            try:
                self._launch()
            except ServerUnavailable:
                log.exception("the embedded nats-server does not start")
            else:
                return

    def _await_end(self) -> None:
        if not self._process:
            return
        while self._process.poll() is None:
            try:
                self._process.wait(timeout=10 if self._stopping.is_set() else None)
            except subprocess.TimeoutExpired:
                self._process.kill()

    def _launch(self) -> None:
        """Start once, and wait for its ports and its health."""
        assert self._lock  # noqa: S101  # held since start
        config = self._write_config()
        for old in self._ports_folder.glob("*.ports"):
            old.unlink()
        self._process = subprocess.Popen(  # noqa: S603  # the program found above
            [sys.executable, "-ISc", LAUNCH, str(os.getpid()), self.binary, "-c", config],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            # Ctrl-C is for us; the server is stopped after what we still have to send.
            start_new_session=True,
            # The lock lives as long as the server: a new start waits for an old server's end.
            pass_fds=(self._lock.fileno(),),
        )
        self.starts += 1
        self._await_health(time.monotonic() + READY_S)

    @property
    def _ports_folder(self) -> Path:
        return self.folder / "ports"

    def _write_config(self) -> Path:
        self._ports_folder.mkdir(exist_ok=True)
        path = self.folder / "nats.conf"
        path.write_text(
            CONFIG.format(
                port=self.url.rpartition(":")[2] or -1,
                monitor=self.monitor_url.rpartition(":")[2] or -1,
                ports=json.dumps(str(self._ports_folder)),
                log=json.dumps(str(self.folder / "nats-server.log")),
                store=json.dumps(str(self.folder / "jetstream")),
            ),
            encoding="utf-8",
        )
        return path

    def _await_health(self, deadline: float) -> None:
        process = self._process
        assert process  # noqa: S101  # launched just before
        while time.monotonic() < deadline:
            if process.poll() is not None:
                raise ServerUnavailable(f"it ended at once: {self._last_words()}")
            if self._read_ports() and healthy(self.monitor_url):
                return
            if self._stopping.wait(0.01):
                return
        process.kill()
        raise ServerUnavailable(f"not healthy in {READY_S} s: {self._last_words()}")

    def _read_ports(self) -> bool:
        for file in self._ports_folder.glob("*.ports"):
            try:
                ports = json.loads(file.read_text(encoding="utf-8"))
            except ValueError:
                return False  # half written
            self.url, self.monitor_url = ports["nats"][0], ports["monitoring"][0]
            return True
        return False

    def _last_words(self) -> str:
        try:
            lines = (self.folder / "nats-server.log").read_text(encoding="utf-8").splitlines()
        except OSError:
            return "it left no log"
        grave = [line for line in lines if "[FTL]" in line or "[ERR]" in line]
        return " | ".join((grave or lines)[-3:])
