"""
What other systems do, who may send the same twice: recognised, it changes nothing.

The rules are those of the contexts' own actions, which do the work.
"""

from sqlmodel import Session

from schemas.challenges import ChallengeCard, ChallengeDraft, ChallengeStatus
from schemas.people import Member
from schemas.units import UnitDraft, UnitProfile
from services.challenges import queries as challenges
from services.challenges.actions import register_challenge, withdraw_challenge
from services.challenges.errors import ChallengeChanged, ChallengeIdTaken
from services.directory import queries as directory
from services.directory.actions import join_unit
from services.directory.errors import UnitJoinedAlready


def enter_unit(session: Session, draft: UnitDraft) -> tuple[UnitProfile, bool]:
    """
    Let a unit join; the same again is recognised by its id.

    Returns
    -------
    tuple
        The unit, and whether it joined just now.

    Raises
    ------
    UnitJoinedAlready
        When the id is that of a unit that says something else.
    """
    known = directory.find_unit(session, draft.id) if draft.id else None
    if known is None:
        return join_unit(session, draft), True
    if not says_the_same(known, draft):
        raise UnitJoinedAlready(known.id)
    return known, False


def enter_challenge(
    session: Session,
    member: Member,
    draft: ChallengeDraft,
    *,
    challenge_id: str | None = None,
    sample: bool = False,
) -> tuple[ChallengeCard, bool]:
    """
    Register a challenge; the same again is recognised by its id.

    Returns
    -------
    tuple
        The challenge, and whether it was registered just now.

    Raises
    ------
    ChallengeIdTaken
        When the id is that of another unit's challenge, or of one that says something else.
    """
    found = challenges.cards_by_id(session, [challenge_id] if challenge_id else [])
    known = found.get(challenge_id or "")
    if known is None:
        made = register_challenge(session, member, draft, challenge_id=challenge_id, sample=sample)
        return made, True
    if known.unit_id != member.unit_id or not says_the_same(known, draft):
        raise ChallengeIdTaken(known.id)
    return known, False


def leave_challenge(
    session: Session, member: Member, challenge_id: str, *, seen_version: int | None = None
) -> ChallengeCard:
    """
    Withdraw a challenge; one that is withdrawn already stays so.

    Raises
    ------
    ChallengeChanged
        When ``seen_version`` is given and somebody changed it since.
    """
    known = challenges.card(session, challenge_id)
    withdrawn = known.status is ChallengeStatus.WITHDRAWN and known.unit_id == member.unit_id
    if withdrawn:
        return known
    if seen_version is not None and seen_version != known.version:
        raise ChallengeChanged(challenge_id)
    return withdraw_challenge(session, member, challenge_id)


def says_the_same(known: UnitProfile | ChallengeCard, draft: UnitDraft | ChallengeDraft) -> bool:
    """Whether what is known says all that a draft says; keys and versions aside."""
    fields = set(UnitDraft.model_fields if isinstance(draft, UnitDraft) else _CHALLENGE) - {"id"}
    return known.model_dump(include=fields) == draft.model_dump(include=fields)


_CHALLENGE = set(ChallengeDraft.model_fields)
