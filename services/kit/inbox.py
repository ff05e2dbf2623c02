"""What each consumer has had: a repeat has no effect."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import String
from sqlmodel import Session

from services.kit.columns import Moment
from services.kit.tables import InboxRow, table_of

INBOX = table_of(InboxRow)

# One parameter for all the ids: a statement that grows with the batch would be compiled anew
# for every size, which took longer than running it.
_NOTE_SQLITE = text(
    "INSERT INTO kit_inbox (consumer, event_id, heard_at) "
    "SELECT :consumer, value, :heard_at FROM json_each(:ids) WHERE true "
    "ON CONFLICT DO NOTHING RETURNING event_id"
).bindparams(bindparam("heard_at", type_=Moment))
_NOTE_POSTGRES = text(
    "INSERT INTO kit_inbox (consumer, event_id, heard_at) "
    "SELECT :consumer, id, :heard_at FROM unnest(:ids) AS id "
    "ON CONFLICT DO NOTHING RETURNING event_id"
).bindparams(
    bindparam("heard_at", type_=DateTime(timezone=True)), bindparam("ids", type_=ARRAY(String))
)


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
    connection = session.connection()
    sqlite = connection.dialect.name == "sqlite"
    values: dict[str, Any] = {"consumer": consumer, "heard_at": datetime.now(UTC)}
    values["ids"] = json.dumps(ids) if sqlite else ids
    return set(connection.scalars(_NOTE_SQLITE if sqlite else _NOTE_POSTGRES, values))
