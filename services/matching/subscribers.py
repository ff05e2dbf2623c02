"""
What matching hears: each fact is kept, and noted as pending for the next round.

Nothing is matched here: a round may take longer than others can wait for the database.
"""

from sqlmodel import Session

from schemas.challenges import (
    ChallengeRegistered,
    ChallengeRevised,
    ChallengeWithdrawn,
)
from schemas.groups import (
    GroupApproved,
    InvitationDeclined,
    MemberInvited,
    MemberMoved,
    ProposalRejected,
    SeatPassedOver,
)
from schemas.units import ProfileRevised, UnitJoined
from services.kit.bus import Subscribers, hears
from services.matching.knowledge import (
    close_proposal,
    keep_challenge,
    keep_unit,
    kept_out_of,
    overrule,
    rule,
)

subscribers = Subscribers("matching")


@hears(subscribers, UnitJoined)
def on_unit_joined(event: UnitJoined, session: Session) -> None:
    """Know a unit."""
    keep_unit(session, event.unit)


@hears(subscribers, ProfileRevised)
def on_profile_revised(event: ProfileRevised, session: Session) -> None:
    """Know a unit's new profile."""
    keep_unit(session, event.unit)


@hears(subscribers, ChallengeRegistered)
def on_challenge_registered(event: ChallengeRegistered, session: Session) -> None:
    """Let a new challenge be matched."""
    keep_challenge(session, event.challenge, is_open=True)


@hears(subscribers, ChallengeRevised)
def on_challenge_revised(event: ChallengeRevised, session: Session) -> None:
    """Let a changed challenge be matched anew."""
    keep_challenge(session, event.challenge, is_open=True)


@hears(subscribers, ChallengeWithdrawn)
def on_challenge_withdrawn(event: ChallengeWithdrawn, session: Session) -> None:
    """Take a challenge out of the pool."""
    keep_challenge(session, event.challenge, is_open=False)


@hears(subscribers, GroupApproved)
def on_group_approved(event: GroupApproved, session: Session) -> None:
    """Let the members of a group be matched no more; whom it was not to have stays out."""
    close_proposal(session, event.proposal_id)
    for member in event.proposal.members:
        rule(session, "seat", member.challenge_id, event.group_id)
    for challenge_id in kept_out_of(session, event.proposal_id):
        rule(session, "declined", challenge_id, event.group_id)


@hears(subscribers, ProposalRejected)
def on_proposal_rejected(event: ProposalRejected, session: Session) -> None:
    """Never propose these together again."""
    close_proposal(session, event.proposal_id)
    for place, one in enumerate(event.challenges):
        for other in event.challenges[place + 1 :]:
            rule(session, "apart", one, other)


@hears(subscribers, MemberMoved)
def on_member_moved(event: MemberMoved, session: Session) -> None:
    """Keep a challenge where a facilitator put it."""
    overrule(session, "pin", event.challenge_id, event.proposal_id)
    rule(session, "keep-out", event.challenge_id, event.proposal_id)
    if event.to_proposal_id is not None:
        overrule(session, "keep-out", event.challenge_id, event.to_proposal_id)
        rule(session, "pin", event.challenge_id, event.to_proposal_id)


@hears(subscribers, MemberInvited)
def on_member_invited(event: MemberInvited, session: Session) -> None:
    """Note that a challenge has a seat."""
    rule(session, "seat", event.member.challenge_id, event.group_id)


@hears(subscribers, SeatPassedOver)
def on_seat_passed_over(event: SeatPassedOver, session: Session) -> None:
    """Let a challenge that a facilitator did not want in a group be matched elsewhere."""
    overrule(session, "seat", event.challenge_id, event.group_id)
    rule(session, "declined", event.challenge_id, event.group_id)


@hears(subscribers, InvitationDeclined)
def on_invitation_declined(event: InvitationDeclined, session: Session) -> None:
    """Let a challenge that declined be matched elsewhere."""
    overrule(session, "seat", event.challenge_id, event.group_id)
    rule(session, "declined", event.challenge_id, event.group_id)
