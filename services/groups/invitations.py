"""What units answer to invitations."""

from datetime import UTC, datetime

from sqlmodel import Session, select

from schemas.challenges import ChallengeStatus
from schemas.groups import (
    DeclineReason,
    InvitationAccepted,
    InvitationDeclined,
)
from schemas.people import Member
from services.challenges.errors import ChallengeNotOpen
from services.challenges.queries import card
from services.groups.errors import NotYourInvitation, UnknownInvitation
from services.groups.sizes import SMALLEST_GROUP
from services.groups.states import GroupState, InvitationState
from services.groups.tables import Group, Invitation
from services.groups.trail import note_decision
from services.kit.outbox import emit


def accept_invitation(session: Session, member: Member, invitation_id: str) -> Invitation:
    """
    Accept an invitation; the group is active once three units have.

    Raises
    ------
    NotYourInvitation, AlreadyAnswered, UnknownInvitation
        When it is another unit's, answered, or not there.
    ChallengeNotOpen
        When the challenge was withdrawn or its time ran out: its seat may be another's by now.
    """
    invitation = _own(session, member, invitation_id)
    if card(session, invitation.challenge_id).status is not ChallengeStatus.OPEN:
        raise ChallengeNotOpen(invitation.challenge_id)
    invitation.answer(InvitationState.ACCEPTED, member.person_id, datetime.now(UTC))
    session.add(invitation)
    session.flush()
    # Locked, so that of two who accept at once the second counts the first.
    group = session.get_one(
        Group, invitation.group_id, with_for_update=True, populate_existing=True
    )
    if group.state == GroupState.INVITING and _accepted(session, group.id) >= SMALLEST_GROUP:
        group.state = GroupState.ACTIVE
        session.add(group)
    emit(
        session,
        InvitationAccepted(
            group_id=group.id,
            invitation_id=invitation.id,
            challenge_id=invitation.challenge_id,
            unit_id=invitation.unit_id,
            sample=group.sample,
        ),
    )
    note_decision(
        session, member.person_id, group.proposal_id, "accepted", challenge=invitation.challenge_id
    )
    return invitation


def decline_invitation(
    session: Session,
    member: Member,
    invitation_id: str,
    reason: DeclineReason,
    *,
    note: str = "",
) -> Invitation:
    """
    Decline an invitation with a reason; the note goes to the facilitator alone.

    Raises
    ------
    NotYourInvitation, AlreadyAnswered, UnknownInvitation
        When it is another unit's, answered, or not there.
    """
    invitation = _own(session, member, invitation_id)
    now = datetime.now(UTC)
    invitation.answer(InvitationState.DECLINED, member.person_id, now, reason, note)
    session.add(invitation)
    group = session.get_one(Group, invitation.group_id)
    emit(
        session,
        InvitationDeclined(
            group_id=group.id,
            invitation_id=invitation.id,
            challenge_id=invitation.challenge_id,
            unit_id=invitation.unit_id,
            reason=reason,
            sample=group.sample,
        ),
    )
    about = {"challenge": invitation.challenge_id, "reason": str(reason)}
    note_decision(session, member.person_id, group.proposal_id, "declined", **about)
    return invitation


def cancel_invitations(session: Session, challenge_id: str) -> None:
    """Cancel what is unanswered of a challenge that is no longer open."""
    # Locked, so that an answer given at the same moment is seen and stays.
    wanted = select(Invitation).where(Invitation.challenge_id == challenge_id).with_for_update()
    for row in session.exec(wanted.execution_options(populate_existing=True)).all():
        if row.state in (InvitationState.OFFERED, InvitationState.INVITED):
            row.state = InvitationState.CANCELLED
            session.add(row)


def _accepted(session: Session, group_id: str) -> int:
    rows = session.exec(
        select(Invitation).where(
            Invitation.group_id == group_id, Invitation.state == InvitationState.ACCEPTED
        )
    ).all()
    return len(rows)


def get_invitation(session: Session, invitation_id: str) -> Invitation:
    """Return an invitation to change; raises ``UnknownInvitation`` when it is not there."""
    invitation = session.get(Invitation, invitation_id, with_for_update=True)
    if invitation is None:
        raise UnknownInvitation(invitation_id)
    return invitation


def _own(session: Session, member: Member, invitation_id: str) -> Invitation:
    invitation = get_invitation(session, invitation_id)
    if invitation.unit_id != member.unit_id:
        raise NotYourInvitation(invitation_id)
    return invitation
