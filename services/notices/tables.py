"""Rows of the notices: what somebody is told, and the letters that carry it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from services.kit.columns import Moment


def _when(*, nullable: bool = True) -> Any:
    return Field(default=None, sa_column=Column(Moment, nullable=nullable))


class Audience(StrEnum):
    """Who is told."""

    AGENT = "agent"
    CENTRE = "centre"
    """The facilitators, for regions that no agent holds."""
    FACILITATORS = "facilitators"
    UNIT = "unit"


class Notice(SQLModel, table=True):
    """One thing told to one audience; the cause makes a repeat harmless."""

    __tablename__ = "notices_notice"
    __table_args__ = (UniqueConstraint("cause", "audience", "audience_id"),)

    id: str = Field(primary_key=True)
    kind: str
    """Key of the catalogues: ``group-approved``, ``proposal``, ``seat`` …"""
    cause: str
    """Id of the event, or for a proposal its id, so that versions are told once."""
    audience: str = Field(index=True)
    audience_id: str = Field(default="", index=True)
    group_id: str = ""
    proposal_id: str = ""
    challenge_id: str = ""
    unit_id: str = ""
    nearness: str = ""
    distance_km: float = 0.0
    regions: list[str] = Field(sa_column=Column(JSON, nullable=False))
    details: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    """Themes and concepts to show; no personal data."""
    sample: bool = False
    made_at: datetime = _when(nullable=False)
    digest_id: str | None = Field(default=None, index=True)
    """The digest that carried it; none while it waits."""


class LetterRow(SQLModel, table=True):
    """A letter to a person, written into the store first and sent after the commit."""

    __tablename__ = "notices_letter"

    id: str = Field(primary_key=True)
    """Says what the letter is: a repeat finds its row."""
    person_id: str = Field(index=True)
    template: str
    details: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    sample: bool = False
    due_at: datetime = _when(nullable=False)
    sent_at: datetime | None = _when()
    attempts: int = 0
