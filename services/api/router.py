"""Every route of the interface."""

from fastapi import APIRouter

from services.api.challenges import challenges
from services.api.groups import groups
from services.api.reference import reference
from services.api.units import units

ROOT = "/api/v1"


def api_router() -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix=ROOT)
    for part in (units, challenges, groups, reference):
        router.include_router(part)
    return router
