"""Objects of a JSON Lines file, one a line."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from services.loading.limits import Limits
from services.loading.lines import FileFault

ONE_OBJECT = "one JSON object a line, in UTF-8"


def json_rows(path: Path, limits: Limits) -> Iterator[tuple[int, dict[str, Any] | FileFault]]:
    """Read objects with their line numbers; empty lines and comments (#) are left out."""
    with path.open("rb") as file:
        number = 0
        while line := file.readline(limits.line_chars + 1):
            number += 1
            if len(line) > limits.line_chars:
                yield number, _bad(number, f"longer than {limits.line_chars} bytes")
                return
            if (value := _value(line, number)) is not None:
                yield number, value


def _value(line: bytes, number: int) -> dict[str, Any] | FileFault | None:
    try:
        text = line.decode("utf-8-sig").strip()
        if not text or text.startswith("#"):
            return None
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_number)
    except UnicodeDecodeError as error:
        return _bad(number, f"byte 0x{error.object[error.start]:02X} is not UTF-8")
    except RecursionError:
        return _bad(number, "too deeply nested")
    except ValueError as error:
        return _bad(number, f"not JSON: {error}")
    if not isinstance(value, dict):
        return _bad(number, f"a {type(value).__name__}, not an object")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the field {twice!r} stands twice")
    return made


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")


def _bad(row: int, wrong: str) -> FileFault:
    return FileFault(row=row, wrong=wrong, accepted=ONE_OBJECT)
