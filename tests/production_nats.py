"""The production's nats-server: deploy/nats.conf itself, with its folders and ports moved."""

import re
import shutil
import ssl
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import nats
from missing import missing
from servers import free_port

from services.kit.nats_server import find_binary, healthy

DEPLOY = Path(__file__).parents[1] / "deploy"


def made_keys(folder):
    script = DEPLOY / "make_nats_keys.py"
    subprocess.run([sys.executable, script, folder], check=True)


def made_certificates(folder):
    """An authority of the test's own, and certificates by it."""
    if shutil.which("openssl") is None:
        missing("openssl", "openssl")
    script = DEPLOY / "make_certificates.sh"
    done = subprocess.run(
        [script, folder, "IP:127.0.0.1"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


class ProductionNats:
    """A server by the configuration that is deployed."""

    def __init__(self, folder):
        self.folder, self.port, self.monitor = folder, free_port(), free_port()
        self.config = folder / "nats.conf"
        made_keys(folder)
        made_certificates(folder / "tls")
        self.config.write_text(self._moved((DEPLOY / "nats.conf").read_text("utf-8")), "utf-8")
        self.process = None

    def _moved(self, text):
        for old, new in (
            ("/etc/piiri/", f"{self.folder}/"),
            ("/var/lib/piiri-nats", f"{self.folder}/store"),
            ("0.0.0.0:4222", f"127.0.0.1:{self.port}"),
            ("127.0.0.1:8222", f"127.0.0.1:{self.monitor}"),
        ):
            assert old in text, f"deploy/nats.conf names {old} no more"
            text = text.replace(old, new)
        return text

    @property
    def url(self):
        return f"tls://127.0.0.1:{self.port}"

    def check(self, config=None):
        return subprocess.run(
            [find_binary(), "-c", config or self.config, "-t"],
            capture_output=True,
            text=True,
            check=False,
        )

    def start(self):
        log = (self.folder / "log").open("ab")
        command = [find_binary(), "-c", self.config]
        self.process = subprocess.Popen(command, stdout=log, stderr=log)
        deadline = time.monotonic() + 30
        while not healthy(f"http://127.0.0.1:{self.monitor}"):
            assert self.process.poll() is None, self.log()
            assert time.monotonic() < deadline, self.log()
            time.sleep(0.02)

    def stop(self):
        self.process.terminate()
        self.process.wait(30)

    def log(self):
        return (self.folder / "log").read_text("utf-8")

    def violations(self):
        return re.findall(r"(?:Publish|Subscription) Violation.*", self.log())

    def variables(self, name):
        """What a service's environment says of the server."""
        return {
            "PIIRI_NATS_URL": self.url,
            "PIIRI_NATS_NKEY_FILE": str(self.folder / f"{name}.nk"),
            "PIIRI_NATS_CA_FILE": str(self.folder / "tls" / "ca.pem"),
            "PIIRI_NATS_CERT_FILE": str(self.folder / "tls" / f"{name}.pem"),
            "PIIRI_NATS_KEY_FILE": str(self.folder / "tls" / f"{name}.key"),
        }

    def context(self, name):
        made = ssl.create_default_context(cafile=str(self.folder / "tls" / "ca.pem"))
        tls = self.folder / "tls"
        made.load_cert_chain(tls / f"{name}.pem", tls / f"{name}.key")
        return made

    async def connect(self, name, *, inbox=None, **options):
        return await nats.connect(
            self.url,
            nkeys_seed=str(self.folder / f"{name}.nk"),
            tls=self.context(name),
            inbox_prefix=f"_INBOX_{inbox or name}",
            **options,
        )


@contextmanager
def running_production_nats(folder):
    server = ProductionNats(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()


LAST = "refused.to.everybody"


class Tries:
    """One user's connection, and what the server refuses to it."""

    def __init__(self, client, errors):
        self.client, self.errors = client, errors

    @classmethod
    async def of(cls, server, name):
        errors = []

        async def note(error):
            errors.append(str(error).lower())

        return cls(await server.connect(name, error_cb=note), errors)

    async def published(self, subjects):
        """Those of the subjects that may be published to."""
        return await self._passed("publish", subjects, lambda at: self.client.publish(at, b"{}"))

    async def subscribed(self, subjects):
        """Those of the subjects that may be listened to."""
        return await self._passed("subscription", subjects, self.client.subscribe)

    async def _passed(self, what, subjects, attempt):
        for subject in (*sorted(subjects), LAST):
            await attempt(subject)
        # A pong may overtake a complaint, but complaints come in order.
        while not self._refused(what, LAST):
            await self.client.flush()
        return {subject for subject in subjects if not self._refused(what, subject)}

    def _refused(self, what, subject):
        complaint = f'permissions violation for {what} to "{subject.lower()}"'
        return any(complaint in error for error in self.errors)

    async def close(self):
        await self.client.close()
