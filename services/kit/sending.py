"""The outbox as the relay sees it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, delete, select, update

from services.kit.inbox import INBOX
from services.kit.outbox import OUTBOX
from services.kit.store import Store

MAX_REFUSALS = 5
"""An event the server refuses this often no longer stands before the others."""


@dataclass(frozen=True)
class Unsent:
    """An outbox row on its way."""

    seq: int
    event_id: str
    stream: str
    subject: str
    headers: dict[str, str]
    body: str


_UNSENT = (
    select(
        OUTBOX.c.seq,
        OUTBOX.c.event_id,
        OUTBOX.c.stream,
        OUTBOX.c.subject,
        OUTBOX.c.headers,
        OUTBOX.c.body,
    )
    # Never "seq above the last one sent": PostgreSQL commits numbers out of order.
    .where(OUTBOX.c.stream_seq.is_(None), OUTBOX.c.attempts < MAX_REFUSALS)
    .order_by(OUTBOX.c.seq)
)
_MARK = update(OUTBOX).where(OUTBOX.c.seq == bindparam("row")).values(stream_seq=bindparam("at"))


def load_unsent(store: Store, limit: int) -> list[Unsent]:
    """Read the oldest events that are not on a stream yet."""
    with store.read() as session:
        rows = session.connection().execute(_UNSENT.limit(limit)).all()
    return [Unsent(*row) for row in rows]


def mark_sent(store: Store, sent: dict[int, int]) -> None:
    """Note the stream sequence of each row that was acknowledged."""
    if not sent:
        return
    with store.begin("relay") as session:
        rows = [{"row": seq, "at": stream_seq} for seq, stream_seq in sent.items()]
        session.connection().execute(_MARK, rows)


def mark_refused(store: Store, refused: list[int]) -> None:
    """Count a refusal of the server for each row."""
    with store.begin("relay") as session:
        counted = update(OUTBOX).values(attempts=OUTBOX.c.attempts + 1)
        session.connection().execute(counted.where(OUTBOX.c.seq.in_(refused)))


def forgive_refused(store: Store) -> None:
    """Let what the server refused be tried again: a new start may follow a repair."""
    with store.begin("relay") as session:
        refused = OUTBOX.c.stream_seq.is_(None) & (OUTBOX.c.attempts > 0)
        session.connection().execute(update(OUTBOX).where(refused).values(attempts=0))


def prune(store: Store, retention_days: int, *, now: datetime | None = None) -> int:
    """
    Remove sent events older than the retention time, and what was heard a day before that.

    The inbox remembers longer than the outbox can send again, so that no repeat gets through.
    """
    oldest = (now or datetime.now(UTC)) - timedelta(days=retention_days)
    sent = OUTBOX.c.stream_seq.is_not(None)
    with store.begin("relay") as session:
        connection = session.connection()
        gone = connection.execute(delete(OUTBOX).where(sent, OUTBOX.c.created_at < oldest))
        connection.execute(delete(INBOX).where(INBOX.c.heard_at < oldest - timedelta(days=1)))
        return gone.rowcount
