"""What every value and every event has in common."""

from datetime import UTC, datetime
from typing import Annotated, ClassVar, Self
from uuid import UUID, uuid4

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from schemas.personal_data import without_personal_data


class Schema(BaseModel):
    """A frozen value that crosses a boundary; unknown fields are refused."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", str_strip_whitespace=True, allow_inf_nan=False
    )


class Event(BaseModel):
    """
    A fact, in the past tense, as it travels on the stream.

    Unknown fields are skipped, so that a writer may be upgraded before its readers.
    A field whose meaning must change is a new event with a new ``type_version``.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    fact: ClassVar[str]
    """Context and fact, ``challenges.registered``; subject and type derive from it."""
    type_version: ClassVar[int] = 1

    id: UUID = Field(default_factory=uuid4)
    time: AwareDatetime = Field(default_factory=lambda: datetime.now(UTC))
    correlation_id: UUID | None = None
    """The id of the first event of the chain this one belongs to."""
    causation_id: UUID | None = None
    """The id of the event that this one answers; none for a person's act."""
    sample: bool = False
    """True when any part of the event is made-up sample data."""

    @property
    def key(self) -> str:
        """The ordering unit: events of one key are heard in the order of their making."""
        raise AttributeError(f"{type(self).__name__} names no ordering unit")

    @property
    def subject(self) -> str:
        """Where the event is published, ``piiri.challenges.registered.<key>``."""
        return f"piiri.{self.fact}.{self.key}"

    @classmethod
    def type_name(cls) -> str:
        """The CloudEvents type, ``piiri.challenges.registered.v1``."""
        return f"piiri.{cls.fact}.v{cls.type_version}"

    def caused_by(self, cause: "Event | None") -> Self:
        """Link this event to the one it answers, or start a chain of its own."""
        if cause is None:
            return self.model_copy(update={"correlation_id": self.correlation_id or self.id})
        return self.model_copy(
            update={
                "correlation_id": cause.correlation_id or cause.id,
                "causation_id": cause.id,
            }
        )


class Names(Schema):
    """A name in the three languages; a missing one falls back to Finnish."""

    fi: Annotated[str, Field(min_length=1, max_length=200)]
    sv: Annotated[str, Field(max_length=200)] = ""
    en: Annotated[str, Field(max_length=200)] = ""

    def text(self, lang: str) -> str:
        """Return the name in a language, else in Finnish."""
        return {"sv": self.sv, "en": self.en}.get(lang, self.fi) or self.fi


def _organisation(names: Names) -> Names:
    for name in (names.fi, names.sv, names.en):
        without_personal_data(name)
    return names


OrganisationNames = Annotated[Names, AfterValidator(_organisation)]
"""The name of an organisation, which holds no personal data."""
