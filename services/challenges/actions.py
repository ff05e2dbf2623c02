"""What can be done with challenges."""

from datetime import date

from sqlmodel import Session

from schemas.challenges import (
    ChallengeCard,
    ChallengeDraft,
    ChallengePatch,
    ChallengeRegistered,
    ChallengeRevised,
    ChallengeStatus,
    ChallengeWithdrawn,
)
from schemas.ids import new_key
from schemas.people import Member
from services.access.queries import installation
from services.challenges import queries
from services.challenges.errors import (
    ChallengeChanged,
    ChallengeIdTaken,
    NotYourChallenge,
    SameChallengeOpen,
    UnknownChallenge,
    UnknownTheme,
    UntilHasPassed,
)
from services.challenges.tables import Challenge
from services.challenges.themes import is_known
from services.directory.queries import unit
from services.kit.days import today
from services.kit.order import next_version
from services.kit.outbox import emit


def register_challenge(
    session: Session,
    member: Member,
    draft: ChallengeDraft,
    *,
    challenge_id: str | None = None,
    sample: bool = False,
) -> ChallengeCard:
    """
    Store a unit's challenge and announce it.

    In a demonstration it is a sample, whichever way it came in: what is written there is
    nobody's statement, though it stands in a real unit's name.

    Raises
    ------
    SameChallengeOpen, ChallengeIdTaken
        When the unit has it open already, or the sender's id is in use.
    UnknownUnit, UnknownTheme, UntilHasPassed
        When the draft names what does not exist or a day in the past.
    """
    unit(session, member.unit_id)
    _check(draft)
    # First, since it lets one writer of the unit in at a time: two would not see each other.
    version = next_version(session, member.unit_id)
    if queries.open_with_title(session, member.unit_id, draft.title):
        raise SameChallengeOpen(draft.title)
    key = challenge_id or new_key("ch")
    if session.get(Challenge, key) is not None:
        raise ChallengeIdTaken(key)
    sample = sample or installation(session) == "demo"
    row = Challenge.from_draft(key, member, draft, version, sample=sample)
    session.add(row)
    session.flush()
    card = row.card()
    emit(session, ChallengeRegistered(challenge=card, unit_version=card.version, sample=sample))
    return card


def revise_challenge(
    session: Session,
    member: Member,
    challenge_id: str,
    patch: ChallengePatch,
    *,
    seen_version: int | None = None,
) -> ChallengeCard:
    """
    Change a challenge and announce it; a patch that changes nothing announces nothing.

    Raises
    ------
    ChallengeChanged
        When ``seen_version`` is given and somebody changed it since.
    NotYourChallenge, UnknownChallenge, ChallengeNotOpen
        When the member may not, it is not there, or it is closed.
    """
    row = _own(session, member, challenge_id)
    if seen_version is not None and seen_version != row.version:
        raise ChallengeChanged(challenge_id)
    draft = patch.over(row.draft())
    if draft == row.draft():
        return row.card()
    _check(draft)
    same = queries.open_with_title(session, member.unit_id, draft.title)
    if same is not None and same.id != challenge_id:
        raise SameChallengeOpen(draft.title)
    row.revise(draft, next_version(session, row.unit_id))
    session.add(row)
    session.flush()
    card = row.card()
    emit(session, ChallengeRevised(challenge=card, unit_version=card.version, sample=card.sample))
    return card


def withdraw_challenge(session: Session, member: Member, challenge_id: str) -> ChallengeCard:
    """
    Withdraw a challenge and announce it.

    Raises
    ------
    NotYourChallenge, UnknownChallenge, ChallengeNotOpen
        When the member may not, it is not there, or it is closed.
    """
    return _close(session, _own(session, member, challenge_id), ChallengeStatus.WITHDRAWN)


def expire_challenges(session: Session, today: date) -> int:
    """Close the challenges whose last day has passed; return how many."""
    closed = 0
    for challenge_id in queries.expired_on(session, today):
        row = session.get_one(Challenge, challenge_id, with_for_update=True, populate_existing=True)
        if row.status == ChallengeStatus.OPEN:  # else its unit, or another worker, was faster
            _close(session, row, ChallengeStatus.EXPIRED)
            closed += 1
    return closed


def _close(session: Session, row: Challenge, status: ChallengeStatus) -> ChallengeCard:
    row.close(status, next_version(session, row.unit_id))
    session.add(row)
    session.flush()
    card = row.card()
    emit(session, ChallengeWithdrawn(challenge=card, unit_version=card.version, sample=card.sample))
    return card


def _own(session: Session, member: Member, challenge_id: str) -> Challenge:
    row = session.get(Challenge, challenge_id, with_for_update=True)
    if row is None:
        raise UnknownChallenge(challenge_id)
    if row.unit_id != member.unit_id:
        raise NotYourChallenge(challenge_id)
    return row


def _check(draft: ChallengeDraft) -> None:
    for key in draft.themes:
        if not is_known(key):
            raise UnknownTheme(key)
    if draft.until is not None and draft.until < today():
        raise UntilHasPassed(draft.until)
