"""Who is told what."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session, select

from schemas.groups import GroupApproved, GroupProposal, MemberInvited, SeatProposed
from schemas.ids import new_key
from schemas.notices import Nearness, RegionTold
from schemas.people import AgentPerson, Role
from services.access.queries import people_with
from services.directory.queries import agents, units_by_id
from services.kit.days import day_of
from services.kit.letters import write_letter
from services.kit.outbox import emit
from services.notices import queries
from services.notices.errors import UnknownNotice
from services.notices.nearness import Near, near
from services.notices.tables import Answer, Audience, Notice


def tell_facilitators(session: Session, proposal: GroupProposal) -> None:
    """Put a new proposal into the facilitators' inbox; later versions are not told again."""
    told = _notice("proposal", Audience.FACILITATORS, proposal.id, about=proposal)
    told.proposal_id, told.sample = proposal.id, proposal.sample
    keep(session, told)


def tell_agents(session: Session, event: GroupApproved) -> None:
    """
    Tell the agents in and near a new group's regions, and the centre for the others.

    One notice an agent, whatever the number of its regions; on the stream one fact for
    each region and who was told of it.
    """
    proposal = event.proposal
    units = units_by_id(session, [member.unit_id for member in proposal.members])
    regions = sorted({region for unit in units.values() for region in unit.regions})
    today = day_of(event.time)
    cards = agents(session)
    for card in cards:
        found = near(card.regions(today), regions, units.values())
        if found is not None:
            _tell_agent(session, event, card.id, found)
    held = {region for card in cards for region in card.regions(today)}
    orphans = [region for region in regions if region not in held]
    if orphans or not regions or any(not unit.regions for unit in units.values()):
        _tell_centre(session, event, orphans)


def invite_members(session: Session, event: MemberInvited) -> None:
    """Write an invitation to every contact person of the unit, each in their language."""
    people = people_with(session, Role.UNIT_MEMBER, unit_ids=[event.member.unit_id])
    for person_id, _unit in people:
        write_letter(
            session,
            f"invitation-{event.invitation_id}-{person_id}",
            person_id,
            "invitation",
            {"invitation_id": event.invitation_id, "group_id": event.group_id},
            sample=event.sample,
        )
    told = _notice("invitation", Audience.UNIT, str(event.id))
    told.audience_id = told.unit_id = event.member.unit_id
    told.group_id, told.challenge_id = event.group_id, event.member.challenge_id
    told.sample = event.sample
    keep(session, told)
    if not people:
        _tell_nobody_reached(session, event)


def tell_of_late_seat(session: Session, event: SeatProposed) -> None:
    """Tell the facilitators and the unit that a late challenge fits a live group."""
    for audience, key in (
        (Audience.FACILITATORS, ""),
        (Audience.UNIT, event.member.unit_id),
    ):
        told = _notice("seat", audience, str(event.id))
        told.audience_id, told.group_id = key, event.group_id
        told.challenge_id, told.unit_id = event.member.challenge_id, event.member.unit_id
        told.sample = event.sample
        keep(session, told)


def make_digests(session: Session, before: datetime) -> int:
    """
    Gather what agents and the centre wait for into one letter each; return the letters.

    A digest is made when its oldest notice is from ``before``, and takes all that waits.
    """
    waiting: dict[tuple[str, str], list[Notice]] = defaultdict(list)
    for notice in queries.undigested(session):
        waiting[notice.audience, notice.audience_id].append(notice)
    letters = 0
    for (audience, audience_id), notices in waiting.items():
        if notices[0].made_at > before:
            continue
        digest_id = f"digest-{notices[0].id}"
        people = _readers(session, audience, audience_id)
        for person_id in people:
            details = {"digest_id": digest_id, "audience": audience}
            sample = any(notice.sample for notice in notices)
            letter_id = f"{digest_id}-{person_id}"
            write_letter(session, letter_id, person_id, "digest", details, sample=sample)
        letters += len(people)
        for notice in notices:
            notice.digest_id = digest_id
            session.add(notice)
    return letters


def answer_notice(session: Session, agent: AgentPerson, notice_id: str, answer: Answer) -> None:
    """
    Note what an agent says to a notice; the latest word counts.

    Raises
    ------
    UnknownNotice
        When it is not there, or another agent's.
    """
    notice = session.get(Notice, notice_id, with_for_update=True)
    if notice is None or (notice.audience, notice.audience_id) != (Audience.AGENT, agent.agent_id):
        raise UnknownNotice(notice_id)
    notice.answer, notice.answered_by = answer, agent.person_id
    session.add(notice)


def keep(session: Session, notice: Notice) -> bool:
    """Store a notice unless its audience was told of this cause before."""
    known = session.exec(
        select(Notice.id).where(
            Notice.cause == notice.cause,
            Notice.audience == notice.audience,
            Notice.audience_id == notice.audience_id,
        )
    ).first()
    if known is None:
        session.add(notice)
        session.flush()
    return known is None


def _tell_agent(session: Session, event: GroupApproved, agent_id: str, found: Near) -> None:
    told = _about_group(event, Audience.AGENT, agent_id, found.regions)
    told.nearness, told.distance_km = found.nearness, round(found.distance_km, 1)
    if not keep(session, told):
        return
    for region in found.regions:
        _announce(session, event, told, region, agent_id)


def _tell_centre(session: Session, event: GroupApproved, regions: list[str]) -> None:
    told = _about_group(event, Audience.CENTRE, "", regions)
    told.nearness = Nearness.CENTRE
    if not keep(session, told):
        return
    for region in regions:
        _announce(session, event, told, region, None)


def _announce(
    session: Session, event: GroupApproved, told: Notice, region: str, agent_id: str | None
) -> None:
    emit(
        session,
        RegionTold(
            notice_id=told.id,
            region=region,
            group_id=event.group_id,
            agent_id=agent_id,
            nearness=Nearness(told.nearness),
            distance_km=told.distance_km,
            themes=event.proposal.themes,
            concepts=tuple(c.model_copy(update={"words": ()}) for c in event.proposal.concepts),
            sample=event.sample,
        ),
    )


def _about_group(
    event: GroupApproved, audience: Audience, audience_id: str, regions: Iterable[str]
) -> Notice:
    told = _notice("group-approved", audience, str(event.id), about=event.proposal)
    told.audience_id, told.group_id = audience_id, event.group_id
    told.regions, told.sample = list(regions), event.sample
    return told


def _tell_nobody_reached(session: Session, event: MemberInvited) -> None:
    told = _notice("nobody-to-invite", Audience.CENTRE, str(event.id))
    told.nearness = Nearness.CENTRE
    told.group_id, told.unit_id = event.group_id, event.member.unit_id
    told.sample = event.sample
    keep(session, told)


def _notice(
    kind: str, audience: Audience, cause: str, *, about: GroupProposal | None = None
) -> Notice:
    details: dict[str, Any] = {}
    if about is not None:
        details = {
            "themes": list(about.themes),
            "concepts": [c.model_dump(mode="json", exclude={"words"}) for c in about.concepts],
            "members": len(about.members),
        }
    return Notice(
        id=new_key("no"),
        kind=kind,
        cause=cause,
        audience=audience,
        regions=[],
        details=details,
        made_at=datetime.now(UTC),
    )


def _readers(session: Session, audience: str, audience_id: str) -> list[str]:
    if audience == Audience.AGENT:
        people = people_with(session, Role.AGENT, agent_id=audience_id)
    else:
        people = people_with(session, Role.FACILITATOR)
    return [person_id for person_id, _unit in people]
