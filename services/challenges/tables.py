"""The row of a challenge."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, Column, Text
from sqlmodel import Field, SQLModel

from schemas.challenges import ChallengeCard, ChallengeDraft, ChallengeStatus
from schemas.people import Member
from services.challenges.errors import ChallengeNotOpen
from services.kit.columns import Moment


class Challenge(SQLModel, table=True):
    """What a unit struggles with; the fields are those of its card."""

    __tablename__ = "challenges_challenge"

    id: str = Field(primary_key=True)
    unit_id: str = Field(index=True)
    version: int
    status: str = Field(default=ChallengeStatus.OPEN, index=True)
    registered_at: datetime = Field(sa_column=Column(Moment, nullable=False))
    registered_by: str | None = None
    """The person's key; erased with the person, never announced."""
    sample: bool = False
    title: str
    text: str = Field(sa_column=Column(Text, nullable=False))
    language: str = ""
    themes: list[str] = Field(sa_column=Column(JSON, nullable=False))
    cpv: list[str] = Field(sa_column=Column(JSON, nullable=False))
    stage: str
    seeks: str = Field(sa_column=Column(Text, nullable=False))
    offers: str = Field(sa_column=Column(Text, nullable=False))
    maturity: int
    urgency: str
    visibility: str
    meeting_mode: str
    working_languages: list[str] = Field(sa_column=Column(JSON, nullable=False))
    until: date | None = Field(default=None, index=True)

    @classmethod
    def from_draft(
        cls, key: str, member: Member, draft: ChallengeDraft, version: int, *, sample: bool
    ) -> "Challenge":
        """Make the row of a challenge that a member registers now."""
        said = draft.model_dump(mode="json", exclude={"until"})
        return cls(
            id=key,
            unit_id=member.unit_id,
            version=version,
            registered_at=datetime.now(UTC),
            registered_by=member.person_id,
            sample=sample,
            until=draft.until,
            **said,
        )

    def take(self, draft: ChallengeDraft, version: int) -> None:
        """Take over what a draft says, as a new version."""
        self.version = version
        for name, value in draft.model_dump(mode="json", exclude={"until"}).items():
            setattr(self, name, value)
        self.until = draft.until

    def revise(self, draft: ChallengeDraft, version: int) -> None:
        """
        Take over a revised draft.

        Raises
        ------
        ChallengeNotOpen
            When the challenge was withdrawn or its time ran out.
        """
        self._must_be_open()
        self.take(draft, version)

    def close(self, status: ChallengeStatus, version: int) -> None:
        """
        Close the challenge: withdrawn by its unit, or expired.

        Raises
        ------
        ChallengeNotOpen
            When it is closed already.
        """
        self._must_be_open()
        self.status, self.version = status, version

    def _must_be_open(self) -> None:
        if self.status != ChallengeStatus.OPEN:
            raise ChallengeNotOpen(self.id)

    def draft(self) -> ChallengeDraft:
        """Return what the unit told."""
        return ChallengeDraft.model_validate(self._values(set(ChallengeDraft.model_fields)))

    def card(self) -> ChallengeCard:
        """Return the challenge as others may know it."""
        return ChallengeCard.model_validate(self._values(set(ChallengeCard.model_fields)))

    def _values(self, names: set[str]) -> dict[str, Any]:
        return {name: getattr(self, name) for name in names}


class SavedDraft(SQLModel, table=True):
    """A form that a person has begun and not sent: theirs alone, announced to nobody."""

    __tablename__ = "challenges_draft"

    person_id: str = Field(primary_key=True)
    unit_id: str = Field(primary_key=True)
    fields: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    """What stands in the form, by field, not checked in any way."""
    saved_at: datetime = Field(sa_column=Column(Moment, nullable=False))
