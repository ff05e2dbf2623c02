"""Every knob of a deployment, read once."""

from collections.abc import Callable, Mapping
from datetime import time
from ipaddress import ip_address
from pathlib import Path
from secrets import token_urlsafe
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict

from schemas.errors import Broken

MIN_SECRET = 32
"""Characters of a key that signs cookies; 32 of base64 hold 192 bits."""


class SettingsRefused(Broken):
    """The settings are not usable."""

    code = "settings-refused"

    def __str__(self) -> str:
        """One line a problem."""
        return "\n".join(self.facts)


class Settings(BaseModel):
    """
    What one deployment decides; made once, by ``from_env``, and handed down.

    An empty ``nats_url`` means that the demo starts a server of its own.
    """

    model_config = ConfigDict(frozen=True)

    demo: bool = False
    data_dir: Path | None = None
    database_url: str
    nats_url: str = ""
    nats_server: Path | None = None
    """The program that the demo starts; none: found beside the interpreter or on the PATH."""
    nats_nkey_file: Path | None = None
    nats_ca_file: Path | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    base_url: str
    secret_key: str
    smtp_url: str | None = None
    """None: letters are kept as files in ``data_dir/letters``."""
    mail_from: str = "Vertaispiiri <vertaispiiri@localhost>"
    digest_at: time = time(7, 30)
    """Time of day of the agents' digest, in Europe/Helsinki."""
    outbox_max_age_s: int = 60
    """An older unsent event makes the service answer 503 to new writes."""
    outbox_max_rows: int = 50_000
    """More unsent events than this do the same."""
    retention_days: int = 30
    """Days that sent events are kept for replay."""
    log_level: str = "INFO"

    @property
    def letters_dir(self) -> Path:
        """Where letters go when there is no mail server."""
        return (self.data_dir or Path()) / "letters"

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> "Settings":
        """
        Read the ``PIIRI_*`` variables.

        Raises
        ------
        SettingsRefused
            With every problem at once: the variable, its value and the accepted form.
        """
        problems: list[str] = []
        values = _parsed(env, problems)
        _complete(values, problems)
        if problems:
            raise SettingsRefused(*problems)
        return cls(**values)


def _flag(text: str) -> bool:
    return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[
        text.lower()
    ]


def _whole(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not low <= int(text) <= high:
            raise ValueError
        return int(text)

    return parse


def _url(*schemes: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        parts = urlsplit(text)
        if parts.scheme not in schemes or not (parts.netloc or parts.scheme == "sqlite"):
            raise ValueError
        _ = parts.port
        return text.rstrip("/") if parts.scheme.startswith("http") else text

    return parse


def _database(text: str) -> str:
    url = _url("sqlite", "postgresql", "postgresql+psycopg")(text)
    if url.startswith("sqlite") and url.removeprefix("sqlite:///") in (url, "", ":memory:"):
        raise ValueError
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


def _servers(text: str) -> str:
    return ",".join(_url("nats", "tls")(one.strip()) for one in text.split(","))


def _secret(text: str) -> str:
    if len(text) < MIN_SECRET:
        raise ValueError
    return text


def _one_of(*words: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text.upper() not in words:
            raise ValueError
        return text.upper()

    return parse


def _address(text: str) -> str:
    if "@" not in text or any(c in text for c in "\r\n"):
        raise ValueError
    return text


KNOBS: dict[str, tuple[Callable[[str], Any], str]] = {
    "demo": (_flag, "1 or 0"),
    "data_dir": (Path, "a folder"),
    "database_url": (_database, "sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME"),
    "nats_url": (_servers, "nats://HOST:PORT or tls://HOST:PORT, several joined by commas"),
    "nats_server": (Path, "the program nats-server"),
    "nats_nkey_file": (Path, "a file that holds the seed of an nkey"),
    "nats_ca_file": (Path, "a file of certificates in PEM"),
    "host": (str, "an address to listen on"),
    "port": (_whole(0, 65535), "a whole number from 0 (any free port) to 65535"),
    "base_url": (_url("http", "https"), "http://HOST or https://HOST, as readers see it"),
    "secret_key": (_secret, f"at least {MIN_SECRET} characters"),
    "smtp_url": (_url("smtp", "smtps"), "smtp://USER:PASSWORD@HOST:PORT or smtps://…"),
    "mail_from": (_address, "an address such as Vertaispiiri <noreply@example.org>"),
    "digest_at": (time.fromisoformat, "a time of day such as 07:30"),
    "outbox_max_age_s": (_whole(1, 86_400), "seconds, from 1 to 86400"),
    "outbox_max_rows": (_whole(1, 10_000_000), "a whole number from 1 to 10000000"),
    "retention_days": (_whole(1, 3650), "days, from 1 to 3650"),
    "log_level": (_one_of("DEBUG", "INFO", "WARNING", "ERROR"), "DEBUG, INFO, WARNING or ERROR"),
}
"""How each field is read from its variable, and what that accepts."""

SHOWN_NEVER = {"secret_key", "database_url", "nats_url", "smtp_url"}
"""Values that may hold a password are not repeated in an error."""


def variable(field: str) -> str:
    """Name the variable of a field: ``PIIRI_DATABASE_URL`` for ``database_url``."""
    return f"PIIRI_{field.upper()}"


def _parsed(env: Mapping[str, str], problems: list[str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for field, (parse, accepted) in KNOBS.items():
        text = env.get(variable(field), "").strip()
        if not text:
            continue
        try:
            values[field] = parse(text)
        except (ValueError, KeyError):
            shown = "is not usable" if field in SHOWN_NEVER else f"is {text!r}"
            problems.append(f"{variable(field)} {shown}; accepted: {accepted}")
    return values


def _complete(values: dict[str, Any], problems: list[str]) -> None:
    """Fill what follows from the rest, and refuse what does not go together."""
    host, port = values.get("host", "127.0.0.1"), values.get("port", 8000)
    values.setdefault("base_url", f"http://{host}:{port}")
    if values.get("demo"):
        _complete_demo(values, host, problems)
        return
    for field in ("database_url", "nats_url", "secret_key"):
        if field not in values and not any(variable(field) in p for p in problems):
            problems.append(f"{variable(field)} is missing; accepted: {KNOBS[field][1]}")


def _complete_demo(values: dict[str, Any], host: str, problems: list[str]) -> None:
    """Keep the demo, where anyone may choose a role, on this computer."""
    reader = urlsplit(values["base_url"]).hostname or ""
    for field, name in (("host", host), ("base_url", reader)):
        if not _loopback(name):
            problems.append(
                f"PIIRI_DEMO is on and {variable(field)} is {values.get(field, name)!r}: "
                "the demo lets anyone choose a role, so it listens on 127.0.0.1 only"
            )
    values.setdefault("data_dir", Path("var/demo"))
    values.setdefault("database_url", f"sqlite:///{values['data_dir']}/piiri.db")
    values.setdefault("secret_key", token_urlsafe(MIN_SECRET))


def _loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
