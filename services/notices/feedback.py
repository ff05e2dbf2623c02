"""What readers say of the service, and the fourteen days in which they are answered."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from schemas.ids import new_key
from services.notices.errors import TooMuchFeedback, UnknownFeedback
from services.notices.tables import Feedback

ANSWERED_WITHIN = timedelta(days=14)
"""Act 306/2019, section 8."""
MOST_AN_HOUR = 200
"""Anyone may write without signing in; machines that do shall not fill the store."""


def receive_feedback(session: Session, message: str, email: str, language: str) -> None:
    """
    Keep what a reader said, with the day by which it is answered.

    Raises
    ------
    TooMuchFeedback
        When more came in the last hour than people write.
    """
    now = datetime.now(UTC)
    recent = select(func.count()).where(col(Feedback.made_at) > now - timedelta(hours=1))
    if session.exec(recent).one() >= MOST_AN_HOUR:
        raise TooMuchFeedback
    session.add(
        Feedback(
            id=new_key("fb"),
            message=message.replace("\x00", ""),
            email=email,
            language=language,
            made_at=now,
            answer_by=now + ANSWERED_WITHIN,
        )
    )


def waiting_feedback(session: Session) -> list[Feedback]:
    """Return what is not answered yet, that which is due first."""
    wanted = select(Feedback).where(col(Feedback.answered_at).is_(None))
    return list(session.exec(wanted.order_by(col(Feedback.answer_by))).all())


def close_feedback(session: Session, feedback_id: str) -> None:
    """
    Note that a reader was answered, and forget the address, which was kept for that alone.

    Raises
    ------
    UnknownFeedback
        When it is not there, or was answered before.
    """
    row = session.get(Feedback, feedback_id, with_for_update=True)
    if row is None or row.answered_at is not None:
        raise UnknownFeedback(feedback_id)
    row.answered_at, row.email = datetime.now(UTC), ""
    session.add(row)
