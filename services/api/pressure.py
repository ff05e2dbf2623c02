"""Writes are answered 503 with Retry-After while too much waits to be sent."""

from typing import Annotated

from fastapi import Depends, Request

from services.access.doors import StoreDep
from services.kit.pressure import ensure_room


def room(request: Request, store: StoreDep) -> None:
    """Let a write pass while there is room for it."""
    ensure_room(store, request.app.state.settings)


RoomDep = Annotated[None, Depends(room)]
