"""What can be asked of the challenges."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from sqlalchemy import func
from sqlmodel import Session, col, select

from schemas.challenges import ChallengeCard, ChallengeStatus
from schemas.codes import Visibility
from schemas.people import Role, Visitor
from services.challenges.errors import UnknownChallenge
from services.challenges.tables import Challenge


def card(session: Session, challenge_id: str) -> ChallengeCard:
    """
    Return a challenge.

    Raises
    ------
    UnknownChallenge
        When there is none with this id.
    """
    row = session.get(Challenge, challenge_id)
    if row is None:
        raise UnknownChallenge(challenge_id)
    return row.card()


def cards_by_id(session: Session, ids: Iterable[str]) -> dict[str, ChallengeCard]:
    """Return the challenges that exist among the ids."""
    wanted = list(set(ids))
    found: dict[str, ChallengeCard] = {}
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        rows = session.exec(select(Challenge).where(col(Challenge.id).in_(part))).all()
        found.update({row.id: row.card() for row in rows})
    return found


def open_among(session: Session, ids: Iterable[str]) -> set[str]:
    """Return those of some challenges that are open."""
    wanted = list(set(ids))
    found: set[str] = set()
    for start in range(0, len(wanted), 500):
        part = col(Challenge.id).in_(wanted[start : start + 500])
        rows = select(Challenge.id).where(part, Challenge.status == ChallengeStatus.OPEN)
        found.update(session.exec(rows).all())
    return found


def open_with_title(session: Session, unit_id: str, title: str) -> ChallengeCard | None:
    """Return a unit's open challenge of a title, letter case apart, or None."""
    rows = session.exec(
        select(Challenge).where(
            Challenge.unit_id == unit_id, Challenge.status == ChallengeStatus.OPEN
        )
    ).all()
    # Compared here: SQLite lowers the letters of English alone.
    wanted = title.casefold()
    return next((row.card() for row in rows if row.title.casefold() == wanted), None)


def cards(
    session: Session,
    *,
    unit_id: str = "",
    status: ChallengeStatus | None = ChallengeStatus.OPEN,
    limit: int = 50,
    after: str = "",
) -> list[ChallengeCard]:
    """Return challenges in the order of their ids, of one unit, in one state."""
    wanted = select(Challenge).where(col(Challenge.id) > after).order_by(Challenge.id)
    if unit_id:
        wanted = wanted.where(Challenge.unit_id == unit_id)
    if status is not None:
        wanted = wanted.where(Challenge.status == status)
    return [row.card() for row in session.exec(wanted.limit(limit)).all()]


def cards_of_unit(session: Session, unit_id: str) -> list[ChallengeCard]:
    """Return a unit's challenges in every state, newest first."""
    rows = session.exec(
        select(Challenge)
        .where(Challenge.unit_id == unit_id)
        .order_by(col(Challenge.registered_at).desc())
    ).all()
    return [row.card() for row in rows]


def expired_on(session: Session, day: date) -> list[str]:
    """Return the open challenges whose last day is before a day."""
    return list(
        session.exec(
            select(Challenge.id).where(
                Challenge.status == ChallengeStatus.OPEN, col(Challenge.until) < day
            )
        ).all()
    )


def count_open(session: Session) -> int:
    """Return how many challenges are open."""
    counted = select(func.count()).where(Challenge.status == ChallengeStatus.OPEN)
    return int(session.exec(counted).one())


def open_by_unit(session: Session) -> dict[str, int]:
    """Return how many open challenges each unit has."""
    counted = (
        select(Challenge.unit_id, func.count())
        .where(Challenge.status == ChallengeStatus.OPEN)
        .group_by(Challenge.unit_id)
    )
    return dict(session.exec(counted).all())


def open_themes(session: Session) -> list[list[str]]:
    """Return the themes of each open challenge."""
    wanted = select(Challenge.themes).where(Challenge.status == ChallengeStatus.OPEN)
    return [list(themes) for themes in session.exec(wanted).all()]


def newest_public(session: Session, limit: int) -> list[ChallengeCard]:
    """Return the newest open challenges that anyone may see."""
    rows = session.exec(
        select(Challenge)
        .where(Challenge.status == ChallengeStatus.OPEN, Challenge.visibility == Visibility.PUBLIC)
        .order_by(col(Challenge.registered_at).desc())
        .limit(limit)
    ).all()
    return [row.card() for row in rows]


def any_sample(session: Session) -> bool:
    """Whether an open challenge is made-up sample data."""
    wanted = select(Challenge.id).where(Challenge.status == ChallengeStatus.OPEN, Challenge.sample)
    return session.exec(wanted.limit(1)).first() is not None


def open_samples(session: Session) -> set[str]:
    """Return the open challenges that are made-up sample data."""
    wanted = select(Challenge.id).where(Challenge.status == ChallengeStatus.OPEN, Challenge.sample)
    return set(session.exec(wanted).all())


def open_ids(session: Session, unit_ids: Iterable[str] = ()) -> list[str]:
    """Return the ids of the open challenges, oldest first; with units, of theirs alone."""
    wanted = select(Challenge.id, Challenge.unit_id).where(Challenge.status == ChallengeStatus.OPEN)
    units = set(unit_ids)
    rows = session.exec(wanted.order_by(col(Challenge.registered_at))).all()
    return [key for key, unit_id in rows if not units or unit_id in units]


class Title(NamedTuple):
    """What is searched of a challenge on the facilitators' board."""

    unit_id: str
    title: str
    themes: tuple[str, ...]


def open_titles(session: Session) -> dict[str, Title]:
    """Return the open challenges by id, without their texts."""
    wanted = select(Challenge.id, Challenge.unit_id, Challenge.title, Challenge.themes)
    rows = session.exec(wanted.where(Challenge.status == ChallengeStatus.OPEN)).all()
    return {key: Title(unit_id, title, tuple(themes)) for key, unit_id, title, themes in rows}


def may_see(
    card: ChallengeCard,
    visitor: Visitor | None,
    *,
    unit_regions: frozenset[str] = frozenset(),
    visitor_regions: frozenset[str] = frozenset(),
) -> bool:
    """
    Whether a visitor may see a challenge and the unit's name beside it.

    Facilitators see all, a unit its own; an agent's host may be a company, so an agent
    sees only what every unit may see.
    """
    if visitor is not None and visitor.role in (Role.FACILITATOR, Role.ADMIN):
        return True
    if visitor is not None and visitor.unit_id == card.unit_id:
        return True
    if card.visibility is Visibility.PUBLIC:
        return True
    if visitor is None or visitor.role is Role.AGENT:
        return False
    if card.visibility is Visibility.ALL_UNITS:
        return True
    return card.visibility is Visibility.MY_REGION and bool(unit_regions & visitor_regions)
