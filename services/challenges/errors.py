"""Refusals of the challenges."""

from schemas.errors import Conflict, NotAllowed, NotFound, Refused


class UnknownChallenge(NotFound):
    """There is no such challenge."""

    code = "unknown-challenge"


class SameChallengeOpen(Conflict):
    """The unit has an open challenge of this title."""

    code = "same-challenge-open"


class ChallengeIdTaken(Conflict):
    """Another challenge has this id."""

    code = "challenge-id-taken"


class ChallengeNotOpen(Conflict):
    """The challenge is no longer open."""

    code = "challenge-not-open"


class ChallengeChanged(Conflict):
    """Somebody changed the challenge in the meantime."""

    code = "challenge-changed"


class NotYourChallenge(NotAllowed):
    """The challenge is another unit's."""

    code = "not-your-challenge"


class UnknownTheme(Refused):
    """There is no theme with this key."""

    code = "unknown-theme"


class UntilHasPassed(Refused):
    """The last day of a challenge cannot have passed."""

    code = "until-has-passed"
