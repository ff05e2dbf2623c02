"""What matching keeps: who may be matched, what was decided, what it told last."""

from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel


def _json() -> Any:
    return Field(sa_column=Column(JSON, nullable=False))


class KnownUnit(SQLModel, table=True):
    """A unit's profile as last heard."""

    __tablename__ = "matching_unit"

    unit_id: str = Field(primary_key=True)
    version: int
    body: dict[str, Any] = _json()


class KnownChallenge(SQLModel, table=True):
    """A challenge as last heard."""

    __tablename__ = "matching_challenge"

    challenge_id: str = Field(primary_key=True)
    unit_id: str = Field(index=True)
    version: int
    is_open: bool = Field(index=True)
    body: dict[str, Any] = _json()


class Told(SQLModel, table=True):
    """A proposal as matching told it last; from these the pool starts again."""

    __tablename__ = "matching_proposal"

    proposal_id: str = Field(primary_key=True)
    version: int
    is_open: bool = Field(default=True, index=True)
    body: dict[str, Any] = _json()


class Ruling(SQLModel, table=True):
    """What facilitators and units decided, as the pool must respect it."""

    __tablename__ = "matching_ruling"

    kind: str = Field(primary_key=True)
    """``pin``, ``keep-out``, ``apart``, ``seat`` or ``declined``."""
    challenge_id: str = Field(primary_key=True, index=True)
    other: str = Field(primary_key=True, default="")
    """A proposal, a group, or the challenge to be kept apart from."""


class LeftOut(SQLModel, table=True):
    """Why a challenge waits, as it was told last."""

    __tablename__ = "matching_left_out"

    challenge_id: str = Field(primary_key=True)
    reason: dict[str, Any] = _json()


class KnownPeers(SQLModel, table=True):
    """The peers of a challenge as they were told last."""

    __tablename__ = "matching_peers"

    challenge_id: str = Field(primary_key=True)
    body: list[Any] = _json()


class TextVector(SQLModel, table=True):
    """A text's vector by a neural encoder; the text itself is not here, only its hash."""

    __tablename__ = "matching_vector"

    encoder: str = Field(primary_key=True)
    text_hash: str = Field(primary_key=True)
    vector: bytes
    """Half-precision numbers, 768 bytes at 384 dimensions."""


class Ranking(SQLModel, table=True):
    """Which encoder ranked when peers and proposals were told last; one row."""

    __tablename__ = "matching_ranking"

    id: int = Field(default=1, primary_key=True)
    encoder: str


class Pending(SQLModel, table=True):
    """Something the next round has to look at; deleted by the round that told of it."""

    __tablename__ = "matching_pending"

    seq: int | None = Field(default=None, primary_key=True)
    what: str
    """``unit``, ``challenge`` or ``ruling``."""
    key: str
    """The unit's or challenge's id; for a ruling the challenge it is about."""
