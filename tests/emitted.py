"""What a transaction announced so far, read from its outbox."""

from typing import TypeVar

from sqlmodel import Session, col, select

from schemas.base import Event
from services.kit.tables import OutboxRow

E = TypeVar("E", bound=Event)


def emitted(session: Session, event_type: type[E]) -> list[E]:
    """The events of a type in the outbox, in the order of their making."""
    rows = session.exec(
        select(OutboxRow.body)
        .where(OutboxRow.type == event_type.type_name())
        .order_by(col(OutboxRow.seq))
    ).all()
    return [event_type.model_validate_json(body) for body in rows]
