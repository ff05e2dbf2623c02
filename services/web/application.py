"""The web application, assembled from the contexts' routers."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import APIRouter, Depends, FastAPI

from matcher.text.warm import warm
from schemas.errors import NotFound
from services.access.actions import mark_installation
from services.access.demo import pages as demo_sign_in
from services.access.pages import pages as access
from services.api.problems import explain_to_programs
from services.api.router import api_router
from services.challenges.arranging import use_themes
from services.challenges.pages import pages as challenges
from services.directory.pages import pages as directory
from services.groups.pages import pages as groups
from services.kit.asking import Asker
from services.kit.backbone import Backbone
from services.kit.changes import Changes
from services.kit.connection import give_up
from services.kit.dressing import dress
from services.kit.limits import Limits
from services.kit.plain_pages import plain_pages
from services.kit.server import WebServer
from services.kit.settings import Settings
from services.kit.store import Store
from services.matching.vocabulary import use
from services.notices.demo import pages as demo_letters
from services.notices.pages import pages as notices
from services.web.health import health
from services.web.interfaces import OPENAPI, documents, interfaces
from services.web.pressure import room
from services.web.viewer import see_viewer

log = logging.getLogger("piiri.web")

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]

ASKER_S = 5.0
"""How long a web process waits for NATS before it serves the pages without."""

PAGES: tuple[APIRouter, ...] = (access, directory, notices, interfaces)
"""For people: each route knows the viewer and has a language in its address."""
DECIDING_PAGES: tuple[APIRouter, ...] = (challenges, groups)
"""For people, too; what is sent there is announced, so it waits while too much is unsent."""
DEMO_PAGES: tuple[APIRouter, ...] = (demo_sign_in, demo_letters)
"""For people, in the demonstration alone."""
PROGRAMS: tuple[APIRouter, ...] = (health, documents, api_router())
"""For programs: no viewer, no language."""


def make_web(
    settings: Settings,
    store: Store,
    asker: Asker | None = None,
    *,
    lifespan: Lifespan | None = None,
) -> FastAPI:
    """
    Assemble the web application.

    Parameters
    ----------
    asker
        Asks the worker; may be set later as ``app.state.asker``, when NATS is connected.
        Pages that need it say politely that nobody answers.
    lifespan
        What to do when the server starts and stops.

    Raises
    ------
    WrongInstallation
        When the store is a production's and these are a demonstration's settings, or the
        other way round.
    """
    with store.begin() as session:
        mark_installation(session, "demo" if settings.demo else "production")
    app = FastAPI(
        title="Vertaispiiri", openapi_url=None, docs_url=None, redoc_url=None, lifespan=lifespan
    )
    app.state.settings, app.state.store, app.state.asker = settings, store, asker
    app.state.base_url, app.state.changes = settings.base_url, Changes(store)
    app.state.limits = Limits()
    for router in PROGRAMS:
        app.include_router(router)
    knowing = [Depends(see_viewer)]
    for router in (*PAGES, *(DEMO_PAGES if settings.demo else ()), plain_pages(openapi=OPENAPI)):
        app.include_router(router, dependencies=knowing)
    for router in DECIDING_PAGES:
        app.include_router(router, dependencies=[*knowing, Depends(room)])
    dress(app, base_url=settings.base_url, demo=settings.demo)
    explain_to_programs(app)
    app.include_router(_nothing_else(), dependencies=knowing)
    return app


def serve_web(settings: Settings, store: Store) -> FastAPI:
    """
    Assemble the application of a web process, which connects to NATS when its server starts.

    It asks and sends nothing: the events of its transactions are sent by a worker's relay.
    So it serves the pages while NATS is away, too, and asks when it comes. Meanwhile it reads
    what it needs for the first text that a page shows.

    Raises
    ------
    ThemesRefused, VocabularyRefused
        When the administrator's themes or vocabulary have faults.
    """
    use_themes(settings.themes)
    use(settings.vocabulary)

    @asynccontextmanager
    async def connected(app: FastAPI) -> AsyncIterator[None]:
        backbone = Backbone(settings, store, part="web")

        async def ask() -> None:
            await backbone.start()
            app.state.asker = backbone.asker

        reading = asyncio.ensure_future(asyncio.to_thread(warm))
        reading.add_done_callback(_tell_failure)
        starting = asyncio.ensure_future(ask())
        await asyncio.wait({starting}, timeout=ASKER_S)
        if starting.done():
            starting.result()
        try:
            yield
        finally:
            await asyncio.wait({reading})
            await give_up(starting)
            await backbone.stop()

    return make_web(settings, store, lifespan=connected)


def web_server(app: FastAPI, *, own_signals: bool = True) -> WebServer:
    """Return the server of the application at the address of its settings."""
    settings: Settings = app.state.settings
    return WebServer(app, settings.host, settings.port, own_signals=own_signals)


def _tell_failure(reading: "asyncio.Future[None]") -> None:
    """Say that nothing could be read ahead: the first text is read when it comes."""
    if not reading.cancelled() and (error := reading.exception()) is not None:
        log.error("texts were not read ahead", exc_info=error)


def _nothing_else() -> APIRouter:
    """Answer every other address like the pages do, so that the header knows the viewer."""
    pages = APIRouter(include_in_schema=False)

    @pages.get("/{path:path}")
    def no_such_page(path: str) -> None:
        raise NotFound(path)

    return pages
