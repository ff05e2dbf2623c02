"""
What another system may ask over NATS, and with what: the subjects of request and reply.

Changes are answered by ``Done`` or ``NotDone`` of ``schemas.answers``. Asking again with
the same ``id`` and the same content changes nothing and is answered alike.
"""

from typing import Annotated, NamedTuple

from pydantic import Field

from schemas.answers import Done
from schemas.asking import PeersAnswer, PeersQuestion
from schemas.base import Schema
from schemas.challenges import ChallengeDraft, ChallengePatch
from schemas.ids import ChallengeId, UnitId
from schemas.units import UnitDraft

Version = Annotated[int, Field(ge=1)]


class ChallengeEntry(ChallengeDraft):
    """A challenge and whose it is."""

    id: ChallengeId | None = None
    """The sender's stable key, by which a second entry is known again; made when missing."""
    unit_id: UnitId
    sample: bool = False
    """True for made-up sample data, which every screen marks as such."""

    def draft(self) -> ChallengeDraft:
        """The challenge without whose it is."""
        return ChallengeDraft(**{name: getattr(self, name) for name in ChallengeDraft.model_fields})


class ChallengeKey(Schema):
    """A challenge by its key, and the version that the sender has seen."""

    id: ChallengeId
    version: Version | None = None
    """Refused when the challenge has another version by now; none asks for no check."""


class ChallengeChange(ChallengePatch, ChallengeKey):
    """The fields of a challenge that change; those that are left out stay."""

    def patch(self) -> ChallengePatch:
        """The change without what it is made to."""
        given = self.model_fields_set & ChallengePatch.model_fields.keys()
        return ChallengePatch(**{name: getattr(self, name) for name in given})


class Ask(NamedTuple):
    """One subject, what it takes, what it does, and the answer when that went well."""

    subject: str
    takes: type[Schema]
    says: str
    answers: type[Schema] = Done


ASKS: tuple[Ask, ...] = (
    Ask("piiri.ask.units.join", UnitDraft, "Let a unit join, or revise its profile."),
    Ask("piiri.ask.challenges.register", ChallengeEntry, "Register a challenge of a unit."),
    Ask("piiri.ask.challenges.revise", ChallengeChange, "Change some fields of a challenge."),
    Ask("piiri.ask.challenges.withdraw", ChallengeKey, "Withdraw a challenge."),
    Ask(
        PeersQuestion.subject,
        PeersQuestion,
        "Find who shares a challenge, or a text that nobody has registered yet.",
        PeersAnswer,
    ),
)
