"""Pages that keep themselves up to date: a fragment is sent whenever it says something else."""

from collections.abc import AsyncIterator, Callable
from hashlib import sha256

from fastapi.sse import ServerSentEvent
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from schemas.errors import Refused, Unavailable
from services.kit.changes import Changes
from services.kit.store import Store

Tell = Callable[[Session], str]
"""Writes the fragment as it is now; refuses when the reader may see it no more."""


async def fragments(request: Request, tell: Tell) -> AsyncIterator[ServerSentEvent]:
    """
    Send a fragment at once and after each change, until the server stops or ``tell`` refuses.

    The id is a mark of the fragment's words: whoever connects again is sent nothing twice.
    """
    changes: Changes = request.app.state.changes
    seen = request.headers.get("last-event-id", "")
    async for _ in changes.each():
        try:
            told = await run_in_threadpool(_tell, changes.store, tell)
        except Unavailable:
            continue
        except Refused:
            return
        mark = sha256(told.encode()).hexdigest()[:16]
        if mark != seen:
            seen = mark
            yield ServerSentEvent(raw_data=told, id=mark)


def _tell(store: Store, tell: Tell) -> str:
    with store.read() as session:
        return tell(session)
