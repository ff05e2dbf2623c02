"""What each consumer has had: a repeat has no effect."""

from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from services.kit.tables import InboxRow, table_of

INBOX = table_of(InboxRow)


def first_time(session: Session, consumer: str, event_ids: Iterable[str]) -> set[str]:
    """
    Note the events as heard, in the transaction of their effects.

    Returns
    -------
    set of str
        The ids that this consumer had not had before.
    """
    ids = sorted(set(event_ids))  # one order for all, or two batches could lock each other
    if not ids:
        return set()
    heard_at = datetime.now(UTC)
    rows = [{"consumer": consumer, "event_id": one, "heard_at": heard_at} for one in ids]
    connection = session.connection()
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    statement = insert(INBOX).values(rows).on_conflict_do_nothing().returning(INBOX.c.event_id)
    return {row.event_id for row in connection.execute(statement)}
