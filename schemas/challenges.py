"""Challenges: what a unit struggles with, and what it could teach."""

import re
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

PERSONAL = {
    "an e-mail address": re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"),
    "a personal identity code": re.compile(r"\b\d{6}[-+A-FU-Y]\d{3}[0-9A-FHJ-NPR-Y]\b"),
    "a telephone number": re.compile(r"(?:\+358[\s-]?|\b0[45]\d[\s-]?)\d{2,4}[\s-]?\d{3,5}\b"),
}


def without_personal_data(value: str) -> str:
    """
    Let a text pass that holds no e-mail address, telephone number or identity code.

    Challenge texts travel in events, and events are remembered.

    Raises
    ------
    ValueError
        Naming what was found; the found text itself is not repeated.
    """
    for what, pattern in PERSONAL.items():
        if pattern.search(value):
            raise ValueError(f"the text holds {what}; leave personal data out of challenges")
    if "\x00" in value:
        raise ValueError("the text holds a NUL character; plain text is accepted")
    return value


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
