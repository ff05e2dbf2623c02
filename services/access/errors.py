"""Refusals of sign-in and roles."""

from schemas.errors import Broken, Conflict, NotAllowed, NotFound


class NotSignedIn(NotAllowed):
    """Sign in first."""

    code = "not-signed-in"


class RoleNeeded(NotAllowed):
    """This needs another role."""

    code = "role-needed"


class UnknownPerson(NotFound):
    """There is no such person."""

    code = "unknown-person"


class LinkSpent(Conflict):
    """This sign-in link was used or is too old."""

    code = "link-spent"


class WrongInstallation(Broken):
    """The store belongs to another kind of installation."""

    code = "wrong-installation"
