"""Questions that pages and other systems ask at once, over request/reply."""

from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from schemas.base import Schema
from schemas.codes import CpvCode, TextLanguage, ThemeKey
from schemas.groups import Peer
from schemas.ids import ChallengeId, UnitId
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
