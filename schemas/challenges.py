"""Challenges: what a unit struggles with, and what it could teach."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field

from schemas.base import Event, Schema
from schemas.codes import (
    CpvCode,
    Language,
    MeetingMode,
    Stage,
    TextLanguage,
    ThemeKey,
    Urgency,
    Visibility,
)
from schemas.ids import ChallengeId, UnitId
from schemas.personal_data import without_personal_data


class ChallengeStatus(StrEnum):
    """Where the challenge is in its life."""

    OPEN = "open"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class ChallengeDraft(Schema):
    """What a unit tells: free text first, everything else optional."""

    title: Annotated[
        str, Field(min_length=5, max_length=160), AfterValidator(without_personal_data)
    ]
    text: Annotated[
        str, Field(min_length=20, max_length=6000), AfterValidator(without_personal_data)
    ]
    language: TextLanguage = ""
    """Language of the texts; empty means that it is detected."""
    themes: Annotated[tuple[ThemeKey, ...], Field(max_length=8)] = ()
    cpv: Annotated[tuple[CpvCode, ...], Field(max_length=10)] = ()
    stage: Stage = Stage.IDEA
    seeks: Annotated[str, Field(max_length=1000), AfterValidator(without_personal_data)] = ""
    """What the unit wants from peers."""
    offers: Annotated[str, Field(max_length=1000), AfterValidator(without_personal_data)] = ""
    """What the unit has done already and can tell of."""
    maturity: Annotated[int, Field(ge=1, le=5)] = 2
    """Experience of this very challenge: 1 none, 3 tried once, 5 could teach it."""
    urgency: Urgency = Urgency.MONTHS_6
    visibility: Visibility = Visibility.ALL_UNITS
    meeting_mode: MeetingMode = MeetingMode.EITHER
    working_languages: Annotated[tuple[Language, ...], Field(max_length=3)] = ()
    """Languages the unit can meet in; empty means those of its profile."""
    until: date | None = None
    """The last day on which peers are of use; none means for now."""


class ChallengeCard(ChallengeDraft):
    """A challenge as others may know it."""

    id: ChallengeId
    unit_id: UnitId
    version: Annotated[int, Field(ge=1)] = 1
    status: ChallengeStatus = ChallengeStatus.OPEN
    registered_at: AwareDatetime
    sample: bool = False


class ChallengeEvent(Event):
    """A fact about one challenge, ordered among its unit's facts."""

    unit_version: Annotated[int, Field(ge=0)] = 0
    challenge: ChallengeCard

    @property
    def key(self) -> str:
        """The id of the challenge's unit."""
        return self.challenge.unit_id


class ChallengeRegistered(ChallengeEvent):
    """A unit registered a challenge."""

    fact = "challenges.registered"


class ChallengeRevised(ChallengeEvent):
    """A challenge changed; the event carries all of it."""

    fact = "challenges.revised"


class ChallengeWithdrawn(ChallengeEvent):
    """A challenge is no longer open: its unit withdrew it or its time ran out."""

    fact = "challenges.withdrawn"
