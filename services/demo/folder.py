"""What stands in a demonstration's folder."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from services.kit.settings import Settings

RUNNING = "running.json"
"""Where other commands find the addresses of a demonstration that runs."""


@contextmanager
def told_to_others(folder: Path, settings: Settings) -> Iterator[None]:
    """Let ``piiri events`` and the like find a demonstration by its folder while it runs."""
    path = folder / RUNNING
    told = {"base_url": settings.base_url, "nats_url": settings.nats_url}
    path.write_text(json.dumps(told), "utf-8")
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
