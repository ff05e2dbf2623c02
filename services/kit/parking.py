"""Events that a consumer could not take: kept with the reason, and played again on request."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy import and_, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from schemas.errors import NotFound, PiiriError
from services.kit.holding import Delivery
from services.kit.inbox import INBOX, first_time
from services.kit.logs import masked
from services.kit.outbox import put
from services.kit.store import Store
from services.kit.streams import REPLAY_PREFIX
from services.kit.tables import ParkedRow, table_of

log = logging.getLogger("piiri.bus")

PARKED = table_of(ParkedRow)
MAX_REASON = 500


class NothingParked(NotFound):
    """No parked event answers to this."""

    code = "nothing-parked"


@dataclass(frozen=True)
class Parked:
    """A parked event as an operator sees it."""

    consumer: str
    event_id: str
    type: str
    subject: str
    reason: str
    deliveries: int
    parked_at: datetime
    replayed_at: datetime | None


def park(store: Store, consumer: str, delivery: Delivery, error: Exception) -> None:
    """Keep an event aside; it counts as heard, so that a repeat does not come through."""
    with store.begin("bus") as session:
        if first_time(session, consumer, [delivery.event_id]):
            _keep(session, consumer, delivery, reason_of(error))
    log.error(
        "%s: event %s is parked: %s; see piiri events parked",
        consumer,
        delivery.event_id,
        type(error).__name__,
    )


def reason_of(error: Exception) -> str:
    """Tell why, in a line without addresses of persons."""
    said = " ".join(str(error).split())
    name = type(error).__name__
    return masked(said if isinstance(error, PiiriError) else f"{name}: {said}")[:MAX_REASON]


def _keep(session: Session, consumer: str, delivery: Delivery, reason: str) -> None:
    row = {
        "consumer": consumer,
        "event_id": delivery.event_id,
        "subject": delivery.message.subject,
        "headers": dict(delivery.message.headers or {}),
        "body": delivery.message.data,
        "reason": reason,
        "deliveries": max(delivery.failures, 1),
        "parked_at": datetime.now(UTC),
        "replayed_at": None,
    }
    connection = session.connection()
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    key = ["consumer", "event_id"]
    again = {name: value for name, value in row.items() if name not in key}
    connection.execute(
        insert(PARKED).values(row).on_conflict_do_update(index_elements=key, set_=again)
    )


def parked(store: Store, *, replayed: bool = False) -> list[Parked]:
    """List what is parked, oldest first; ``replayed`` includes what was played again."""
    query = select(PARKED).order_by(PARKED.c.parked_at, PARKED.c.event_id)
    if not replayed:
        query = query.where(PARKED.c.replayed_at.is_(None))
    with store.read() as session:
        rows = session.connection().execute(query).all()
    return [
        Parked(
            row.consumer,
            row.event_id,
            row.headers.get("ce-type", ""),
            row.subject,
            row.reason,
            row.deliveries,
            row.parked_at,
            row.replayed_at,
        )
        for row in rows
    ]


def replay(
    store: Store, event_ids: Iterable[str] = (), *, consumer: str | None = None
) -> list[Parked]:
    """
    Play parked events again, each for the consumer that could not take it.

    The event goes through the outbox on a subject of that consumer's own, so that it takes
    the ordinary path and nobody else hears it twice; its inbox entry is removed in the same
    transaction. Should the handler fail again, it is parked again.

    Parameters
    ----------
    store
        The database.
    event_ids
        Which; none means all that are parked.
    consumer
        Only those of one consumer.

    Raises
    ------
    NothingParked
        When an id is not parked, or was played again already.
    """
    wanted = set(event_ids)
    chosen = [
        one
        for one in parked(store)
        if (not wanted or one.event_id in wanted) and consumer in (None, one.consumer)
    ]
    if missing := wanted - {one.event_id for one in chosen}:
        raise NothingParked(*sorted(missing))
    with store.begin() as session:
        for one in chosen:
            _replay(session, one)
    return chosen


def _replay(session: Session, one: Parked) -> None:
    connection = session.connection()
    at = and_(PARKED.c.consumer == one.consumer, PARKED.c.event_id == one.event_id)
    row = connection.execute(select(PARKED).where(at)).one()
    connection.execute(
        INBOX.delete().where(INBOX.c.consumer == one.consumer, INBOX.c.event_id == one.event_id)
    )
    connection.execute(update(PARKED).where(at).values(replayed_at=datetime.now(UTC)))
    message_id = str(uuid4())  # the stream would drop the event's own id as a repeat
    key = one.subject.rpartition(".")[2]
    headers = _own_headers(row.headers) | {"Nats-Msg-Id": message_id}
    subject = f"{REPLAY_PREFIX}{one.consumer}.{key}"
    put(session, message_id, subject, one.type, headers, row.body.decode("utf-8", "replace"))


def _own_headers(headers: dict[str, str]) -> dict[str, str]:
    """Leave out what the last publisher and the server added."""
    return {name: value for name, value in headers.items() if not name.startswith("Nats-")}


def count_parked(session: Session) -> int:
    """Count what is parked and was not played again."""
    open_rows = select(func.count()).where(PARKED.c.replayed_at.is_(None))
    return int(session.connection().scalar(open_rows) or 0)
