"""Rows of the notices: what somebody is told."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, Text, UniqueConstraint
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
    answer: str = ""
    """What the agent said to it, see ``Answer``; empty while it is new."""
    answered_by: str | None = None


class Answer(StrEnum):
    """What an agent says to a notice."""

    MINE = "mine"
    """I support this group."""
    NOT_MINE = "not_mine"


class Feedback(SQLModel, table=True):
    """
    What a reader said of the service; answered within 14 days where an address was left.

    The address is kept here and nowhere else (Act 306/2019, section 8).
    """

    __tablename__ = "notices_feedback"

    id: str = Field(primary_key=True)
    message: str = Field(sa_column=Column(Text, nullable=False))
    email: str = ""
    language: str
    made_at: datetime = _when(nullable=False)
    answer_by: datetime = _when(nullable=False)
    answered_at: datetime | None = _when()
