"""
What another system may ask over NATS, and with what: the subjects of request and reply.

The answer is ``Done`` or ``NotDone`` of ``schemas.answers``. Asking again with the same
``id`` and the same content changes nothing and is answered alike.
"""

from typing import Annotated, Any, NamedTuple

from pydantic import Field, create_model

from schemas.base import Schema
from schemas.challenges import ChallengeDraft
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


class ChallengeKey(Schema):
    """A challenge by its key, and the version that the sender has seen."""

    id: ChallengeId
    version: Version | None = None
    """Refused when the challenge has another version by now; none asks for no check."""


def _optional() -> dict[str, Any]:
    fields = ChallengeDraft.model_fields.items()
    return {name: (field.rebuild_annotation() | None, None) for name, field in fields}


ChallengeChange = create_model(
    "ChallengeChange",
    __base__=ChallengeKey,
    __doc__="The fields of a challenge that change; those that are left out stay.",
    __module__=__name__,
    **_optional(),
)


class Ask(NamedTuple):
    """One subject, what it takes, and what it does."""

    subject: str
    takes: type[Schema]
    says: str


ASKS: tuple[Ask, ...] = (
    Ask("piiri.ask.units.join", UnitDraft, "Let a unit join, or revise its profile."),
    Ask("piiri.ask.challenges.register", ChallengeEntry, "Register a challenge of a unit."),
    Ask("piiri.ask.challenges.revise", ChallengeChange, "Change some fields of a challenge."),
    Ask("piiri.ask.challenges.withdraw", ChallengeKey, "Withdraw a challenge."),
)
