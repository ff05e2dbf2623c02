"""Refusals of the notices."""

from schemas.errors import NotFound, Unavailable


class UnknownNotice(NotFound):
    """There is no such notice."""

    code = "unknown-notice"


class UnknownFeedback(NotFound):
    """There is no such feedback."""

    code = "unknown-feedback"


class TooMuchFeedback(Unavailable):
    """More feedback came in an hour than people write."""

    code = "too-much-feedback"
