"""What can be asked of the directory."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import Text, cast, func
from sqlmodel import Session, col, or_, select

from schemas.agents import AgentCard
from schemas.base import Names
from schemas.units import UnitProfile, UnitStatus
from services.directory.errors import UnknownAgent, UnknownUnit
from services.directory.reference import regions
from services.directory.tables import AgentRow, BusinessIdRow, TerritoryRow, UnitRow


def find_unit(session: Session, unit_id: str) -> UnitProfile | None:
    """Return a unit, or None."""
    return units_by_id(session, [unit_id]).get(unit_id)


def unit(session: Session, unit_id: str) -> UnitProfile:
    """
    Return a unit.

    Raises
    ------
    UnknownUnit
        When there is none with this id.
    """
    found = find_unit(session, unit_id)
    if found is None:
        raise UnknownUnit(unit_id)
    return found


def units_by_id(session: Session, ids: Iterable[str]) -> dict[str, UnitProfile]:
    """Return the units that exist among the ids."""
    wanted = list(set(ids))
    found: dict[str, UnitProfile] = {}
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        rows = session.exec(select(UnitRow).where(col(UnitRow.id).in_(part))).all()
        found.update(_profiles(session, rows))
    return found


def _profiles(session: Session, rows: Sequence[UnitRow]) -> dict[str, UnitProfile]:
    ids = [row.id for row in rows]
    held: dict[str, list[BusinessIdRow]] = {}
    found = select(BusinessIdRow).where(col(BusinessIdRow.unit_id).in_(ids))
    for business_id in session.exec(found).all():
        held.setdefault(business_id.unit_id, []).append(business_id)
    return {row.id: row.profile(tuple(b.value() for b in held.get(row.id, []))) for row in rows}


def units(
    session: Session,
    *,
    text: str = "",
    region: str = "",
    kind: str = "",
    limit: int = 50,
    after: str = "",
) -> list[UnitProfile]:
    """Return units by id, those whose name holds a text, of one region or kind."""
    wanted = select(UnitRow).where(col(UnitRow.id) > after).order_by(UnitRow.id)
    if text:
        wanted = wanted.where(
            or_(
                col(UnitRow.name_fi).icontains(text, autoescape=True),
                col(UnitRow.name_sv).icontains(text, autoescape=True),
                col(UnitRow.name_en).icontains(text, autoescape=True),
            )
        )
    if kind:
        wanted = wanted.where(UnitRow.kind == kind)
    if region:
        # As the list is written; a code of a region holds nothing that JSON would escape.
        listed = cast(UnitRow.regions, Text)
        wanted = wanted.where(listed.contains(f'"{region}"', autoescape=True))
    return list(_profiles(session, session.exec(wanted.limit(limit)).all()).values())


def unit_names(session: Session) -> list[UnitProfile]:
    """Return every active unit in the order of its Finnish name, without business ids."""
    rows = session.exec(
        select(UnitRow).where(UnitRow.status == UnitStatus.ACTIVE).order_by(UnitRow.name_fi)
    ).all()
    return [row.profile() for row in rows]


class Face(NamedTuple):
    """What a unit is called and where it is."""

    name: Names
    regions: tuple[str, ...]


def faces(session: Session) -> dict[str, Face]:
    """Return every unit by id, in name and place alone."""
    return {
        row.id: Face(Names(fi=row.name_fi, sv=row.name_sv, en=row.name_en), tuple(row.regions))
        for row in session.exec(select(UnitRow)).all()
    }


def unit_with_y_tunnus(session: Session, y_tunnus: str, day: date) -> str | None:
    """Return the id of the unit that holds a business id on a day."""
    rows = session.exec(select(BusinessIdRow).where(BusinessIdRow.y_tunnus == y_tunnus)).all()
    for row in rows:
        if (row.valid_from is None or row.valid_from <= day) and (
            row.valid_to is None or day <= row.valid_to
        ):
            return row.unit_id
    return None


def count_units(session: Session) -> int:
    """Return how many units take part."""
    counted = select(func.count()).where(UnitRow.status == UnitStatus.ACTIVE)
    return int(session.exec(counted).one())


def agents(session: Session) -> list[AgentCard]:
    """Return every change agent with its territories, past ones included."""
    held: dict[str, list[TerritoryRow]] = {}
    for row in session.exec(select(TerritoryRow).order_by(TerritoryRow.region)).all():
        held.setdefault(row.agent_id, []).append(row)
    return [
        agent.card(tuple(t.value() for t in held.get(agent.id, [])))
        for agent in session.exec(select(AgentRow).order_by(AgentRow.id)).all()
    ]


def agent(session: Session, agent_id: str) -> AgentCard:
    """
    Return a change agent.

    Raises
    ------
    UnknownAgent
        When there is none with this id.
    """
    for card in agents(session):
        if card.id == agent_id:
            return card
    raise UnknownAgent(agent_id)


def agents_of(session: Session, region: str, day: date) -> list[AgentCard]:
    """Return the agents that hold a region on a day; none means that the centre is told."""
    return [card for card in agents(session) if region in card.regions(day)]


def without_agent(session: Session, day: date) -> list[str]:
    """Return the regions that no agent holds on a day, in the order of their codes."""
    held = {region for card in agents(session) for region in card.regions(day)}
    return sorted(set(regions()) - held)
