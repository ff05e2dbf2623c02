"""``piiri doctor``: versions, addresses, what is reachable, what is wrong and what to do."""

import asyncio
import importlib.metadata
import json
import platform
import sqlite3
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import typer
from nats.errors import Error as NatsError
from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from matcher.text.encoders import Encoder
from schemas.errors import PiiriError
from services.commands.place import OR_DATA, DataOption, JsonOption, settings_of
from services.kit.connection import Link, connect
from services.kit.nats_server import find_binary, version_of
from services.kit.outbox import backlog
from services.kit.parking import count_parked
from services.kit.settings import Settings, SettingsRefused
from services.kit.store import Store
from services.kit.streams import PIIRI
from services.matching.encoding import encoder_of, name_of
from services.matching.queries import BUILTIN, missing_vectors, ranked_by
from services.matching.rules import manner_of, rules_of

PACKAGES = (
    "vertaispiiri",
    "faststream",
    "nats-py",
    "sqlmodel",
    "fastapi",
    "pydantic",
    "scikit-learn",
    "numpy",
    "numba",
)


@dataclass(frozen=True)
class Finding:
    """One thing looked at: how it is, and when it is not well, what to do."""

    what: str
    well: bool
    state: str
    to_do: str = ""

    def line(self) -> str:
        """Write it for a person."""
        advice = f"\n      → {self.to_do}" if self.to_do and not self.well else ""
        return f"{'ok ' if self.well else 'BAD'}  {self.what:<14} {self.state}{advice}"


def doctor(data: DataOption = None, as_json: JsonOption = False) -> None:
    """
    Look whether everything is as it should be, and say what to do where it is not.

    Ends with status 1 when something is wrong. With --data it looks at a demonstration, which
    may be running or not.
    """
    findings = [*_versions(), _nats_program()]
    try:
        settings = settings_of(data)
    except SettingsRefused as error:
        told = "; ".join(fact for fact in error.facts if fact != OR_DATA)
        findings.append(Finding("settings", False, told, f"set them, {OR_DATA}"))
    else:
        findings += _look(settings, data)
    for finding in findings:
        typer.echo(json.dumps(asdict(finding)) if as_json else finding.line())
    if not all(finding.well for finding in findings):
        raise typer.Exit(1)


def _versions() -> list[Finding]:
    shown = [f"Python {platform.python_version()}", f"SQLite {sqlite3.sqlite_version}"]
    shown += [f"{name} {importlib.metadata.version(name)}" for name in PACKAGES]
    return [Finding("versions", True, ", ".join(shown))]


def _nats_program() -> Finding:
    try:
        binary = find_binary()
        return Finding("nats-server", True, f"{version_of(binary)} at {binary}")
    except (PiiriError, OSError) as error:
        return Finding("nats-server", False, str(error), "only the demo needs one of its own")


def _look(settings: Settings, data: Path | None) -> list[Finding]:
    found = [Finding("address", True, settings.base_url), _encoder(settings), _rules(settings)]
    found.append(
        _guarded("database", lambda: _database(settings), "start it, or run `piiri db upgrade`")
    )
    if settings.nats_url:
        found.append(_guarded("nats", lambda: asyncio.run(_nats(settings)), "start nats-server"))
    else:
        advice = f"start it with `piiri demo --data {data}`"
        found.append(Finding("nats", False, "the demonstration does not run", advice))
    return found


def _guarded(what: str, look: Callable[[], Finding], advice: str) -> Finding:
    try:
        return look()
    except (PiiriError, NatsError, OSError, TimeoutError) as error:
        return Finding(what, False, f"{type(error).__name__}: {error}", advice)


def _encoder(settings: Settings) -> Finding:
    """Say what shall rank challenges, and what does until every text has its vector."""
    try:
        encoder = encoder_of(settings)
    except SettingsRefused as error:
        return Finding("encoder", False, str(error), "install it, or set PIIRI_ENCODER=builtin")
    return Finding("encoder", True, f"{name_of(encoder)}{_progress(settings, encoder)}")


def _rules(settings: Settings) -> Finding:
    """Say which groups are proposed, and by which weights where they are not the defaults."""
    try:
        rules = rules_of(settings)
    except SettingsRefused as error:
        return Finding("rules", False, str(error), "set it anew: `piiri weights` proposes values")
    changed = rules.affinity.model_dump(exclude_defaults=True)
    weights = f"; weights {json.dumps(changed)}" if changed else ""
    return Finding("rules", True, f"groups of {rules.lower} to {rules.upper}{weights}")


def _progress(settings: Settings, encoder: Encoder | None) -> str:
    """How far the change is, where the database can say it; what ails that is another finding."""
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        return ""
    store = Store(settings.database_url)
    try:
        with store.read() as session:
            missing = missing_vectors(session, encoder) if encoder is not None else 0
            ranks = ranked_by(session)
    except (PiiriError, SQLAlchemyError):
        return ""
    finally:
        store.close()
    if missing:
        return f", {missing} texts wait for a vector; {ranks or BUILTIN} ranks until they have it"
    return f"; {ranks} ranked last" if ranks not in ("", _wanted(settings, encoder)) else ""


def _wanted(settings: Settings, encoder: Encoder | None) -> str:
    """Name what shall rank; weights that are not usable are another finding."""
    try:
        return name_of(encoder) + manner_of(rules_of(settings))
    except SettingsRefused:
        return name_of(encoder)


def _database(settings: Settings) -> Finding:
    url = make_url(settings.database_url)
    name = url.render_as_string(hide_password=True)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        return Finding("database", False, f"{name} is not there", "run `piiri db upgrade`")
    store = Store(settings.database_url)
    try:
        if differences := store.drift():
            state = f"{name}: {len(differences)} differences from this version's tables"
            return Finding("database", False, state, "run `piiri db upgrade`")
        with store.read() as session:
            unsent, age_s = backlog(session)
            parked = count_parked(session)
    finally:
        store.close()
    state = f"{name}: {unsent} unsent events (oldest {age_s:.0f} s), {parked} parked"
    if parked:
        return Finding("database", False, state, "read `piiri events parked`, then replay")
    if age_s > settings.outbox_max_age_s:
        return Finding("database", False, state, "start a worker: its relay sends them")
    return Finding("database", True, state)


async def _nats(settings: Settings) -> Finding:
    link = Link("doctor")
    client = await asyncio.wait_for(connect(settings, link), 5)
    try:
        info = await client.jetstream(timeout=2).stream_info(PIIRI)
        consumers = await client.jetstream(timeout=2).consumers_info(PIIRI)
    finally:
        link.closing = True
        await client.close()
    waiting = ", ".join(f"{one.name} {one.num_pending} waiting" for one in consumers)
    return Finding("nats", True, f"{settings.nats_url}: {info.state.messages} events; {waiting}")
