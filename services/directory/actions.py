"""What can be done in the directory."""

from datetime import date

from sqlmodel import Session, col, delete

from schemas.agents import AgentAppointed, AgentCard, AgentDraft
from schemas.ids import new_key
from schemas.units import BusinessId, ProfileRevised, UnitDraft, UnitJoined, UnitProfile
from services.directory import queries
from services.directory.errors import UnitJoinedAlready, UnknownRegion, YTunnusTaken
from services.directory.reference import regions
from services.directory.tables import AgentRow, BusinessIdRow, TerritoryRow, UnitRow
from services.kit.days import today
from services.kit.order import next_version
from services.kit.outbox import emit


def join_unit(session: Session, draft: UnitDraft) -> UnitProfile:
    """
    Let a unit join and announce it.

    Raises
    ------
    UnitJoinedAlready
        When a unit with the draft's id is there.
    UnknownRegion, YTunnusTaken
        When the draft names a region that does not exist, or another unit's business id.
    """
    unit_id = draft.id or new_key("un")
    if session.get(UnitRow, unit_id) is not None:
        raise UnitJoinedAlready(unit_id)
    profile = _keep(session, unit_id, draft)
    emit(session, UnitJoined(unit=profile, unit_version=profile.version))
    return profile


def revise_profile(session: Session, unit_id: str, draft: UnitDraft) -> UnitProfile:
    """
    Take over a unit's revised profile and announce it; the same profile changes nothing.

    Raises
    ------
    UnknownUnit
        When there is no such unit.
    """
    known = queries.unit(session, unit_id)
    if _says_the_same(known, draft):
        return known
    profile = _keep(session, unit_id, draft)
    emit(session, ProfileRevised(unit=profile, unit_version=profile.version))
    return profile


def welcome_unit(session: Session, draft: UnitDraft) -> UnitProfile:
    """Let a unit join, or revise it when it is there: the way of repeated loads."""
    if draft.id is not None and session.get(UnitRow, draft.id) is not None:
        return revise_profile(session, draft.id, draft)
    return join_unit(session, draft)


def appoint_agent(session: Session, draft: AgentDraft, *, sample: bool = False) -> AgentCard:
    """Appoint a change agent or change its territories, and announce it."""
    for territory in draft.territories:
        _check_region(territory.region)
    agent_id = draft.id or new_key("ag")
    row = session.get(AgentRow, agent_id) or AgentRow(id=agent_id, version=0, host_fi="")
    row.host_fi, row.host_sv, row.host_en = draft.host.fi, draft.host.sv, draft.host.en
    row.version, row.sample = next_version(session, agent_id), sample
    session.add(row)
    session.flush()
    session.exec(delete(TerritoryRow).where(col(TerritoryRow.agent_id) == agent_id))
    for territory in draft.territories:
        session.add(TerritoryRow(agent_id=agent_id, **territory.model_dump()))
    card = row.card(draft.territories)
    emit(session, AgentAppointed(agent=card, sample=sample))
    return card


def _keep(session: Session, unit_id: str, draft: UnitDraft) -> UnitProfile:
    for region in draft.regions:
        _check_region(region)
    for business_id in draft.business_ids:
        _check_free(session, unit_id, business_id)
    row = UnitRow.from_draft(unit_id, draft, next_version(session, unit_id))
    row = session.merge(row)
    session.flush()
    session.exec(delete(BusinessIdRow).where(col(BusinessIdRow.unit_id) == unit_id))
    for business_id in draft.business_ids:
        session.add(BusinessIdRow(unit_id=unit_id, **business_id.model_dump()))
    return row.profile(draft.business_ids)


def _says_the_same(known: UnitProfile, draft: UnitDraft) -> bool:
    fields = set(UnitDraft.model_fields) - {"id"}
    return known.model_dump(include=fields) == draft.model_dump(include=fields)


def _check_region(code: str) -> None:
    if code not in regions():
        raise UnknownRegion(code)


def _check_free(session: Session, unit_id: str, business_id: BusinessId) -> None:
    day: date = business_id.valid_from or today()
    holder = queries.unit_with_y_tunnus(session, business_id.y_tunnus, day)
    if holder not in (None, unit_id):
        raise YTunnusTaken(business_id.y_tunnus, holder)
