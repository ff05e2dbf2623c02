"""What was decided in a transaction is announced by the same transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlmodel import Session

from schemas.base import Event
from schemas.errors import Broken
from schemas.registry import BY_TYPE
from services.kit.envelope import headers_of
from services.kit.store import EMITTED
from services.kit.streams import stream_of
from services.kit.tables import OutboxRow, table_of

OUTBOX = table_of(OutboxRow)
MAX_BODY_BYTES = 512 * 1024
"""Half of what the server takes by default; a larger event could never be sent."""

_cause: ContextVar[Event | None] = ContextVar("cause", default=None)


class NotAnnounceable(Broken):
    """The event cannot be sent as it is."""

    code = "not-announceable"


@contextmanager
def answering(cause: Event | None) -> Iterator[None]:
    """Let every event emitted inside name ``cause`` as the one it answers."""
    token = _cause.set(cause)
    try:
        yield
    finally:
        _cause.reset(token)


def emit(session: Session, event: Event) -> Event:
    """
    Announce an event with the rows of this transaction.

    Returns
    -------
    Event
        The event as it will be sent, linked to the one being answered.

    Raises
    ------
    NotAnnounceable
        When its type is not in ``schemas.registry`` or its body is too large.
    """
    if BY_TYPE.get(event.type_name()) is not type(event):
        raise NotAnnounceable(f"{event.type_name()} is not in schemas.registry")
    linked = event.caused_by(_cause.get())
    body = linked.model_dump_json()
    if len(body.encode()) > MAX_BODY_BYTES:
        raise NotAnnounceable(f"{event.type_name()} is larger than {MAX_BODY_BYTES} bytes")
    put(session, str(linked.id), linked.subject, linked.type_name(), headers_of(linked), body)
    return linked


def put(
    session: Session,
    message_id: str,
    subject: str,
    type_name: str,
    headers: dict[str, str],
    body: str,
) -> None:
    """Write an outbox row; the relay is woken after the commit."""
    row = {
        "event_id": message_id,
        "stream": stream_of(subject),
        "subject": subject,
        "type": type_name,
        "headers": headers,
        "body": body,
        "created_at": datetime.now(UTC),
        "attempts": 0,
    }
    # Core, not ORM: three times as fast, and it is on the path of every event.
    session.connection().execute(OUTBOX.insert(), row)
    session.info[EMITTED] = True


def backlog(session: Session) -> tuple[int, float]:
    """Count the unsent events, and the age of the oldest in seconds."""
    unsent = OUTBOX.c.stream_seq.is_(None)
    rows, oldest = (
        session.connection()
        .execute(select(func.count(), func.min(OUTBOX.c.created_at)).where(unsent))
        .one()
    )
    return rows, (datetime.now(UTC) - oldest).total_seconds() if oldest else 0.0
