"""A rule's refusal in the words of the schema: which field, what was wrong, what is accepted."""

from collections.abc import Callable

from schemas.answers import FieldFault, NotDone
from schemas.errors import Conflict, PiiriError
from services.challenges.themes import themes
from services.directory.reference import regions
from services.kit.forms import Misfilled
from services.look.complaints import complaint_text


class VersionPassed(Conflict):
    """It has another version by now."""

    code = "version-passed"


FIELDS: dict[str, tuple[str, Callable[[], str]]] = {
    "unknown-theme": ("themes", lambda: "one of " + ", ".join(themes())),
    "unknown-region": ("regions", lambda: "one of " + ", ".join(sorted(regions()))),
    "unknown-unit": ("unit_id", lambda: "the key of a unit that has joined"),
    "unit-not-named": ("unit_id", lambda: "the key of a unit that has joined"),
    "unit-joined-already": ("id", lambda: "a key that no unit has"),
    "y-tunnus-taken": ("business_ids", lambda: "a Y-tunnus that no other unit has"),
    "unknown-challenge": ("id", lambda: "the key of a challenge"),
    "challenge-id-taken": ("id", lambda: "a key that no other challenge has"),
    "challenge-changed": ("version", lambda: "the version it has now"),
    "version-passed": ("version", lambda: "the version it has now"),
    "challenge-not-open": ("id", lambda: "the key of a challenge that is open"),
    "same-challenge-open": ("title", lambda: "a title that no open challenge of the unit has"),
    "until-has-passed": ("until", lambda: "today or a later day"),
    "not-in-the-list": ("after", lambda: "`next` of the part before, or nothing"),
    "not-your-challenge": ("unit_id", lambda: "the unit that the challenge is of"),
}
"""The field that a refusal is about, by its code."""


def faults_of(error: PiiriError) -> tuple[FieldFault, ...]:
    """Say what a refusal is about; a form that is filled wrongly says it of each field."""
    if isinstance(error, Misfilled):
        return tuple(
            FieldFault(
                field=one.field, wrong=complaint_text(one, "en"), accepted="as the schema says"
            )
            for one in error.complaints
        )
    field, accepted = FIELDS.get(error.code, ("", lambda: ""))
    return (FieldFault(field=field, wrong=str(error), accepted=accepted()),)


def not_done(error: PiiriError) -> NotDone:
    """Answer a refusal."""
    return NotDone(code=error.code, errors=faults_of(error))
