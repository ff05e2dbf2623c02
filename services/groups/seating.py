"""Giving a challenge from elsewhere a seat in a proposal, where the rules of a group allow it."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from schemas.challenges import ChallengeCard
from schemas.groups import ProposedMember
from services.challenges.queries import card, cards_by_id
from services.directory.queries import units_by_id
from services.groups.errors import KeptApart, NoCommonLanguage, UnitInGroupAlready
from services.groups.proposals import seats_of, set_seats
from services.groups.states import Cause, ProposalState
from services.groups.tables import KeptOut, Proposal, Seat


def seat_member(session: Session, row: Proposal, member: ProposedMember, now: datetime) -> None:
    """Give a member from elsewhere a seat; raises as ``must_fit`` does."""
    members = [seat.member() for seat in seats_of(session, row.id)]
    must_fit(session, member, members)
    # What the matcher knew of the old group says nothing of the new one.
    moved = member.model_copy(update={"reasons": (), "fit": 0.0})
    set_seats(session, row.id, [*members, moved])
    row.sample = row.sample or card(session, member.challenge_id).sample
    row.change(now, Cause.DESK)
    kept_out = session.get(KeptOut, (row.id, member.challenge_id))
    if kept_out is not None:
        session.delete(kept_out)
    session.add(row)


def must_fit(session: Session, member: ProposedMember, members: Sequence[ProposedMember]) -> None:
    """
    Let a challenge pass that may sit beside the members of a group.

    The matcher keeps these rules in every group: a seat against them would cost the others
    theirs. Those who stand against it are named by their units.

    Raises
    ------
    UnitInGroupAlready
        When its unit is among them.
    KeptApart
        When a facilitator rejected a proposal that it was in together with some of them.
    NoCommonLanguage
        When they have a language in common, and it has none of theirs.
    """
    if any(other.unit_id == member.unit_id for other in members):
        raise UnitInGroupAlready(member.unit_id)
    apart = _kept_apart(session, member.challenge_id)
    against = [other.unit_id for other in members if other.challenge_id in apart]
    if against:
        raise KeptApart(*against)
    spoken = _languages(session, [member, *members])
    own = spoken[member.challenge_id]
    others = [spoken[other.challenge_id] for other in members]
    common = frozenset.intersection(*others) if others else own
    if common and not common & own:
        strangers = [o.unit_id for o in members if not spoken[o.challenge_id] & own]
        raise NoCommonLanguage(*(strangers or [other.unit_id for other in members]))


def _kept_apart(session: Session, challenge_id: str) -> set[str]:
    """Challenges that were rejected together with one."""
    rejected = (
        select(Seat.proposal_id)
        .join(Proposal, col(Proposal.id) == col(Seat.proposal_id))
        .where(Seat.challenge_id == challenge_id, Proposal.state == ProposalState.REJECTED)
    )
    wanted = select(Seat.challenge_id).where(col(Seat.proposal_id).in_(rejected))
    return set(session.exec(wanted).all()) - {challenge_id}


def _languages(session: Session, members: Sequence[ProposedMember]) -> dict[str, frozenset[str]]:
    """Languages that each can meet in: the challenge's own, else its unit's."""
    cards = cards_by_id(session, [one.challenge_id for one in members])
    units = units_by_id(session, {one.unit_id for one in members})

    def spoken(found: ChallengeCard | None, unit_id: str) -> frozenset[str]:
        own = found.working_languages if found is not None else ()
        return frozenset(own or (units[unit_id].languages if unit_id in units else ()))

    return {one.challenge_id: spoken(cards.get(one.challenge_id), one.unit_id) for one in members}
