"""Rows of an XLSX file, weighed before it is opened: a small file may unfold to anything."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZIP_STORED, BadZipFile, ZipFile

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from services.loading.limits import Limits
from services.loading.lines import BadFile, FileFault
from services.loading.weighing import Unsafe, weigh

A_WORKBOOK = "an XLSX workbook, as Excel and LibreOffice save it"


def workbook_rows(path: Path, limits: Limits) -> Iterator[tuple[str, int, list[Any]]]:
    """
    Read rows of every sheet: its name, the row's number, the cells; empty rows are left out.

    Raises
    ------
    BadFile
        When it is no workbook, locked by a password, or larger than the limits allow.
    """
    try:
        book = CalamineWorkbook.from_filelike(_repacked(path, limits))
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            first = sheet.start[0] + 1 if sheet.start else 1
            rows = sheet.to_python(skip_empty_area=True)
            left = sheet.start[1] if sheet.start else 0
            for number, cells in enumerate(rows, start=first):
                if any(cell != "" for cell in cells):
                    yield name, number, [""] * left + cells
    except PasswordError:
        raise _bad("locked by a password", "a workbook without a password") from None
    except (BadZipFile, CalamineError) as error:
        raise _bad(f"no workbook: {error}", A_WORKBOOK) from None


def _repacked(path: Path, limits: Limits) -> io.BytesIO:
    """
    Copy the workbook's XML parts to memory, no more of each than its directory promises.

    The reader below unpacks until a part ends, whatever the directory says.
    """
    copy, unpacked = io.BytesIO(), 0
    try:
        with ZipFile(path) as packed, ZipFile(copy, "w", ZIP_STORED) as target:
            parts = [one for one in packed.infolist() if one.filename.endswith((".xml", ".rels"))]
            if sum(part.file_size for part in parts) > limits.unpacked_bytes:
                raise _bad("too large when unpacked", _size(limits))
            contents = []
            for part in parts:
                data = packed.read(part)
                unpacked += len(data)
                target.writestr(part.filename, data)
                contents.append(data)
            weigh(contents, limits)
    except Unsafe as unsafe:
        raise _bad(unsafe.wrong, unsafe.accepted) from None
    # What zipfile raises on parts that it cannot read: a password, or compression that it does
    # not know (RuntimeError and one of its kinds), a file cut off (EOFError, OSError).
    except (RuntimeError, EOFError, OSError) as error:
        raise _bad(f"no workbook: {error}", A_WORKBOOK) from None
    copy.seek(0)
    return copy


def _size(limits: Limits) -> str:
    return f"at most {limits.unpacked_bytes} bytes of unpacked XML"


def _bad(wrong: str, accepted: str) -> BadFile:
    return BadFile(FileFault(wrong=wrong, accepted=accepted))
