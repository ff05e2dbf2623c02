"""
An administrator's file of themes: new names, new themes, and what became of old ones.

A table in UTF-8 with the heading ``theme kind fi sv en into``, apart by comma, semicolon or
tab; ``docs/themes.md`` tells how it is written.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from matcher.text import vocabulary as matching
from schemas.base import Names
from schemas.errors import Broken
from services.challenges.themes import Theme, ThemeKind, Themes, arrange, shipped

COLUMNS = ("theme", "kind", "fi", "sv", "en", "into")
LANGS = ("fi", "sv", "en")
BYTES, LONGEST = 1_000_000, 80
KEY = re.compile(r"[a-z][a-z0-9_]{1,30}")


class ThemesRefused(Broken):
    """The file of themes is not usable."""

    code = "themes-refused"

    def __str__(self) -> str:
        """One line a fault."""
        return "\n".join(self.facts)


class Row(NamedTuple):
    """A line of the file."""

    line: int
    cells: Mapping[str, str]

    @property
    def key(self) -> str:
        """The theme that it is about."""
        return self.cells["theme"]

    @property
    def into(self) -> tuple[str, ...]:
        """What the theme became."""
        parts = (part.strip() for part in self.cells.get("into", "").split("|"))
        return tuple(dict.fromkeys(part for part in parts if part))

    @property
    def names(self) -> dict[str, str]:
        """Names that are given."""
        return {lang: self.cells[lang] for lang in LANGS if self.cells.get(lang)}

    def fault(self, column: str, wrong: str, accepted: str) -> str:
        """One line of a report."""
        return f"line {self.line}, {column}: {wrong}; accepted: {accepted}"


def use_themes(path: Path | None) -> None:
    """
    Have the themes that a file arranges from now on, here and in the matcher.

    Raises
    ------
    ThemesRefused
        With every fault.
    """
    if path is None:
        return
    found = read_themes(path)
    arrange(found)
    every = [matching.Theme(t.key, str(t.kind), t.name) for t in found.every.values()]
    matching.arrange(every, found.into)


def read_themes(path: Path) -> Themes:
    """
    Read and check a file.

    Raises
    ------
    ThemesRefused
        With every fault.
    """
    rows = list(_rows(_text(path)))
    keys = set(shipped()) | {row.key for row in rows}
    faults = [fault for row in rows for fault in _faults(row, keys)] + list(_twice(rows))
    if faults:
        raise ThemesRefused(*faults)
    into = {row.key: row.into for row in rows if row.into}
    faults = [
        row.fault("into", f"{row.key!r} comes back to itself", "themes that lead to others")
        for row in rows
        if row.into and not _last(row.key, into)
    ]
    if faults:
        raise ThemesRefused(*faults)
    every = dict(shipped()) | {row.key: _theme(row) for row in rows}
    return Themes(every, {key: _last(key, into) for key in into})


def _last(key: str, into: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Where a theme leads in the end; nothing when it leads back to itself."""
    found: list[str] = []
    paths: list[tuple[str, ...]] = [(key,)]
    while paths:
        path = paths.pop(0)
        for other in into.get(path[-1], ()):
            if other in path:
                return ()
            if other in into:
                paths.append((*path, other))
            elif other not in found:
                found.append(other)
    return tuple(found)


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()[: BYTES + 1]
        if len(raw) > BYTES:
            raise ThemesRefused(f"{path} is too large; accepted: at most {BYTES} bytes")
        return raw.decode("utf-8-sig")
    except OSError as error:
        raise ThemesRefused(f"{path}: {error.strerror}; accepted: a file") from None
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise ThemesRefused(f"line {line} is not UTF-8; accepted: UTF-8") from None


def _rows(text: str) -> Iterator[Row]:
    heading = text.partition("\n")[0]
    table = csv.reader(text.splitlines(), delimiter=max(",;\t", key=heading.count))
    columns = [cell.strip().lower() for cell in next(table, [])]
    if "theme" not in columns or not set(columns) <= set(COLUMNS):
        accepted = f"theme, and of {', '.join(COLUMNS[1:])}"
        raise ThemesRefused(f"line 1: {heading[:60]!r}; accepted: {accepted}")
    for cells in table:
        if any(cell.strip() for cell in cells):
            stripped = (cell.strip() for cell in cells)
            yield Row(table.line_num, {"theme": ""} | dict(zip(columns, stripped, strict=False)))


def _faults(row: Row, keys: set[str]) -> Iterator[str]:
    known, kind = row.key in shipped(), row.cells.get("kind", "")
    if not KEY.fullmatch(row.key):
        yield row.fault("theme", repr(row.key), "small letters, digits and _, such as social")
        return
    for lang, name in row.names.items():
        if len(name) > LONGEST:
            yield row.fault(lang, f"{name[:20]!r}… is too long", f"at most {LONGEST} characters")
    if not known and kind not in set(ThemeKind):
        yield row.fault("kind", repr(kind), f"{' or '.join(ThemeKind)}, for a new theme")
    if known and kind not in ("", shipped()[row.key].kind):
        yield row.fault("kind", repr(kind), f"{shipped()[row.key].kind}, as it is, or nothing")
    missing = [lang for lang in LANGS if lang not in row.names]
    if not known and missing:
        yield row.fault(", ".join(missing), "no name", "a name in each language, for a new theme")
    if known and not row.names and not row.into:
        yield row.fault("fi, sv, en, into", "nothing changes", "a new name, or what it went into")
    for other in row.into:
        if other not in keys or other == row.key:
            yield row.fault("into", repr(other), f"another of {', '.join(sorted(keys))}")


def _twice(rows: list[Row]) -> Iterator[str]:
    first: dict[str, int] = {}
    for row in rows:
        line = first.setdefault(row.key, row.line)
        if line != row.line:
            yield row.fault("theme", f"{row.key!r} is in line {line} already", "each theme once")


def _theme(row: Row) -> Theme:
    before = shipped().get(row.key)
    if before is None:
        kind = ThemeKind(row.cells["kind"])
        return Theme(key=row.key, kind=kind, name=Names(**row.names))
    names = before.name.model_dump() | row.names
    return before.model_copy(update={"name": Names(**names)})
