"""What facilitators do with proposals."""

from datetime import UTC, datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from schemas.groups import (
    GroupApproved,
    MemberInvited,
    MemberMoved,
    ProposalRejected,
    ProposedMember,
    RejectReason,
)
from schemas.ids import new_key
from schemas.people import Facilitator
from services.groups.errors import (
    AlreadyPlaced,
    GroupTooLarge,
    GroupTooSmall,
    NotAMember,
    UnknownProposal,
)
from services.groups.present import as_it_stands
from services.groups.proposals import in_groups, seats_of
from services.groups.seating import seat_member
from services.groups.sizes import LARGEST_GROUP, SMALLEST_GROUP
from services.groups.states import Cause, InvitationState, ProposalState
from services.groups.tables import Group, Invitation, KeptOut, Placement, Proposal, Seat
from services.groups.trail import note_decision
from services.kit.outbox import emit


def approve_group(
    session: Session,
    facilitator: Facilitator,
    proposal_id: str,
    *,
    seen_version: int | None = None,
    most: int = LARGEST_GROUP,
) -> Group:
    """
    Approve a proposal: a group comes into being and its members are invited.

    Raises
    ------
    GroupAlreadyDecided, ProposalChanged
        When somebody else was first, or the facilitator saw another version.
    GroupTooSmall, GroupTooLarge, AlreadyPlaced
        When it has fewer than three members or more than ``most``, or one of them is in
        another group by now.
    """
    row = open_proposal(session, proposal_id, seen_version)
    members = [seat.member() for seat in seats_of(session, proposal_id)]
    seated = in_groups(session, [member.challenge_id for member in members])
    if seated:
        raise AlreadyPlaced(", ".join(sorted(seated)))
    if len(members) < SMALLEST_GROUP:
        raise GroupTooSmall(proposal_id)
    if len(members) > most:
        raise GroupTooLarge(proposal_id, most)
    now = datetime.now(UTC)
    row.decide(ProposalState.APPROVED, facilitator.person_id, now)
    proposal = as_it_stands(row.body | {"sample": row.sample}, members)
    group = Group(
        id=new_key("gr"),
        proposal_id=row.id,
        title=row.title,
        body=proposal.model_dump(mode="json"),
        sample=row.sample,
        approved_at=now,
        approved_by=facilitator.person_id,
    )
    session.add_all([row, group])
    session.flush()
    emit(
        session,
        GroupApproved(
            group_id=group.id, proposal_id=row.id, proposal=proposal, sample=group.sample
        ),
    )
    for member in proposal.members:
        invite(session, group, member)
    note_decision(
        session,
        facilitator.person_id,
        proposal_id,
        "approved",
        group=group.id,
        members=len(members),
    )
    return group


def reject_proposal(
    session: Session,
    facilitator: Facilitator,
    proposal_id: str,
    reason: RejectReason,
    *,
    note: str = "",
    seen_version: int | None = None,
) -> None:
    """
    Reject a proposal; its members are not proposed together again.

    Raises
    ------
    GroupAlreadyDecided, ProposalChanged
        When somebody else was first, or the facilitator saw another version.
    """
    row = open_proposal(session, proposal_id, seen_version)
    row.decide(ProposalState.REJECTED, facilitator.person_id, datetime.now(UTC))
    row.reject_reason, row.note = reason, note
    session.add(row)
    challenges = tuple(seat.challenge_id for seat in seats_of(session, proposal_id))
    emit(
        session,
        ProposalRejected(
            proposal_id=proposal_id, reason=reason, challenges=challenges, sample=row.sample
        ),
    )
    note_decision(session, facilitator.person_id, proposal_id, "rejected", reason=reason)


def move_member(
    session: Session,
    facilitator: Facilitator,
    proposal_id: str,
    challenge_id: str,
    *,
    to: str | None,
    seen_version: int | None = None,
) -> None:
    """
    Move a member to another proposal, or with ``to=None`` take it out; it stays there.

    Raises
    ------
    NotAMember
        When it is not in the first proposal.
    UnitInGroupAlready, KeptApart, NoCommonLanguage
        When it may not sit beside the members of the second.
    GroupAlreadyDecided, ProposalChanged
        When either proposal was decided, or the first was seen in another version.
    """
    row = open_proposal(session, proposal_id, seen_version)
    seat = session.get(Seat, (proposal_id, challenge_id))
    if seat is None:
        raise NotAMember(challenge_id)
    member, now = seat.member(), datetime.now(UTC)
    if to is not None:
        seat_member(session, open_proposal(session, to, None), member, now)
    session.delete(seat)
    row.change(now, Cause.DESK)
    session.add(row)
    session.merge(Placement(challenge_id=challenge_id, proposal_id=to))
    session.merge(KeptOut(proposal_id=proposal_id, challenge_id=challenge_id))
    emit(
        session,
        MemberMoved(
            proposal_id=proposal_id,
            challenge_id=challenge_id,
            unit_id=member.unit_id,
            to_proposal_id=to,
            sample=row.sample,
        ),
    )
    what = "moved" if to else "taken out"
    note_decision(session, facilitator.person_id, proposal_id, what, challenge=challenge_id, to=to)


def rename_proposal(
    session: Session,
    facilitator: Facilitator,
    proposal_id: str,
    title: str,
    *,
    seen_version: int | None = None,
) -> None:
    """Give a proposal a title of the facilitator's own; empty brings the concepts back."""
    row = open_proposal(session, proposal_id, seen_version)
    row.title = title.strip()[:160]
    row.change(datetime.now(UTC), Cause.DESK)
    session.add(row)
    note_decision(session, facilitator.person_id, proposal_id, "renamed")


def invite(
    session: Session, group: Group, member: ProposedMember, *, late: bool = False
) -> Invitation:
    """
    Invite a challenge's unit to a group and announce it.

    Raises
    ------
    AlreadyPlaced
        When another transaction gave the challenge a seat meanwhile.
    """
    invitation = Invitation(
        id=new_key("in"),
        group_id=group.id,
        state=InvitationState.INVITED,
        late=late,
        invited_at=datetime.now(UTC),
        **member.model_dump(mode="json"),
    )
    session.add(invitation)
    try:
        session.flush()
    except IntegrityError as error:  # the index of one seat a challenge
        raise AlreadyPlaced(member.challenge_id) from error
    announce_invitation(session, group, invitation)
    return invitation


def announce_invitation(session: Session, group: Group, invitation: Invitation) -> None:
    """Tell the stream that a unit is invited."""
    emit(
        session,
        MemberInvited(
            group_id=group.id,
            invitation_id=invitation.id,
            member=invitation.member(),
            late=invitation.late,
            sample=group.sample,
        ),
    )


def open_proposal(session: Session, proposal_id: str, seen_version: int | None) -> Proposal:
    """
    Return an undecided proposal to change; ``seen_version`` is the one the facilitator saw.

    Raises
    ------
    UnknownProposal, GroupAlreadyDecided, ProposalChanged
        When it is not there, decided, or another version by now.
    """
    row = session.get(Proposal, proposal_id, with_for_update=True)
    if row is None:
        raise UnknownProposal(proposal_id)
    row.must_be_open()
    row.must_be_as_seen(seen_version)
    return row
