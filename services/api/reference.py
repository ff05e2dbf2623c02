"""Themes and regions: what codes there are, read without a key."""

from fastapi import APIRouter

from services.api.pages_of import Part
from services.challenges.themes import Theme, themes
from services.directory.reference import Region, regions

reference = APIRouter(tags=["reference"])


@reference.get("/themes")
def list_themes() -> Part[Theme]:
    """List the themes that a challenge may carry, with their names."""
    return Part(items=list(themes().values()))


@reference.get("/regions")
def list_regions() -> Part[Region]:
    """List the regions (maakunta) with their names and neighbours."""
    return Part(items=list(regions().values()))
