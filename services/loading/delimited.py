"""Rows of a CSV file, in UTF-8, apart by semicolon, comma or tab."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from services.loading.limits import Limits
from services.loading.lines import BadFile, FileFault

DELIMITERS = ";,\t"
UTF_8 = 'UTF-8; in Excel, save as "CSV UTF-8"'


def csv_rows(path: Path, limits: Limits) -> Iterator[tuple[int, list[str]]]:
    """
    Read rows with their numbers, the heading as row 1; empty ones are left out.

    Raises
    ------
    BadFile
        When the text is not UTF-8 or no CSV, with the row where it stops.
    """
    with path.open("rb") as file:
        text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
        rows = csv.reader(_lines(text, limits), delimiter=_delimiter(path), strict=True)
        number = 0
        try:
            for number, cells in enumerate(rows, start=1):
                if any(cells):
                    yield number, cells
        except UnicodeDecodeError as error:
            raise BadFile(_not_utf_8(number, error)) from None
        except csv.Error as error:
            wrong = f"no CSV: {error}"
            raise _bad(number + 1, wrong, "cells in quotes are closed again") from None


def _lines(text: io.TextIOWrapper, limits: Limits) -> Iterator[str]:
    number = 0
    while line := text.readline(limits.line_chars + 1):
        number += 1
        if len(line) > limits.line_chars:
            raise _bad(number, "the line is too long", f"at most {limits.line_chars} characters")
        if "\x00" in line:
            raise _bad(number, "the line holds a NUL character", "plain text")
        yield line


def _delimiter(path: Path) -> str:
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        heading = file.readline(10_000)
    return max(DELIMITERS, key=heading.count)


def _not_utf_8(row: int, error: UnicodeDecodeError) -> FileFault:
    byte = error.object[error.start]
    if error.object[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return FileFault(wrong="the text is UTF-16", accepted=UTF_8)
    guess = bytes([byte]).decode("cp1252", errors="replace")
    wrong = f"byte 0x{byte:02X} is not UTF-8 ({guess!r} in Windows-1252)"
    return FileFault(row=row + 1, wrong=wrong, accepted=UTF_8)


def _bad(row: int, wrong: str, accepted: str) -> BadFile:
    return BadFile(FileFault(row=row, wrong=wrong, accepted=accepted))
