"""Every route of the interface, and how an application takes it in."""

from fastapi import APIRouter, FastAPI

from services.api.challenges import challenges
from services.api.groups import groups
from services.api.problems import explain_to_programs
from services.api.reference import reference
from services.api.units import units

ROOT = "/api/v1"


def api_router() -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix=ROOT)
    for part in (units, challenges, groups, reference):
        router.include_router(part)
    return router


def take_in(app: FastAPI) -> None:
    """
    Give an application the interface and its way of refusing.

    ``app.state`` holds ``store``, ``settings``, ``demo`` and ``asker``. To be called after
    the kit's ``dress``.
    """
    app.include_router(api_router())
    explain_to_programs(app)
