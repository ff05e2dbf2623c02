"""What a file holds, line by line, and what was wrong with it."""

from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field, ValidationError

from schemas.agents import AgentDraft
from schemas.answers import FieldFault, field_faults, quoted
from schemas.base import Schema
from schemas.errors import Refused
from schemas.pool_lines import ChallengeLine, UnitLine


class AgentLine(AgentDraft):
    """A line that tells of a change agent; in JSON Lines only."""

    type: Literal["agent"] = "agent"
    sample: bool = False


Line = UnitLine | ChallengeLine | AgentLine
KINDS: dict[str, type[UnitLine] | type[ChallengeLine] | type[AgentLine]] = {
    "unit": UnitLine,
    "challenge": ChallengeLine,
    "agent": AgentLine,
}


class FileFault(Schema):
    """What was wrong in a file: where, what, and what would be accepted."""

    row: Annotated[int, Field(ge=0)] = 0
    """As a spreadsheet counts, the heading is row 1; 0 is the whole file."""
    column: str = ""
    """Heading of the column, or field of the JSON object."""
    sheet: str = ""
    wrong: str
    accepted: str

    def __str__(self) -> str:
        """Write the fault as one line of a report."""
        place = [f"sheet {self.sheet!r}"] if self.sheet else []
        place += [f"row {self.row}"] if self.row else []
        place += [f"column {self.column}"] if self.column else []
        where = ", ".join(place) or "the file"
        return f"{where}: {self.wrong}; accepted: {self.accepted}"


class BadFile(Refused):
    """The file cannot be read."""

    code = "bad-file"

    def __init__(self, fault: FileFault) -> None:
        super().__init__(str(fault))
        self.fault = fault


class Row(NamedTuple):
    """A line as it stands in the file, before it is checked."""

    row: int
    sheet: str
    value: dict[str, Any]
    columns: dict[str, str]
    """Path of a field to the heading it came from, where the two differ."""


class Found(NamedTuple):
    """A line that is in order."""

    row: int
    sheet: str
    line: Line


def checked(row: Row) -> Found | tuple[FileFault, ...]:
    """Check a row against the schema of its type."""
    kind = KINDS.get(str(row.value.get("type")))
    if kind is None:
        got = f"got {quoted(row.value['type'])}" if "type" in row.value else "missing"
        accepted = "one of " + ", ".join(KINDS)
        return (_at(row, FieldFault(field="type", wrong=got, accepted=accepted)),)
    try:
        return Found(row.row, row.sheet, kind.model_validate(row.value))
    except ValidationError as error:
        return tuple(_at(row, fault) for fault in field_faults(error, kind))


def _at(row: Row, fault: FieldFault) -> FileFault:
    column = row.columns.get(fault.field) or row.columns.get(fault.field.split(".")[0])
    return FileFault(
        row=row.row,
        sheet=row.sheet,
        column=column or fault.field,
        wrong=fault.wrong,
        accepted=fault.accepted,
    )
