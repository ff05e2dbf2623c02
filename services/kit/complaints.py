"""
What was wrong with what came in: field, problem, what is accepted.

Every way in says it alike: the form, the HTTP interface, requests on the stream, files.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from services.look.complaints import Complaint

PERSONAL = {
    "an e-mail address": "personal_email",
    "a personal identity code": "personal_code",
    "a telephone number": "personal_phone",
    "NUL character": "control_character",
}
ACCEPTED = {
    "missing": "a value",
    "extra_forbidden": "only the fields of the schema",
    "string_too_short": "at least {min_length} characters",
    "string_too_long": "at most {max_length} characters",
    "too_short": "at least {min_length} items",
    "too_long": "at most {max_length} items",
    "string_pattern_mismatch": "text of the form {pattern}",
    "enum": "{expected}",
    "literal_error": "{expected}",
    "greater_than_equal": "a number of at least {ge}",
    "less_than_equal": "a number of at most {le}",
    "int_parsing": "a whole number",
    "float_parsing": "a number",
    "bool_parsing": "true or false",
    "date_from_datetime_parsing": "a day as YYYY-MM-DD",
    "date_parsing": "a day as YYYY-MM-DD",
    "datetime_parsing": "a moment as in RFC 3339, 2026-11-03T14:05:00Z",
    "json_invalid": "JSON as in RFC 8259",
    "string_type": "text",
    "int_type": "a whole number",
    "tuple_type": "a list",
    "list_type": "a list",
    "model_attributes_type": "an object",
    "dict_type": "an object",
}


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
    return tuple(_complaint(error, skip) for error in errors)


def _complaint(error: Mapping[str, Any], skip: int) -> Complaint:
    limits = {name: value for name, value in error.get("ctx", {}).items() if name != "error"}
    return Complaint(
        field=".".join(str(part) for part in error["loc"][skip:]),
        type=_type(error),
        problem=str(error["msg"]).removeprefix("Value error, "),
        accepted=ACCEPTED.get(error["type"], "").format_map(_Known(limits)),
        limits=limits,
    )


def _type(error: Mapping[str, Any]) -> str:
    """Tell apart the refusals of our own validators, all ``value_error`` to pydantic."""
    if error["type"] == "value_error":
        return next(
            (ours for said, ours in PERSONAL.items() if said in error["msg"]), "value_error"
        )
    return str(error["type"])


class _Known(dict[str, object]):
    def __missing__(self, name: str) -> str:
        return f"the {name} given"
