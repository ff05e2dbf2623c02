"""Refusals of the HTTP interface itself."""

from schemas.errors import NotAllowed, NotFound, Refused
from services.access.errors import NotSignedIn


class KeyNotAccepted(NotSignedIn):
    """A valid key is needed, as Authorization: Bearer piiri_…."""


class KeyReadsOnly(NotAllowed):
    """This key may read only."""

    code = "key-reads-only"


class UnknownKey(NotFound):
    """There is no key of this prefix."""

    code = "unknown-key"


class KeyIncomplete(Refused):
    """The role needs to know whom the key acts for."""

    code = "key-incomplete"


class UnitNotNamed(Refused):
    """This key acts for every unit, so the request has to name one."""

    code = "unit-not-named"


class IfMatchUnclear(Refused):
    """If-Match holds one ETag as it was given, or an asterisk."""

    code = "if-match-unclear"
