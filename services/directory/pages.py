"""The public front page, and what an agent sees of its regions."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from fastapi import APIRouter
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from schemas.codes import Language
from schemas.people import Role, Visitor
from schemas.units import UnitProfile
from services.access.doors import SignedInDep, StoreDep
from services.access.errors import RoleNeeded
from services.challenges import queries as challenges
from services.challenges.seen import seen, spoken
from services.challenges.themes import current, theme_name
from services.directory import queries
from services.directory.area import area_values
from services.groups import queries as groups
from services.kit.pages import language_of, show

pages = APIRouter(include_in_schema=False)

THEMES = 6
RECENT = 5


@pages.get("/")
def front(request: Request, store: StoreDep) -> Response:
    """Say what this is, with the state of things in numbers and on a map."""
    lang = language_of(request)
    with store.read() as session:
        values = front_values(session, lang)
    return show(request, "look/front.html", **values)


@pages.get("/area")
def area(request: Request, visitor: SignedInDep, store: StoreDep) -> Response:
    """Show an agent its regions, and facilitators every region."""
    if visitor.role not in (Role.AGENT, Role.FACILITATOR):
        raise RoleNeeded(Role.AGENT)
    with store.read() as session:
        values = area_values(session, visitor, language_of(request))
    return show(request, "directory/area.html", **values)


def front_values(session: Session, lang: Language) -> dict[str, Any]:
    """Return what ``look/front.html`` shows: counts, and what anyone may see."""
    units = queries.unit_names(session)
    proposals, made = groups.count(session)
    numbers = {"units": len(units), "challenges": challenges.count_open(session)}
    return {
        "numbers": numbers | {"proposals": proposals, "groups": made},
        "counts": by_region(units, challenges.open_by_unit(session)),
        "themes": _themes(session, lang),
        "recent": _recent(session, None),
        "sample": challenges.any_sample(session),
    }


def by_region(units: Iterable[UnitProfile], of_unit: dict[str, int]) -> dict[str, int]:
    """Sum what units have by their regions."""
    counts: Counter[str] = Counter()
    for unit in units:
        for region in unit.regions if unit.id in of_unit else ():
            counts[region] += of_unit[unit.id]
    return dict(counts)


def _themes(session: Session, lang: Language) -> list[dict[str, Any]]:
    every = challenges.open_themes(session)
    counts = Counter(theme for themes in every for theme in current(themes))
    return [
        {"label": theme_name(key, lang), "count": count}
        for key, count in counts.most_common(THEMES)
    ]


def _recent(session: Session, visitor: Visitor | None) -> list[dict[str, Any]]:
    newest = challenges.newest_public(session, RECENT)
    found = seen(session, visitor, (card.id for card in newest))
    return [
        {
            "id": one.card.id,
            "title": one.card.title,
            "lang": spoken(one.card),
            "region": one.region,
            "sample": one.card.sample,
        }
        for one in found.values()
    ]
