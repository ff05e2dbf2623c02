"""A region at a glance: who is there, what is open, who is left without a group."""

from collections import Counter
from datetime import date
from typing import Any

from sqlmodel import Session

from schemas.codes import Language
from schemas.people import Visitor
from schemas.units import UnitProfile
from services.challenges import queries as challenges
from services.challenges.seen import Seen, seen, visitor_regions
from services.challenges.themes import theme_names
from services.directory import queries
from services.directory.reference import regions
from services.groups import queries as groups
from services.kit.days import today

Values = dict[str, Any]


def area_values(session: Session, visitor: Visitor, lang: Language) -> Values:
    """Return what ``directory/area.html`` shows: an agent's regions, or all of them."""
    held = sorted(visitor_regions(session, visitor)) if visitor.agent_id else list(regions())
    units = [u for u in queries.unit_names(session) if set(u.regions) & set(held)]
    found = seen(session, visitor, challenges.open_ids(session, {unit.id for unit in units}))
    placed = groups.placed(session)
    unplaced = [one for key, one in found.items() if key not in placed]
    open_now = _count(one.unit for one in found.values())
    tables = {
        "units": _count(units),
        "challenges": open_now,
        "unmatched": _count(one.unit for one in unplaced),
        "groups": _groups(session, units),
    }
    day = today()
    return {
        "regions": [
            {"code": code, "agent": _agent(session, code, day, lang)}
            | {name: counts[code] for name, counts in tables.items()}
            for code in held
        ],
        "counts": {code: open_now[code] for code in held},
        "held": held,
        "mine": bool(visitor.agent_id),
        "unmatched": [_left_over(one, held, lang) for one in unplaced],
        "sample": any(one.card.sample for one in found.values()),
    }


def _count(units: Any) -> Counter[str]:
    return Counter(region for unit in units for region in unit.regions)


def _groups(session: Session, units: list[UnitProfile]) -> Counter[str]:
    of_unit = {unit.id: unit.regions for unit in units}
    held = {
        (group_id, region)
        for group_id, _, unit_id in groups.seated(session)
        for region in of_unit.get(unit_id, ())
    }
    return Counter(region for _, region in held)


def _agent(session: Session, region: str, day: date, lang: Language) -> str:
    return ", ".join(card.host.text(lang) for card in queries.agents_of(session, region, day))


def _left_over(one: Seen, held: list[str], lang: Language) -> Values:
    here = next((region for region in one.unit.regions if region in held), one.region)
    return {
        "unit": one.unit.name.text(lang) if one.allowed else "",
        "region": here,
        "themes": theme_names(one.card.themes, lang),
        "since": one.card.registered_at,
        "sample": one.card.sample,
    }
