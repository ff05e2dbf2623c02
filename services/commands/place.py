"""Which deployment a command is about: a running demonstration's, or that of the variables."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from schemas.errors import PiiriError
from services.demo.folder import RUNNING
from services.kit.settings import Settings
from services.kit.store import Store

DataOption = Annotated[
    Path | None,
    typer.Option(
        "--data",
        help="Folder of a demonstration; without it the PIIRI_* variables say where things are.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]


def settings_of(data: Path | None) -> Settings:
    """
    Read the settings of a demonstration's folder, or of the variables.

    Raises
    ------
    SettingsRefused
        When a variable is missing or unusable.
    """
    if data is None:
        return Settings.from_env(os.environ)
    settings = Settings.for_demo(os.environ, data_dir=data)
    running = data / RUNNING
    if not running.exists():
        return settings
    told = json.loads(running.read_text("utf-8"))
    return settings.model_copy(update={name: told[name] for name in ("nats_url", "base_url")})


@contextmanager
def opened(settings: Settings) -> Iterator[Store]:
    """Open the store for the time of a command."""
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
        raise typer.Exit(1) from error
