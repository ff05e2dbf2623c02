"""Late challenges at a live group: offered by the matcher, invited or passed over by a person."""

from datetime import UTC, datetime

from sqlmodel import Session, col, select

from schemas.challenges import ChallengeStatus
from schemas.groups import ProposedMember, SeatPassedOver
from schemas.ids import new_key
from schemas.people import Facilitator
from services.challenges.errors import ChallengeNotOpen
from services.challenges.queries import card
from services.groups import queries
from services.groups.actions import announce_invitation, invite
from services.groups.errors import AlreadyPlaced
from services.groups.invitations import get_invitation
from services.groups.sizes import LARGEST_GROUP, live_group_with_room
from services.groups.states import SEATED, GroupState, InvitationState
from services.groups.tables import Group, Invitation
from services.groups.trail import note_decision
from services.kit.outbox import emit


def keep_offer(session: Session, group_id: str, member: ProposedMember) -> Invitation | None:
    """
    Put a late challenge on the facilitators' desk.

    None when it has a seat already, or it or the group has ended meanwhile.
    """
    group = session.get(Group, group_id)
    if group is None or group.state == GroupState.CLOSED:
        return None
    if card(session, member.challenge_id).status is not ChallengeStatus.OPEN:
        return None
    seated = session.exec(
        select(Invitation).where(
            Invitation.challenge_id == member.challenge_id, col(Invitation.state).in_(SEATED)
        )
    ).first()
    known = session.exec(
        select(Invitation).where(
            Invitation.group_id == group_id, Invitation.challenge_id == member.challenge_id
        )
    ).first()
    if seated is not None or known is not None:
        return None
    offer = Invitation(
        id=new_key("in"),
        group_id=group_id,
        state=InvitationState.OFFERED,
        late=True,
        **member.model_dump(mode="json"),
    )
    session.add(offer)
    session.flush()
    return offer


def invite_late(
    session: Session, facilitator: Facilitator, invitation_id: str, *, most: int = LARGEST_GROUP
) -> Invitation:
    """
    Invite a late unit to a live group.

    Raises
    ------
    AlreadyAnswered, UnknownInvitation
        When the offer is past deciding, or not there.
    ChallengeNotOpen
        When the challenge was withdrawn or its time ran out.
    UnknownGroup, GroupFull
        When the group has ended, or has ``most`` members and unanswered invitations.
    UnitInGroupAlready
        When the unit got a seat in the group meanwhile, with another challenge.
    """
    offer = get_invitation(session, invitation_id)
    offer.must_be_offered()
    challenge = card(session, offer.challenge_id)
    if challenge.status is not ChallengeStatus.OPEN:
        raise ChallengeNotOpen(challenge.id)
    group = live_group_with_room(session, offer.group_id, offer.unit_id, most)
    offer.invite(datetime.now(UTC))
    session.add(offer)
    session.flush()
    if challenge.sample:
        group.sample = True
        session.add(group)
    announce_invitation(session, group, offer)
    who = facilitator.person_id
    note_decision(session, who, group.proposal_id, "invited late", challenge=offer.challenge_id)
    return offer


def pass_over(session: Session, facilitator: Facilitator, invitation_id: str) -> None:
    """
    Turn down a late challenge; it is matched elsewhere and not offered to this group again.

    Raises
    ------
    AlreadyAnswered, UnknownInvitation
        When the offer is past deciding, or not there.
    """
    offer = get_invitation(session, invitation_id)
    offer.pass_over(datetime.now(UTC), facilitator.person_id)
    session.add(offer)
    group = session.get_one(Group, offer.group_id)
    emit(
        session,
        SeatPassedOver(
            group_id=group.id,
            invitation_id=offer.id,
            challenge_id=offer.challenge_id,
            unit_id=offer.unit_id,
            sample=group.sample or card(session, offer.challenge_id).sample,
        ),
    )
    who = facilitator.person_id
    note_decision(session, who, group.proposal_id, "passed over", challenge=offer.challenge_id)


def invite_substitute(
    session: Session,
    facilitator: Facilitator,
    group_id: str,
    member: ProposedMember,
    *,
    most: int = LARGEST_GROUP,
) -> Invitation:
    """
    Invite a waiting challenge to a free seat of a live group.

    Raises
    ------
    UnknownGroup, UnknownChallenge, ChallengeNotOpen
        When either is not there, the group has ended, or the challenge is no longer open.
    AlreadyPlaced, UnitInGroupAlready
        When the challenge got a place meanwhile, or its unit has a seat in the group.
    GroupFull
        When the group has ``most`` members and unanswered invitations.
    """
    challenge = card(session, member.challenge_id)
    if challenge.status is not ChallengeStatus.OPEN:
        raise ChallengeNotOpen(challenge.id)
    group = live_group_with_room(session, group_id, challenge.unit_id, most)
    if queries.seat_of(session, challenge.id) or queries.proposal_of(session, challenge.id):
        raise AlreadyPlaced(challenge.id)
    known = select(Invitation.id).where(
        Invitation.group_id == group_id, Invitation.challenge_id == challenge.id
    )
    if session.exec(known).first() is not None:
        raise AlreadyPlaced(challenge.id)
    group.sample = group.sample or challenge.sample
    session.add(group)
    invitation = invite(session, group, member, late=True)
    who = facilitator.person_id
    note_decision(session, who, group.proposal_id, "invited late", challenge=challenge.id)
    return invitation
