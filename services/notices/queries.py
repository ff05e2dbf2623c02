"""What can be asked of the notices."""

from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from services.kit.tables import LetterRow
from services.notices.tables import Audience, Notice

NEAREST_FIRST = {"own": 0, "centre": 0, "neighbour": 1, "distance": 2}


def inbox(session: Session, audience: Audience, audience_id: str = "") -> list[Notice]:
    """Return what an audience was told: own region, neighbour, distance, then newest first."""
    rows = session.exec(
        select(Notice)
        .where(Notice.audience == audience, Notice.audience_id == audience_id)
        .order_by(col(Notice.made_at).desc())
    ).all()
    return sorted(rows, key=lambda n: (NEAREST_FIRST.get(n.nearness, 3), n.distance_km))


def count_new(session: Session, audience: Audience, audience_id: str = "") -> int:
    """Return how many notices an audience has not answered."""
    waiting = select(func.count()).where(
        Notice.audience == audience, Notice.audience_id == audience_id, Notice.answer == ""
    )
    return int(session.exec(waiting).one())


def undigested(session: Session) -> list[Notice]:
    """Return the notices that wait for a digest, oldest first."""
    return list(
        session.exec(
            select(Notice)
            .where(
                col(Notice.digest_id).is_(None),
                col(Notice.audience).in_([Audience.AGENT, Audience.CENTRE]),
            )
            .order_by(col(Notice.made_at))
        ).all()
    )


def due_letters(session: Session, now: datetime, limit: int = 100) -> list[LetterRow]:
    """Return letters that are due and not sent, oldest first."""
    return list(
        session.exec(
            select(LetterRow)
            .where(col(LetterRow.sent_at).is_(None), col(LetterRow.due_at) <= now)
            .order_by(col(LetterRow.due_at), LetterRow.id)
            .limit(limit)
        ).all()
    )


def sent_letters(session: Session, limit: int = 50) -> list[LetterRow]:
    """Return the letters that were sent, newest first."""
    return list(
        session.exec(
            select(LetterRow)
            .where(col(LetterRow.sent_at).is_not(None))
            .order_by(col(LetterRow.sent_at).desc(), LetterRow.id)
            .limit(limit)
        ).all()
    )


def notices_in(session: Session, digest_id: str) -> list[Notice]:
    """Return what a digest carries, nearest first."""
    rows = session.exec(select(Notice).where(Notice.digest_id == digest_id)).all()
    return sorted(rows, key=lambda n: (NEAREST_FIRST.get(n.nearness, 3), n.distance_km, n.id))
