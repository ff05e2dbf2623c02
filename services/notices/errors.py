"""Refusals of the notices."""

from schemas.errors import NotFound


class UnknownNotice(NotFound):
    """There is no such notice."""

    code = "unknown-notice"
