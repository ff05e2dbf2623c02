"""A file looked through once: what is in order, what is wrong, what stands twice."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from schemas.pool_lines import ChallengeLine, UnitLine
from services.loading.actions import key_of
from services.loading.limits import Limits
from services.loading.lines import FileFault, Found, Line
from services.loading.reading import read_file
from services.loading.report import Report

Place = tuple[str, int]


@dataclass
class Survey:
    """What the later passes over the same file need to know."""

    path: Path
    skip_unknown: bool
    limits: Limits
    bad: set[Place] = field(default_factory=set)
    units: dict[str, bytes] = field(default_factory=dict)
    """Units of the file by key, packed: a challenge may come before its unit."""

    def sound(self, *, challenges: bool) -> Iterator[Found]:
        """Read the file again: its challenges, or everything else."""
        for one in read_file(self.path, skip_unknown=self.skip_unknown, limits=self.limits):
            if not isinstance(one, Found) or (one.sheet, one.row) in self.bad:
                continue
            if isinstance(one.line, ChallengeLine) is challenges:
                yield one

    def unit(self, key: str) -> UnitLine | None:
        """The unit of a key, when the file holds it."""
        packed = self.units.get(key)
        return UnitLine.model_validate_json(packed) if packed is not None else None


def survey(path: Path, report: Report, *, skip_unknown: bool, limits: Limits) -> Survey:
    """
    Look a file through, noting its faults in the report.

    Raises
    ------
    BadFile
        When it cannot be read to its end.
    """
    found = Survey(path, skip_unknown, limits)
    seen: dict[tuple[str, ...], Place] = {}
    for one in read_file(path, skip_unknown=skip_unknown, limits=limits):
        report.rows += 1
        faults = _repeats(one, seen) if isinstance(one, Found) else one
        for fault in faults:
            report.add(fault)
            found.bad.add((fault.sheet, fault.row))
        if isinstance(one, Found) and not faults and isinstance(one.line, UnitLine):
            found.units[key_of(one.line)] = one.line.model_dump_json().encode()
    return found


def _repeats(one: Found, seen: dict[tuple[str, ...], Place]) -> tuple[FileFault, ...]:
    for column, value, mark in _marks(one.line):
        first = seen.setdefault(mark, (one.sheet, one.row))
        if first != (one.sheet, one.row):
            where = f"sheet {first[0]!r}, row {first[1]}" if first[0] else f"row {first[1]}"
            wrong, accepted = f"{value!r} stands in {where} already", "each of them once"
            return (_fault(one, column, wrong, accepted),)
    return ()


def _marks(line: Line) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    yield "id", line.id or "the same", (line.type, "id", key_of(line))
    if isinstance(line, ChallengeLine):
        title = line.title.casefold()
        yield "title", line.title, (line.type, "title", line.unit_id, title)
    if isinstance(line, UnitLine):
        for business_id in line.business_ids:
            yield "business_ids", business_id.y_tunnus, ("y_tunnus", business_id.y_tunnus)


def _fault(one: Found, column: str, wrong: str, accepted: str) -> FileFault:
    return FileFault(row=one.row, sheet=one.sheet, column=column, wrong=wrong, accepted=accepted)
