"""What the groups hear."""

from sqlmodel import Session

from schemas.challenges import ChallengeWithdrawn
from schemas.groups import GroupProposed, ProposalLapsed, SeatProposed
from services.groups import invitations, late, proposals
from services.kit.bus import Subscribers, hears

subscribers = Subscribers("groups")


@hears(subscribers, GroupProposed)
def on_group_proposed(event: GroupProposed, session: Session) -> None:
    """Put a proposal on the facilitators' desk."""
    proposals.keep_proposal(session, event.proposal)


@hears(subscribers, ProposalLapsed)
def on_proposal_lapsed(event: ProposalLapsed, session: Session) -> None:
    """Take a proposal that is made no more off the desk."""
    proposals.let_lapse(session, event.proposal_id, event.version)


@hears(subscribers, SeatProposed)
def on_seat_proposed(event: SeatProposed, session: Session) -> None:
    """Put a late challenge on the desk of a live group."""
    late.keep_offer(session, event.group_id, event.member)


@hears(subscribers, ChallengeWithdrawn)
def on_challenge_withdrawn(event: ChallengeWithdrawn, session: Session) -> None:
    """Free the seats of a challenge that is no longer open."""
    proposals.drop_challenge(session, event.challenge.id)
    invitations.cancel_invitations(session, event.challenge.id)
