"""
Words that an administrator adds to the vocabulary, in a file.

A table in UTF-8 with a heading, apart by comma, semicolon or tab; ``docs/vocabulary.md``
tells what its columns mean. Every fault is told with its line, its column and what is
accepted; a file with a fault is not used at all.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from matcher.text.additions import LANGS, MOST, Addition
from matcher.text.cpv import cpv
from matcher.text.labels import label_keys
from matcher.text.vocabulary import extend, vocabulary
from schemas.errors import Broken

COLUMNS = ("id", "fi", "sv", "en", "alt_fi", "alt_sv", "alt_en", "broader", "theme", "cpv")
BYTES, LONGEST = 5_000_000, 120
"""Of a file, and characters of a label."""
UTF_8 = 'UTF-8; in Excel, save as "CSV UTF-8"'


class VocabularyRefused(Broken):
    """The file of the vocabulary is not usable."""

    code = "vocabulary-refused"

    def __str__(self) -> str:
        """One line a fault."""
        return "\n".join(self.facts)


class Row(NamedTuple):
    """A line of the file."""

    line: int
    cells: Mapping[str, str]

    def listed(self, column: str) -> tuple[str, ...]:
        """What a cell lists, apart by ``|``."""
        parts = (part.strip() for part in self.cells.get(column, "").split("|"))
        return tuple(dict.fromkeys(part for part in parts if part))

    def labels(self, lang: str) -> tuple[str, ...]:
        """Labels in a language, the preferred one first."""
        return tuple(dict.fromkeys((*self.listed(lang)[:1], *self.listed(f"alt_{lang}"))))

    def fault(self, column: str, wrong: str, accepted: str) -> str:
        """One line of a report."""
        return f"line {self.line}, {column}: {wrong}; accepted: {accepted}"


def use(path: Path | None) -> int:
    """
    Read texts with a file's additions from now on; return how many there are.

    Raises
    ------
    VocabularyRefused
        With every fault.
    """
    if path is None:
        return 0
    found = read_additions(path)
    extend(found)
    return len(found)


def read_additions(path: Path) -> tuple[Addition, ...]:
    """
    Read and check a file.

    Raises
    ------
    VocabularyRefused
        With every fault.
    """
    rows = list(_rows(_text(path)))
    known = set(vocabulary().row_of) | {row.cells["id"] for row in rows}
    faults = [fault for row in rows for fault in _faults(row, known)]
    faults += _twice(rows)
    if len(rows) > MOST:
        faults.append(f"there are {len(rows)} lines; accepted: at most {MOST}")
    if faults:
        raise VocabularyRefused(*faults)
    return tuple(_addition(row) for row in rows)


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()[: BYTES + 1]
    except OSError as error:
        raise VocabularyRefused(f"{path}: {error.strerror}; accepted: a file") from None
    if len(raw) > BYTES:
        raise VocabularyRefused(f"{path} is too large; accepted: at most {BYTES} bytes")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        byte = raw[error.start]
        raise VocabularyRefused(f"line {line}: byte 0x{byte:02X}; accepted: {UTF_8}") from None


def _rows(text: str) -> Iterator[Row]:
    heading = text.partition("\n")[0]
    table = csv.reader(text.splitlines(), delimiter=max(",;\t", key=heading.count))
    columns = [cell.strip().lower() for cell in next(table, [])]
    unknown = [name for name in columns if name not in COLUMNS]
    missing = [] if "id" in columns else ["id"]
    if unknown or missing or not set(LANGS) & set(columns):
        wrong = ", ".join(repr(name) for name in unknown) or "a column is missing"
        accepted = f"id, one of fi, sv and en at least, and of {', '.join(COLUMNS[4:])}"
        raise VocabularyRefused(f"line 1: {wrong}; accepted: {accepted}")
    for cells in table:
        if any(cell.strip() for cell in cells):
            stripped = (cell.strip() for cell in cells)
            yield Row(table.line_num, {"id": ""} | dict(zip(columns, stripped, strict=False)))


def _faults(row: Row, known: Iterable[str]) -> Iterator[str]:
    key = row.cells["id"]
    if not key or not key.isascii() or any(c.isspace() for c in key) or len(key) > 40:
        accepted = "up to 40 letters, digits and signs, no space, such as local:bin-sensor"
        yield row.fault("id", repr(key), accepted)
    if not any(row.labels(lang) for lang in LANGS):
        yield row.fault("fi, sv, en", "there is no label", "a label in one language at least")
    for lang in LANGS:
        for label in row.labels(lang):
            if len(label) > LONGEST:
                wrong = f"{label[:20]!r}… has {len(label)} characters"
                yield row.fault(lang, wrong, f"at most {LONGEST}")
            elif not label_keys(label, lang):
                accepted = "one to six words that carry meaning, outside of brackets"
                yield row.fault(lang, repr(label), accepted)
    for wider in row.listed("broader"):
        if wider not in known or wider == key:
            accepted = "the id of another concept, of the vocabulary or of this file"
            yield row.fault("broader", repr(wider), accepted)
    theme, themes = row.cells.get("theme", ""), [theme.key for theme in vocabulary().themes]
    if theme and theme not in themes:
        yield row.fault("theme", repr(theme), f"one of {', '.join(themes)}")
    for code in row.listed("cpv"):
        if code not in cpv().row_of:
            yield row.fault("cpv", repr(code), "the eight digits of a CPV code, such as 90500000")


def _twice(rows: Iterable[Row]) -> Iterator[str]:
    first: dict[str, int] = {}
    for row in rows:
        line = first.setdefault(row.cells["id"], row.line)
        if line != row.line:
            wrong = f"{row.cells['id']!r} is in line {line} already"
            yield row.fault("id", wrong, "each concept once; further words go into alt_ columns")


def _addition(row: Row) -> Addition:
    return Addition(
        row.cells["id"],
        {lang: row.labels(lang) for lang in LANGS if row.labels(lang)},
        row.listed("broader"),
        row.cells.get("theme", ""),
        row.listed("cpv"),
    )
