"""
How much a workbook will be once it is read, told from its XML without building it.

A sheet with one value in the last cell makes the reader lay out the whole area, and a long
text that is stored once may be shown in a million cells.
"""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any
from xml.parsers import expat

from services.loading.limits import Limits

REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
TEXT_CHARS = 64_000_000
"""Of all cells together."""


class Unsafe(Exception):
    """The workbook would be too large, or is not what it seems."""

    def __init__(self, wrong: str, accepted: str) -> None:
        super().__init__(wrong)
        self.wrong, self.accepted = wrong, accepted


def weigh(parts: Iterable[bytes], limits: Limits) -> None:
    """
    Refuse a workbook whose parts are too much.

    Raises
    ------
    Unsafe
        When there are too many rows, columns or characters, or a part is no plain XML.
    """
    scale = _Scale(limits)
    for part in parts:
        scale.put(part)
    scale.check_text()


class _Scale:
    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.texts: list[int] = []
        self.shown: Counter[int] = Counter()
        self.row = self.column = self.inline = 0
        self.shared = self.in_text = self.in_value = False
        self.value = ""

    def put(self, part: bytes) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self.begin
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.read
        parser.StartDoctypeDeclHandler = self.refuse
        parser.buffer_text = True
        self.row = 0
        try:
            parser.Parse(part, True)  # positional in C
        except expat.ExpatError as error:
            raise Unsafe(f"no plain XML inside: {error}", "a workbook that is whole") from None

    def refuse(self, *_: Any) -> None:
        raise Unsafe("a document type is declared inside", "XML without one")

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        match name.rpartition(" ")[2]:
            case "row":
                self.row, self.column = _number(attributes.get("r"), self.row + 1), 0
            case "c":
                self._cell(attributes)
            case "v" | "is":
                self._check_place()
                self.in_value, self.value = True, ""
            case "si":
                self.texts.append(0)
            case "t":
                self.in_text = True

    def end(self, name: str) -> None:
        match name.rpartition(" ")[2]:
            case "v" | "is":
                if self.shared:
                    self.shown[_number(self.value.strip(), 0)] += 1
                self.in_value = False
            case "t":
                self.in_text = False

    def read(self, data: str) -> None:
        if self.in_value:
            self.inline += len(data)
            self.value = data if not self.shared else self.value + data
        elif self.in_text and self.texts:
            self.texts[-1] += len(data)

    def _cell(self, attributes: dict[str, str]) -> None:
        self.column += 1
        self.shared = attributes.get("t") == "s"
        if found := REFERENCE.fullmatch(attributes.get("r", "")):
            letters, digits = found.groups()
            self.column, self.row = _column(letters), int(digits)

    def _check_place(self) -> None:
        # One more row for the heading.
        if self.row > self.limits.rows + 1:
            raise Unsafe(f"a value in row {self.row}", f"at most {self.limits.rows} rows")
        if self.column > self.limits.columns:
            raise Unsafe(
                f"a value in column {self.column}", f"at most {self.limits.columns} columns"
            )

    def check_text(self) -> None:
        shared = (
            self.texts[at] * times for at, times in self.shown.items() if at < len(self.texts)
        )
        if self.inline + sum(shared) > TEXT_CHARS:
            raise Unsafe("too much text", f"at most {TEXT_CHARS} characters in all cells")


def _number(text: str | None, default: int) -> int:
    return int(text) if text is not None and text.isdecimal() and len(text) < 12 else default


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
