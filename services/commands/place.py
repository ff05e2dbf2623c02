"""Which deployment a command is about: a running demonstration's, or that of the variables."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import make_url

from schemas.errors import NotFound, PiiriError, Unavailable
from services.challenges.arranging import use_themes
from services.demo.folder import RUNNING
from services.kit.settings import Settings, SettingsRefused
from services.kit.store import Store
from services.matching.vocabulary import use

DataOption = Annotated[
    Path | None,
    typer.Option(
        "--data",
        help="Folder of a demonstration; without it the PIIRI_* variables say where things are.",
    ),
]
OR_DATA = "or name the folder of a demonstration with --data"
"""What else may be done where variables are missing."""
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]


class NoDatabase(NotFound):
    """There is no database yet; `piiri demo` or `piiri db upgrade` makes one."""

    code = "no-database"


class DemoNotRunning(Unavailable):
    """The demonstration does not run, and its messages can be read only while it does."""

    code = "demo-not-running"


def settings_of(data: Path | None) -> Settings:
    """
    Read the settings of a demonstration's folder, or of the variables.

    Raises
    ------
    SettingsRefused
        When a variable is missing or unusable.
    """
    if data is None:
        try:
            return Settings.from_env(os.environ)
        except SettingsRefused as error:
            raise SettingsRefused(*error.facts, OR_DATA) from error
    settings = Settings.for_demo(os.environ, data_dir=data)
    running = data / RUNNING
    if not running.exists():
        return settings
    told = json.loads(running.read_text("utf-8"))
    return settings.model_copy(update={name: told[name] for name in ("nats_url", "base_url")})


def with_vocabulary() -> None:
    """Read texts with the files that PIIRI_THEMES and PIIRI_VOCABULARY name, if they do."""
    named = [os.environ.get(name, "").strip() for name in ("PIIRI_THEMES", "PIIRI_VOCABULARY")]
    themes, words = (Path(name) if name else None for name in named)
    with refusing():
        use_themes(themes)
        use(words)


@contextmanager
def opened(settings: Settings, *, new: bool = False) -> Iterator[Store]:
    """
    Open the store for the time of a command; a file that is not there is made for a new one.

    Raises
    ------
    NoDatabase
        When there is no such file: opening it would leave an empty one behind.
    """
    url = make_url(settings.database_url)
    if not new and url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        raise NoDatabase(url.database)
    store = Store(settings.database_url)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def refusing() -> Iterator[None]:
    """Tell an error of the product in a line, without a trace, and end with status 1."""
    try:
        yield
    except PiiriError as error:
        typer.echo(f"piiri: {error}", err=True)
        if isinstance(error, Unavailable):
            typer.echo("`piiri doctor` says what is reachable and what to do.", err=True)
        raise typer.Exit(1) from error
