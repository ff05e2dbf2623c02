"""Challenges: what a unit struggles with, and what it could teach."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field

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
from schemas.personal_data import PUBLIC_TEXT, NoPersonalData


class ChallengeStatus(StrEnum):
    """Where the challenge is in its life."""

    OPEN = "open"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


Title = Annotated[str, Field(min_length=5, max_length=160, description=PUBLIC_TEXT), NoPersonalData]
Text = Annotated[
    str, Field(min_length=20, max_length=6000, description=PUBLIC_TEXT), NoPersonalData
]
ShortText = Annotated[str, Field(max_length=1000, description=PUBLIC_TEXT), NoPersonalData]
Themes = Annotated[tuple[ThemeKey, ...], Field(max_length=8)]
CpvCodes = Annotated[tuple[CpvCode, ...], Field(max_length=10)]
Maturity = Annotated[int, Field(ge=1, le=5)]
WorkingLanguages = Annotated[tuple[Language, ...], Field(max_length=3)]


class ChallengeDraft(Schema):
    """What a unit tells: free text first, everything else optional."""

    title: Title
    text: Text
    language: TextLanguage = ""
    """Language of the texts; empty means that it is detected."""
    themes: Themes = ()
    cpv: CpvCodes = ()
    stage: Stage = Stage.IDEA
    seeks: ShortText = ""
    """What the unit wants from peers."""
    offers: ShortText = ""
    """What the unit has done already and can tell of."""
    maturity: Maturity = 2
    """Experience of this very challenge: 1 none, 3 tried once, 5 could teach it."""
    urgency: Urgency = Urgency.MONTHS_6
    visibility: Visibility = Visibility.ALL_UNITS
    meeting_mode: MeetingMode = MeetingMode.EITHER
    working_languages: WorkingLanguages = ()
    """Languages the unit can meet in; empty means those of its profile."""
    until: date | None = None
    """The last day on which peers are of use; none means for now."""


class ChallengePatch(Schema):
    """What a unit changes in a challenge; fields left out stay as they are."""

    title: Title | None = None
    text: Text | None = None
    language: TextLanguage | None = None
    themes: Themes | None = None
    cpv: CpvCodes | None = None
    stage: Stage | None = None
    seeks: ShortText | None = None
    offers: ShortText | None = None
    maturity: Maturity | None = None
    urgency: Urgency | None = None
    visibility: Visibility | None = None
    meeting_mode: MeetingMode | None = None
    working_languages: WorkingLanguages | None = None
    until: date | None = None

    def over(self, draft: ChallengeDraft) -> ChallengeDraft:
        """Return the draft with the given fields replaced; ``until`` may be set to none."""
        given = {name: getattr(self, name) for name in self.model_fields_set}
        kept = {k: v for k, v in given.items() if v is not None or k == "until"}
        fields = {name: getattr(draft, name) for name in ChallengeDraft.model_fields}
        return ChallengeDraft.model_validate(fields | kept)


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
