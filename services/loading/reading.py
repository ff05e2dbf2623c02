"""A file read line by line: each is in order, or has faults with row and column."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from services.loading.delimited import csv_rows
from services.loading.headings import Headings
from services.loading.json_lines import json_rows
from services.loading.limits import LIMITS, Limits
from services.loading.lines import BadFile, FileFault, Found, Row, checked
from services.loading.workbook import workbook_rows

Read = Found | tuple[FileFault, ...]
Cells = Iterator[tuple[str, int, list[Any]]]


def read_file(path: Path, *, skip_unknown: bool = False, limits: Limits = LIMITS) -> Iterator[Read]:
    """
    Read units, challenges and agents, one by one; memory does not grow with a text file.

    Raises
    ------
    BadFile
        When the file is not there, of no known kind, too large, or breaks off.
    """
    _check_size(path, limits)
    read = READERS.get(path.suffix.lower())
    if read is None:
        wrong = f"the name ends in {path.suffix!r}" if path.suffix else "the name has no ending"
        raise _bad(0, wrong, "one of " + ", ".join(READERS))
    for count, found in enumerate(read(path, skip_unknown, limits), start=1):
        if count > limits.rows:
            raise _bad(0, "too many rows", f"at most {limits.rows}; split the file")
        yield found


def _check_size(path: Path, limits: Limits) -> None:
    try:
        size = path.stat().st_size
        with path.open("rb"):
            pass
    except OSError as error:
        raise _bad(0, error.strerror or "not readable", "a file that can be read") from None
    if size > limits.file_bytes:
        raise _bad(0, f"{size} bytes", f"at most {limits.file_bytes} bytes; split the file")


def _json(path: Path, _: bool, limits: Limits) -> Iterator[Read]:
    for number, value in json_rows(path, limits):
        if isinstance(value, FileFault):
            yield (value,)
        else:
            yield checked(Row(number, "", value, {}))


def _csv(path: Path, skip_unknown: bool, limits: Limits) -> Iterator[Read]:
    cells = (("", number, list(row)) for number, row in csv_rows(path, limits))
    yield from _table(cells, skip_unknown=skip_unknown, limits=limits)


def _xlsx(path: Path, skip_unknown: bool, limits: Limits) -> Iterator[Read]:
    yield from _table(workbook_rows(path, limits), skip_unknown=skip_unknown, limits=limits)


def _table(cells: Cells, *, skip_unknown: bool, limits: Limits) -> Iterator[Read]:
    headings: Headings | None = None
    sheet = None
    for name, number, row in cells:
        if name != sheet or headings is None:
            sheet, headings = name, Headings(row, name, skip_unknown=skip_unknown)
            if headings.faults:
                yield headings.faults
        elif not headings.faults:
            yield _row(headings, name, number, row, limits)


def _row(headings: Headings, sheet: str, number: int, row: list[Any], limits: Limits) -> Read:
    many = len(headings.texts)
    if any(cell not in (None, "") for cell in row[many:]):
        wrong, accepted = f"{len(row)} cells", f"{many} cells, as in the heading"
        return (FileFault(row=number, sheet=sheet, wrong=wrong, accepted=accepted),)
    if sum(len(str(cell)) for cell in row) > limits.line_chars:
        accepted = f"at most {limits.line_chars} characters"
        return (FileFault(row=number, sheet=sheet, wrong="too long", accepted=accepted),)
    return checked(Row(number, sheet, headings.value(row), headings.columns()))


def _bad(row: int, wrong: str, accepted: str) -> BadFile:
    return BadFile(FileFault(row=row, wrong=wrong, accepted=accepted))


READERS: dict[str, Callable[[Path, bool, Limits], Iterator[Read]]] = {
    ".csv": _csv,
    ".xlsx": _xlsx,
    ".jsonl": _json,
    ".ndjson": _json,
}
