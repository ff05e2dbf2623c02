"""The generated files: what they are, written, read from the package, and compared."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from services.api.openapi import openapi_document
from services.contracts.asyncapi import asyncapi_document
from services.contracts.json_schemas import event_schemas, incoming_schemas

HOME = Path(__file__).parent / "generated"
"""Where the committed files lie, in the repository as in the installed package."""


def documents() -> dict[str, str]:
    """Make every generated file: its path below the folder, and its text."""
    made: dict[str, Any] = {
        "asyncapi.json": asyncapi_document(),
        "openapi.json": openapi_document(),
    }
    made |= {f"schemas/{name}.json": one for name, one in event_schemas().items()}
    made |= {f"schemas/{name}.json": one for name, one in incoming_schemas().items()}
    return {path: _text(value) for path, value in sorted(made.items())}


def write_documents(folder: Path) -> list[str]:
    """Write every file that differs and remove what is no longer made; name those touched."""
    touched = drift(folder)
    made = documents()
    for path in touched:
        target = folder / path
        if path in made:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(made[path], encoding="utf-8")
        else:
            target.unlink()
    return touched


def drift(folder: Path) -> list[str]:
    """Name the files that differ from what would be made: changed, missing or left over."""
    made, kept = documents(), {path: (folder / path).read_text("utf-8") for path in _kept(folder)}
    return sorted(path for path in made.keys() | kept.keys() if made.get(path) != kept.get(path))


def published() -> dict[str, Path]:
    """List the files as the package holds them, by their path below the folder."""
    return {path: HOME / path for path in _kept(HOME)}


def _kept(folder: Path) -> Iterator[str]:
    for path in sorted(folder.glob("**/*.json")):
        yield path.relative_to(folder).as_posix()


def _text(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
