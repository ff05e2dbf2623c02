"""
Units and challenges as JSON Lines: one object a line, told apart by ``type``.

::

    {"type": "unit", "id": "KU091", "kind": "municipality", "name": {"fi": "Helsinki"},
     "regions": ["01"], "languages": ["fi", "sv"]}
    {"type": "challenge", "id": "c1", "unit_id": "KU091", "title": "…", "text": "…"}

A ``unit`` line has the fields of ``UnitDraft``; a ``challenge`` line those of
``ChallengeDraft`` and ``unit_id``, ``id`` and ``sample``. Order is free: a challenge may
come before its unit. Empty lines and lines that begin with ``#`` are skipped.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError

from schemas.base import Schema
from schemas.challenges import ChallengeDraft
from schemas.ids import ChallengeId, UnitId
from schemas.units import UnitDraft

QUOTED_UP_TO = 60
"""Characters of a refused value that a fault repeats."""
FREE_TEXT = frozenset({"title", "text", "seeks", "offers"})
"""Fields whose value is never repeated in a fault: it may hold personal data."""


class UnitLine(UnitDraft):
    """A line that tells of a unit."""

    type: Literal["unit"] = "unit"


class ChallengeLine(ChallengeDraft):
    """A line that tells of a unit's challenge."""

    type: Literal["challenge"] = "challenge"
    id: ChallengeId | None = None
    """The sender's stable key, by which a second load knows the challenge again."""
    unit_id: UnitId
    sample: bool = False
    """True for made-up sample data, which every screen marks as such."""


PoolLine = Annotated[UnitLine | ChallengeLine, Field(discriminator="type")]
POOL_LINE: TypeAdapter[UnitLine | ChallengeLine] = TypeAdapter(PoolLine)


class LineFault(Schema):
    """What was wrong in one line: where, what, and what would be accepted."""

    line: Annotated[int, Field(ge=1)]
    field: str = ""
    """Path of the field, ``business_ids.0.y_tunnus``; empty when the line is no object."""
    message: str

    def __str__(self) -> str:
        where = f", field {self.field}" if self.field else ""
        return f"line {self.line}{where}: {self.message}"


class BadLine(ValueError):
    """A line that is no unit and no challenge; ``faults`` says why."""

    def __init__(self, faults: tuple[LineFault, ...]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


def parse_line(text: str | bytes, line: int) -> UnitLine | ChallengeLine | None:
    """
    Read one line; None when it is empty or a comment.

    Raises
    ------
    BadLine
        With one fault for each field that was refused.
    """
    try:
        text = text.decode("utf-8-sig") if isinstance(text, bytes) else text.lstrip("\ufeff")
        if not text.strip() or text.lstrip().startswith("#"):
            return None
        value = json.loads(text)
    except UnicodeDecodeError as error:
        raise BadLine((LineFault(line=line, message=f"not UTF-8: {error}"),)) from None
    except (json.JSONDecodeError, RecursionError) as error:
        raise BadLine((LineFault(line=line, message=f"not a JSON object: {error}"),)) from None
    if not isinstance(value, dict):
        message = f"a line is a JSON object, got {type(value).__name__}"
        raise BadLine((LineFault(line=line, message=message),))
    try:
        return POOL_LINE.validate_json(text)
    except ValidationError as error:
        raise BadLine(tuple(_faults(error, line))) from None


def parse_lines(
    lines: Iterable[str | bytes],
) -> Iterator[tuple[int, UnitLine | ChallengeLine | BadLine]]:
    """Read lines one by one with their numbers from 1; a bad line is given, not raised."""
    for number, text in enumerate(lines, start=1):
        try:
            item = parse_line(text, number)
        except BadLine as bad:
            yield number, bad
            continue
        if item is not None:
            yield number, item


def _faults(error: ValidationError, line: int) -> Iterator[LineFault]:
    for part in error.errors(include_url=False):
        path = [str(step) for step in part["loc"]]
        if path and path[0] in ("unit", "challenge"):
            path = path[1:]
        if not path and part["type"].startswith("union_tag"):
            path = ["type"]
        message = part["msg"].removeprefix("Value error, ") + _quoted(path, part["input"])
        yield LineFault(line=line, field=".".join(path), message=message)


def _quoted(path: list[str], value: Any) -> str:
    if not path or path[0] in FREE_TEXT or isinstance(value, dict | list):
        return ""
    shown = repr(value)
    return f", got {shown if len(shown) <= QUOTED_UP_TO else shown[:QUOTED_UP_TO] + '…'}"
