"""
The tree of errors, by what the reader can do about them.

::

    PiiriError
    ├── Refused        a rule says no: tell the person, never retry
    │   ├── NotFound
    │   ├── NotAllowed
    │   └── Conflict
    ├── Unavailable    something outside did not answer: again later
    └── Broken         our own promise failed: keep aside, raise the alarm

Leaves live in the contexts and add a stable ``code`` that screens translate.
"""

from typing import ClassVar


class PiiriError(Exception):
    """Anything the product says no with."""

    code: ClassVar[str] = "error"
    sentence: ClassVar[str] = ""
    """What screens say, where several sentences share a code; empty: what the code says."""
    names: ClassVar[tuple[str, ...]] = ()
    """What the facts are called in the sentence of a screen, in their order."""

    def __init__(self, *facts: object) -> None:
        super().__init__(*facts)
        self.facts = tuple(str(fact) for fact in facts)

    def __str__(self) -> str:
        """The docstring's first line and the facts it is about."""
        rule = (self.__doc__ or self.code).strip().splitlines()[0].rstrip(".")
        return f"{rule}: {', '.join(self.facts)}" if self.facts else rule


class Refused(PiiriError):
    """A rule says no."""

    code = "refused"


class NotFound(Refused):
    """There is no such thing."""

    code = "not-found"


class NotAllowed(Refused):
    """This person may not do this."""

    code = "not-allowed"


class Conflict(Refused):
    """The state does not allow this any more."""

    code = "conflict"


class Unavailable(PiiriError):
    """Something outside did not answer."""

    code = "unavailable"


class Broken(PiiriError):
    """Our own promise failed."""

    code = "broken"
