"""Whether the web process lives, and whether it can do its work."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse

from schemas.errors import Unavailable
from services.access.doors import StoreDep
from services.kit.outbox import backlog
from services.kit.settings import Settings
from services.kit.store import Store

health = APIRouter(include_in_schema=False)


@health.get("/live")
def live() -> PlainTextResponse:
    """Answer: whoever supervises the process need not start a new one."""
    return PlainTextResponse("live\n")


@health.get("/ready")
def ready(request: Request, store: StoreDep) -> JSONResponse:
    """Say what is wrong, 503 when anything is."""
    settings: Settings = request.app.state.settings
    asker = request.app.state.asker
    problems = _of_store(store, settings)
    if asker is None or not asker.connected:
        problems.append("nats: not connected")
    body = {"ready": not problems, "problems": problems}
    return JSONResponse(body, 503 if problems else 200)


def _of_store(store: Store, settings: Settings) -> list[str]:
    try:
        with store.read() as session:
            rows, age_s = backlog(session)
    except Unavailable as error:
        return [f"database: {error}"]
    if age_s > settings.outbox_max_age_s or rows > settings.outbox_max_rows:
        return [f"outbox: {rows} events wait, the oldest for {age_s:.0f} s; is a relay running?"]
    return []
