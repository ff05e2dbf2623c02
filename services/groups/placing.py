"""Giving an unplaced challenge a seat in a proposal."""

from datetime import UTC, datetime

from sqlmodel import Session

from schemas.challenges import ChallengeStatus
from schemas.groups import MemberMoved, ProposedMember
from schemas.people import Facilitator
from services.challenges.errors import ChallengeNotOpen
from services.challenges.queries import card
from services.groups import queries
from services.groups.actions import open_proposal
from services.groups.errors import AlreadyPlaced
from services.groups.seating import seat_member
from services.groups.tables import Placement
from services.groups.trail import note_decision
from services.kit.outbox import emit


def place_challenge(session: Session, facilitator: Facilitator, challenge_id: str, to: str) -> None:
    """
    Put a challenge that has no place into a proposal; it stays there.

    Raises
    ------
    UnknownChallenge, ChallengeNotOpen, AlreadyPlaced
        When it is not there, no longer open, or got a place meanwhile.
    UnitInGroupAlready, KeptApart, NoCommonLanguage
        When it may not sit beside the members of the proposal.
    GroupAlreadyDecided, UnknownProposal
        When that is decided or not there.
    """
    row = open_proposal(session, to, None)
    challenge = card(session, challenge_id)
    if challenge.status is not ChallengeStatus.OPEN:
        raise ChallengeNotOpen(challenge_id)
    if queries.seat_of(session, challenge_id) or queries.proposal_of(session, challenge_id):
        raise AlreadyPlaced(challenge_id)
    member = ProposedMember(challenge_id=challenge_id, unit_id=challenge.unit_id, fit=0.0)
    seat_member(session, row, member, datetime.now(UTC))
    session.merge(Placement(challenge_id=challenge_id, proposal_id=to))
    emit(
        session,
        MemberMoved(
            proposal_id=to,
            challenge_id=challenge_id,
            unit_id=challenge.unit_id,
            to_proposal_id=to,
            sample=row.sample or challenge.sample,
        ),
    )
    note_decision(session, facilitator.person_id, to, "placed", challenge=challenge_id)
