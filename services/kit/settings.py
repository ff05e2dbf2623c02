"""Every knob of a deployment, read once."""

from collections.abc import Callable, Mapping
from datetime import time
from ipaddress import ip_address
from pathlib import Path
from secrets import token_urlsafe
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, model_validator

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
    What one deployment decides; made once, by ``from_env`` or ``for_demo``, and handed down.

    An empty ``nats_url`` means that the demo starts a server of its own.
    """

    model_config = ConfigDict(frozen=True)

    demo: bool = False
    """Anyone may choose a role. No variable sets it: only ``for_demo``, for ``piiri demo``."""
    data_dir: Path | None = None
    database_url: str
    nats_url: str = ""
    nats_server: Path | None = None
    """The program that the demo starts; none: found beside the interpreter or on the PATH."""
    nats_nkey_file: Path | None = None
    nats_ca_file: Path | None = None
    """Whom to trust for the server's certificate; none: no TLS of our own choosing."""
    nats_cert_file: Path | None = None
    """The certificate this process shows a server that verifies its clients."""
    nats_key_file: Path | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    base_url: str
    secret_key: str
    smtp_url: str | None = None
    """None: letters are kept as files in ``data_dir/letters``."""
    mail_from: str = "Vertaispiiri <vertaispiiri@localhost>"
    digest_at: time | None = time(7, 30)
    """Time of day of the agents' digest, in Europe/Helsinki; None: as soon as there is one."""
    group_lower: int = 5
    """Members of a proposed group at least; three is the least that any may have."""
    group_upper: int = 12
    """Members of a proposed group at most."""
    affinity: tuple[tuple[str, float], ...] = ()
    """Weights of the affinity that differ from the defaults; ``piiri weights`` proposes some."""
    themes: Path | None = None
    """A table of themes that are new, named anew, merged or split."""
    vocabulary: Path | None = None
    """A table of concepts that texts are read with beside those that ship."""
    encoder: str = "auto"
    """What ranks challenges: ``builtin``, ``neural``, ``auto``, or the folder of a model."""
    outbox_max_age_s: int = 60
    """An older unsent event makes the service answer 503 to new writes."""
    outbox_max_rows: int = 50_000
    """More unsent events than this do the same."""
    retention_days: int = 30
    """Days that sent events are kept for replay."""
    log_level: str = "INFO"

    @property
    def nats_hosts(self) -> str:
        """Where nats-server is, without what an address may hold of secrets."""
        servers = (urlsplit(one).netloc for one in self.nats_url.split(","))
        return ", ".join(server.rpartition("@")[2] for server in servers)

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
        _complete(values, env, problems)
        if problems:
            raise SettingsRefused(*problems)
        return cls(**values)

    @classmethod
    def for_demo(cls, env: Mapping[str, str], **chosen: Any) -> "Settings":
        """
        Make the settings of a demonstration, where anyone may choose a role.

        Parameters
        ----------
        env
            The ``PIIRI_*`` variables; a database and NATS of one's own may be named there.
        chosen
            What the command line says, such as ``port`` or ``data_dir``; it wins, None apart.

        Raises
        ------
        SettingsRefused
            With every problem at once, and when others could reach the demonstration.
        """
        problems: list[str] = []
        values = _parsed(env, problems)
        values |= {name: value for name, value in chosen.items() if value is not None}
        _complete_demo(values)
        if problems:
            raise SettingsRefused(*problems)
        return cls(**values, demo=True)

    @model_validator(mode="after")
    def _keep_the_demo_here(self) -> "Settings":
        reader = urlsplit(self.base_url).hostname or ""
        beyond = [
            f"{variable(field)} is {value!r}: the demo lets anyone choose a role, "
            "so it listens on 127.0.0.1 only"
            for field, value, name in (
                ("host", self.host, self.host),
                ("base_url", self.base_url, reader),
            )
            if not is_loopback(name)
        ]
        if self.demo and beyond:
            raise SettingsRefused(*beyond)
        return self


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


def _digest_time(text: str) -> time | None:
    return None if text == "at-once" else time.fromisoformat(text)


def _encoder(text: str) -> str:
    if text not in ("auto", "builtin", "neural") and "/" not in text:
        raise ValueError
    return text


def _numbers(text: str) -> tuple[tuple[str, float], ...]:
    said = [part.split("=") for part in text.split(",")]
    if len({name.strip() for name, *_ in said}) < len(said):
        raise ValueError
    return tuple((name.strip(), float(value)) for name, value in said)


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
    "data_dir": (Path, "a folder"),
    "database_url": (_database, "sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME"),
    "nats_url": (_servers, "nats://HOST:PORT or tls://HOST:PORT, several joined by commas"),
    "nats_server": (Path, "the program nats-server"),
    "nats_nkey_file": (Path, "a file that holds the seed of an nkey"),
    "nats_ca_file": (Path, "a file of certificates in PEM"),
    "nats_cert_file": (Path, "a file with this process's certificate in PEM"),
    "nats_key_file": (Path, "a file with that certificate's private key in PEM"),
    "host": (str, "an address to listen on"),
    "port": (_whole(0, 65535), "a whole number from 0 (any free port) to 65535"),
    "base_url": (_url("http", "https"), "http://HOST or https://HOST, as readers see it"),
    "secret_key": (_secret, f"at least {MIN_SECRET} characters"),
    "smtp_url": (_url("smtp", "smtps"), "smtp://USER:PASSWORD@HOST:PORT or smtps://…"),
    "mail_from": (_address, "an address such as Vertaispiiri <noreply@example.org>"),
    "digest_at": (_digest_time, "a time of day such as 07:30, or at-once"),
    "group_lower": (_whole(3, 50), "a whole number from 3 to 50"),
    "group_upper": (_whole(3, 50), "a whole number from 3 to 50, not below PIIRI_GROUP_LOWER"),
    "affinity": (_numbers, "names and numbers, such as stage=0.1,kinds=0.04"),
    "themes": (Path, "a table of themes, see docs/themes.md"),
    "vocabulary": (Path, "a table of concepts, see docs/vocabulary.md"),
    "encoder": (_encoder, "auto, builtin, neural, or the folder of a model, with a / in it"),
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


def _complete(values: dict[str, Any], env: Mapping[str, str], problems: list[str]) -> None:
    """Fill what follows from the rest, and refuse what is missing or does not belong here."""
    _address_for_readers(values)
    if values.get("group_lower", 5) > values.get("group_upper", 12):
        problems.append("PIIRI_GROUP_LOWER is above PIIRI_GROUP_UPPER")
    if ("nats_cert_file" in values) != ("nats_key_file" in values):
        problems.append("PIIRI_NATS_CERT_FILE and PIIRI_NATS_KEY_FILE go together")
    if "nats_cert_file" in values and "nats_ca_file" not in values:
        problems.append("PIIRI_NATS_CERT_FILE needs PIIRI_NATS_CA_FILE beside it")
    for field in ("database_url", "nats_url", "secret_key"):
        if field not in values and not any(variable(field) in p for p in problems):
            problems.append(f"{variable(field)} is missing; accepted: {KNOBS[field][1]}")
    if env.get(variable("demo"), "").strip():
        problems.append(f"{variable('demo')} is set; accepted: nothing, `piiri demo` is the demo")


def _complete_demo(values: dict[str, Any]) -> None:
    _address_for_readers(values)
    values.setdefault("data_dir", Path("var/demo"))
    values.setdefault("database_url", f"sqlite:///{values['data_dir']}/piiri.db")
    values.setdefault("secret_key", token_urlsafe(MIN_SECRET))
    values.setdefault("digest_at", None)


def _address_for_readers(values: dict[str, Any]) -> None:
    host, port = values.get("host", "127.0.0.1"), values.get("port", 8000)
    values.setdefault("base_url", f"http://{host}:{port}")


def is_loopback(host: str) -> bool:
    """Whether a name or an address means this very computer."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
