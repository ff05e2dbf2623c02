"""Refusals of the directory."""

from schemas.errors import Conflict, NotFound, Refused


class UnknownUnit(NotFound):
    """There is no such unit."""

    code = "unknown-unit"


class UnitJoinedAlready(Conflict):
    """A unit with this id joined already."""

    code = "unit-joined-already"


class YTunnusTaken(Conflict):
    """This Y-tunnus belongs to another unit at that time."""

    code = "y-tunnus-taken"


class UnknownRegion(Refused):
    """There is no region with this code."""

    code = "unknown-region"


class UnknownMunicipality(NotFound):
    """There is no municipality with this code."""

    code = "unknown-municipality"


class UnknownAgent(NotFound):
    """There is no such change agent."""

    code = "unknown-agent"
