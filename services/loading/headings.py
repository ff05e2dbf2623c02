"""Headings of a table, in three languages, and what their cells mean."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from services.loading.lines import FileFault

LISTS = frozenset({"regions", "languages", "themes", "cpv", "working_languages", "business_ids"})
"""Several values in one cell stand apart by ``|``, ``;`` or ``,``."""
PADDED = {"regions": 2, "municipality": 3, "cpv": 8}
"""A spreadsheet that takes a code for a number loses its zeros; they are put back."""
UNIT: tuple[str, ...] = (
    "type", "id", "kind", "name_fi", "name_sv", "name_en", "business_ids", "regions",
    "municipality", "languages", "size_class", "lat", "lon",
)  # fmt: skip
CHALLENGE: tuple[str, ...] = (
    "type", "id", "unit_id", "title", "text", "language", "themes", "cpv", "stage", "seeks",
    "offers", "maturity", "urgency", "visibility", "meeting_mode", "working_languages", "until",
    "sample",
)  # fmt: skip
NEEDED = {
    "unit": ("kind", "name_fi", "languages"),
    "challenge": ("unit_id", "title", "text"),
}
PATHS = {
    "name_fi": "name.fi", "name_sv": "name.sv", "name_en": "name.en",
    "lat": "location.lat", "lon": "location.lon",
}  # fmt: skip
"""Fields inside a field, by their heading."""
ALSO = {
    "type": "tyyppi typ",
    "id": "tunnus",
    "unit_id": "yksikkö enhet",
    "kind": "laji slag",
    "name_fi": "nimi nimi_fi name",
    "name_sv": "namn nimi_sv",
    "name_en": "nimi_en",
    "business_ids": "y_tunnus ytunnus fo_nummer business_id",
    "regions": "maakunta maakunnat landskap region region_code",
    "municipality": "kunta kommun municipality_code",
    "languages": "kielet",
    "size_class": "kokoluokka storleksklass",
    "title": "otsikko rubrik",
    "text": "kuvaus teksti beskrivning",
    "language": "kieli språk",
    "themes": "teema teemat tema teman theme",
    "stage": "vaihe skede",
    "seeks": "etsimme söker",
    "offers": "tarjoamme erbjuder",
    "maturity": "kokemus erfarenhet",
    "urgency": "kiireellisyys brådska",
    "visibility": "näkyvyys synlighet",
    "meeting_mode": "tapaamistapa mötessätt",
    "working_languages": "työkielet arbetsspråk",
    "until": "viimeinen_päivä asti sista_dag",
    "sample": "esimerkki exempel",
}
FIELD_OF = {name: name for name in (*UNIT, *CHALLENGE)} | {
    other: name for name, others in ALSO.items() for other in others.split()
}
FINNISH_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")


def field_of(heading: str) -> str | None:
    """Find the field a heading stands for; letter case, spaces and dashes are forgiven."""
    plain = re.sub(r"[\s-]+", "_", heading.strip().lower())
    return FIELD_OF.get(plain)


class Headings:
    """
    The first row of a table.

    Parameters
    ----------
    skip_unknown
        Whether columns that mean nothing here are left out instead of refused.
    """

    def __init__(self, cells: Iterable[object], sheet: str = "", *, skip_unknown: bool) -> None:
        self.texts = ["" if cell is None else str(cell).strip() for cell in cells]
        self.fields = [field_of(text) for text in self.texts]
        if "unit_id" in self.fields and "kind" in self.fields and "id" not in self.fields:
            # A table of units calls its own key unit_id.
            self.fields[self.fields.index("unit_id")] = "id"
        self.kind = "challenge" if "title" in self.fields else "unit"
        self.faults = tuple(self._faults(sheet, skip_unknown=skip_unknown))

    def _faults(self, sheet: str, *, skip_unknown: bool) -> Iterable[FileFault]:
        known = UNIT if self.kind == "unit" else CHALLENGE
        if "type" in self.fields:
            known = tuple(dict.fromkeys((*UNIT, *CHALLENGE)))
        accepted = "the headings " + ", ".join(known)
        for text, field in zip(self.texts, self.fields, strict=True):
            if text and field not in known and not skip_unknown:
                yield _fault(sheet, text, "unknown heading", accepted)
            elif field is not None and self.fields.count(field) > 1:
                yield _fault(sheet, text, f"more than one heading means {field}", "one of them")
        if "type" not in self.fields:
            for name in NEEDED[self.kind]:
                if name not in self.fields:
                    yield _fault(sheet, name, "missing heading", accepted)

    def value(self, cells: list[Any]) -> dict[str, Any]:
        """Put the cells of a row together as the object that the schema knows."""
        made: dict[str, Any] = {}
        for field, cell in zip(self.fields, cells, strict=False):
            if field is not None and cell not in (None, ""):
                _put(made, field, _meaning(field, cell))
        return {"type": self.kind, **made} if made else {}

    def columns(self) -> dict[str, str]:
        """The heading of each field's column, by the field's path."""
        return {
            PATHS.get(field, field): text
            for field, text in zip(self.fields, self.texts, strict=True)
            if field is not None
        }


def _fault(sheet: str, column: str, wrong: str, accepted: str) -> FileFault:
    return FileFault(row=1, sheet=sheet, column=column, wrong=wrong, accepted=accepted)


def _put(made: dict[str, Any], field: str, value: Any) -> None:
    if field == "business_ids":
        made["business_ids"] = [{"y_tunnus": one} for one in value]
        return
    outer, _, inner = PATHS.get(field, field).partition(".")
    if inner:
        made.setdefault(outer, {})[inner] = value
    else:
        made[outer] = value


def _meaning(field: str, cell: Any) -> Any:
    if field in LISTS:
        parts = re.split(r"[|;,]", cell) if isinstance(cell, str) else [cell]
        texts = [_text(field, part) for part in parts]
        return [text for text in texts if text]
    if field in ("lat", "lon", "maturity", "sample") and not isinstance(cell, str):
        return int(cell) if isinstance(cell, float) and cell.is_integer() else cell
    return _text(field, cell)


def _text(field: str, cell: Any) -> str:
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, int | float) and float(cell).is_integer():
        return str(int(cell)).zfill(PADDED.get(field, 0))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    text = str(cell).strip()
    if field == "until" and (found := FINNISH_DATE.fullmatch(text)):
        day, month, year = found.groups()
        return f"{year}-{month:0>2}-{day:0>2}"
    return text
