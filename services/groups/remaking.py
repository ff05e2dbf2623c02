"""Making a proposed group in another way: several members leave and join at once."""

from typing import Annotated

from pydantic import Field
from sqlmodel import Session

from schemas.base import Schema
from schemas.ids import ChallengeId
from schemas.people import Facilitator
from services.groups.actions import move_member, open_proposal
from services.groups.placing import place_challenge

Several = Annotated[tuple[ChallengeId, ...], Field(max_length=50)]


class Remake(Schema):
    """Who is to join a proposal and who is to leave it."""

    joins: Several = ()
    leaves: Several = ()


def remake_proposal(
    session: Session,
    facilitator: Facilitator,
    proposal_id: str,
    wanted: Remake,
    *,
    seen_version: int | None = None,
) -> None:
    """
    Take some members out of a proposal and place waiting challenges in it; they stay so.

    All of it is done, or nothing is.

    Raises
    ------
    UnknownProposal, GroupAlreadyDecided, ProposalChanged
        When it is not there, decided, or was seen in another version.
    NotAMember, AlreadyPlaced, UnknownChallenge, ChallengeNotOpen
        When somebody left or got a place elsewhere meanwhile.
    UnitInGroupAlready, KeptApart, NoCommonLanguage
        When somebody may not sit there.
    """
    open_proposal(session, proposal_id, seen_version)
    for challenge_id in wanted.leaves:
        move_member(session, facilitator, proposal_id, challenge_id, to=None)
    for challenge_id in wanted.joins:
        place_challenge(session, facilitator, challenge_id, proposal_id)
