"""
What another system is answered: the key of what it asked for, or what was wrong.

Every way in answers bad input alike: field, what was wrong, what is accepted.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from schemas.accepted import at, described, schema_of
from schemas.base import Schema
from schemas.ids import Key

QUOTED_UP_TO = 60
"""Characters of a refused value that an answer repeats."""
Json = dict[str, Any]


class FieldFault(Schema):
    """What was wrong in one field, and what would be accepted."""

    field: str = ""
    """Path of the field, ``business_ids.0.y_tunnus``; empty for the whole."""
    wrong: str
    accepted: str = ""
    """Empty where no other value would help."""

    def __str__(self) -> str:
        where = f"{self.field}: " if self.field else ""
        accepted = f"; accepted: {self.accepted}" if self.accepted else ""
        return f"{where}{self.wrong}{accepted}"


class Done(Schema):
    """It was done, or had been done already: the key and the version it has now."""

    id: Key
    version: int = 1


class NotDone(Schema):
    """Nothing was changed, and why."""

    code: str
    """A stable name of the reason: ``misfilled``, or that of the rule that refused."""
    errors: tuple[FieldFault, ...]


def field_faults(error: ValidationError, kind: type[BaseModel]) -> tuple[FieldFault, ...]:
    """Say of each refused field what was wrong and what is accepted."""
    return part_faults(error.errors(include_url=False), kind)


def part_faults(parts: Iterable[Any], kind: type[BaseModel]) -> tuple[FieldFault, ...]:
    """Say the same of pydantic's errors that came by another way; ``loc`` starts in ``kind``."""
    root = schema_of(kind)
    return tuple(_fault(part, root) for part in parts)


def _fault(part: Any, root: Json) -> FieldFault:
    path, schema = at(root, part["loc"])
    name = ".".join(str(step) for step in path)
    if part["type"] == "extra_forbidden":
        name = ".".join(str(step) for step in part["loc"])
    return FieldFault(field=name, wrong=_wrong(part, schema), accepted=described(root, schema))


def _wrong(part: Any, schema: Json) -> str:
    match part["type"]:
        case "missing":
            return "missing"
        case "extra_forbidden":
            return "unknown field"
        case "json_invalid":
            return f"not JSON: {part['ctx']['error']}"
        case "value_error":
            return str(part["ctx"]["error"])
        case "string_too_short" | "string_too_long":
            return f"{len(part['input'])} characters"
        case "too_short" | "too_long":
            return f"{part['ctx']['actual_length']} items"
    return f"got {_shown(part['input'], schema)}"


def _shown(value: Any, schema: Json) -> str:
    # Free text is never repeated: it may hold what the answer's reader must not see.
    if isinstance(value, str) and not {"enum", "pattern", "format"} & schema.keys():
        return "text" if schema.get("type") == "string" else quoted(value)
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "a list"
    return quoted(value)


def quoted(value: object) -> str:
    """Show the beginning of a value."""
    shown = repr(value)
    return shown if len(shown) <= QUOTED_UP_TO else f"{shown[:QUOTED_UP_TO]}…"
