"""Rows of the backbone: what is to be sent, was heard, was kept aside, and who leads."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Identity, Index, LargeBinary, Table, Text, text
from sqlmodel import Field, SQLModel

from services.kit.columns import Counter, Moment


class OutboxRow(SQLModel, table=True):
    """An event of a committed transaction; kept after sending, as the log to replay from."""

    __tablename__ = "kit_outbox"
    __table_args__ = (
        Index(
            "kit_outbox_unsent",
            "seq",
            sqlite_where=text("stream_seq IS NULL"),
            postgresql_where=text("stream_seq IS NULL"),
        ),
        Index("kit_outbox_sent", "stream", "stream_seq"),
        Index("kit_outbox_created", "created_at"),
        # Without AUTOINCREMENT SQLite would give the number of a pruned row again.
        {"sqlite_autoincrement": True},
    )

    seq: int | None = Field(default=None, sa_column=Column(Counter, Identity(), primary_key=True))
    event_id: str = Field(max_length=64, unique=True)
    stream: str = Field(max_length=32)
    subject: str = Field(max_length=255)
    type: str = Field(max_length=100)
    headers: dict[str, str] = Field(sa_column=Column(JSON, nullable=False))
    body: str = Field(sa_column=Column(Text, nullable=False))
    created_at: datetime = Field(sa_column=Column(Moment, nullable=False))
    stream_seq: int | None = Field(default=None, sa_column=Column(Counter, nullable=True))
    attempts: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


class StreamRow(SQLModel, table=True):
    """A stream as it was when the relay last looked; a new creation time means it was lost."""

    __tablename__ = "kit_stream"

    name: str = Field(primary_key=True, max_length=32)
    created: str = Field(max_length=40)


class InboxRow(SQLModel, table=True):
    """An event whose effects a consumer has committed."""

    __tablename__ = "kit_inbox"
    __table_args__ = (
        Index("kit_inbox_heard", "heard_at"),
        {"sqlite_with_rowid": False},
    )

    consumer: str = Field(primary_key=True, max_length=64)
    event_id: str = Field(primary_key=True, max_length=64)
    heard_at: datetime = Field(sa_column=Column(Moment, nullable=False))


class ParkedRow(SQLModel, table=True):
    """An event that a consumer could not take, kept aside with its reason."""

    __tablename__ = "kit_parked"

    consumer: str = Field(primary_key=True, max_length=64)
    event_id: str = Field(primary_key=True, max_length=64)
    subject: str = Field(max_length=255)
    headers: dict[str, str] = Field(sa_column=Column(JSON, nullable=False))
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    reason: str = Field(sa_column=Column(Text, nullable=False))
    deliveries: int
    parked_at: datetime = Field(sa_column=Column(Moment, nullable=False))
    replayed_at: datetime | None = Field(default=None, sa_column=Column(Moment, nullable=True))


class LeaseRow(SQLModel, table=True):
    """Who is the one active instance of something, and until when."""

    __tablename__ = "kit_lease"

    name: str = Field(primary_key=True, max_length=64)
    holder: str = Field(max_length=128)
    epoch: int = Field(sa_column=Column(Counter, nullable=False))
    expires_at: datetime = Field(sa_column=Column(Moment, nullable=False))


def table_of(row: type[SQLModel]) -> Table:
    """Return the core table of a row class, for statements that skip the ORM."""
    table: Any = row.__table__  # type: ignore[attr-defined]  # set by SQLModel's metaclass
    assert isinstance(table, Table)  # noqa: S101  # narrows the type
    return table


class OrderRow(SQLModel, table=True):
    """The last version given to the events of a key; see ``order.next_version``."""

    __tablename__ = "kit_order"

    key: str = Field(primary_key=True)
    version: int


class LetterRow(SQLModel, table=True):
    """A letter to a person, written into the store first and sent after the commit."""

    __tablename__ = "kit_letter"

    id: str = Field(primary_key=True)
    """Says what the letter is: a repeat finds its row."""
    person_id: str = Field(index=True)
    template: str
    details: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    sample: bool = False
    due_at: datetime = Field(sa_column=Column(Moment, nullable=False))
    sent_at: datetime | None = Field(default=None, sa_column=Column(Moment, nullable=True))
    attempts: int = 0
