"""Decisions of people wait, like those of programs, while too much is unsent."""

from starlette.requests import Request

from services.access.doors import StoreDep
from services.kit.pages import path_of
from services.kit.pressure import ensure_room

ANNOUNCE_NOTHING = ("/challenges/peers", "/challenges/draft/drop")


def room(request: Request, store: StoreDep) -> None:
    """Let a form pass while its events would leave soon; one that has none passes always."""
    if request.method == "POST" and path_of(request) not in ANNOUNCE_NOTHING:
        ensure_room(store, request.app.state.settings)
