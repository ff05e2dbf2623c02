"""Questions that pages and other systems ask at once, over request/reply."""

from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from schemas.base import Schema
from schemas.codes import CpvCode, TextLanguage, ThemeKey
from schemas.groups import Peer, Place, Variant
from schemas.ids import ChallengeId, GroupId, ProposalId, UnitId
from schemas.reasons import Concept


class PeersQuestion(Schema):
    """A question: who shares this challenge, or this text that nobody has registered yet."""

    subject: ClassVar[str] = "piiri.ask.matching.peers"

    challenge_id: ChallengeId | None = None
    title: Annotated[str, Field(max_length=160)] = ""
    text: Annotated[str, Field(max_length=6000)] = ""
    language: TextLanguage = ""
    themes: tuple[ThemeKey, ...] = ()
    unit_id: UnitId | None = None
    """Who asks: its own challenges are left out, distance and language are from there."""
    limit: Annotated[int, Field(ge=1, le=50)] = 8

    @model_validator(mode="after")
    def _about_something(self) -> Self:
        if self.challenge_id is None and not (self.title or self.text):
            raise ValueError("give challenge_id, or a title or text")
        return self


class PeersAnswer(Schema):
    """Peers, strongest first, and what was understood of the text."""

    peers: tuple[Peer, ...] = ()
    language: TextLanguage = ""
    concepts: tuple[Concept, ...] = ()
    themes: tuple[ThemeKey, ...] = ()
    """Suggested, never forced."""
    cpv: tuple[CpvCode, ...] = ()


class PlacesQuestion(Schema):
    """A question: where else could this challenge go, and what forbids it."""

    subject: ClassVar[str] = "piiri.ask.matching.places"

    challenge_id: ChallengeId
    limit: Annotated[int, Field(ge=1, le=20)] = 5


class PlacesAnswer(Schema):
    """Groups, the fewest rules in the way first, then the best fit."""

    known: bool = True
    """Whether the pool has the challenge; one just registered is not in it yet."""
    places: tuple[Place, ...] = ()


class VariantsQuestion(Schema):
    """A question: how else could this proposed group be made."""

    subject: ClassVar[str] = "piiri.ask.matching.variants"

    proposal_id: ProposalId
    limit: Annotated[int, Field(ge=1, le=4)] = 3


class RefillQuestion(Schema):
    """A question: who could take a free seat of an approved group; answered by ``Refill``."""

    subject: ClassVar[str] = "piiri.ask.matching.refill"

    group_id: GroupId
    limit: Annotated[int, Field(ge=1, le=20)] = 5


class QualityQuestion(Schema):
    """A question: how good are the present proposals together; answered by ``Quality``."""

    subject: ClassVar[str] = "piiri.ask.matching.quality"


class VariantsAnswer(Schema):
    """Other ways of making the group, each better in something than the present."""

    variants: tuple[Variant, ...] = ()
