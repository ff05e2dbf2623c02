"""What is wrong with a form, as the screens say it; programs are told by ``schemas.answers``."""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from services.look.complaints import Complaint

OUR_OWN = {
    "an e-mail address": "personal_email",
    "a personal identity code": "personal_code",
    "an identity code": "identity_code",
    "a telephone number": "personal_phone",
    "NUL character": "control_character",
}
"""What our validators say, and the type of complaint it is."""


def complaints(error: ValidationError) -> tuple[Complaint, ...]:
    """List what a schema complains of."""
    return from_errors(error.errors(include_url=False, include_input=False))


def from_errors(errors: Iterable[Mapping[str, Any]], skip: int = 0) -> tuple[Complaint, ...]:
    """
    Turn pydantic's errors into complaints.

    Parameters
    ----------
    skip
        How many leading parts of the location to leave out, such as ``body``.
    """
    return tuple(
        Complaint(
            field=".".join(str(part) for part in error["loc"][skip:]),
            type=_type(error),
            limits={name: limit for name, limit in error.get("ctx", {}).items() if name != "error"},
        )
        for error in errors
    )


def _type(error: Mapping[str, Any]) -> str:
    """Tell apart the refusals of our own validators, all ``value_error`` to pydantic."""
    if error["type"] == "value_error":
        found = (ours for said, ours in OUR_OWN.items() if said in error["msg"])
        return next(found, "value_error")
    return str(error["type"])
