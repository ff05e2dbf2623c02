"""
Reference data that ships with the product: regions, municipalities and real units.

Read once from ``data/`` beside this file; ``data/SOURCE.md`` tells origin and licence.
"""

import csv
import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from pydantic import TypeAdapter

from schemas.base import Names, Schema
from schemas.codes import Language, MunicipalityCode, RegionCode
from schemas.units import BusinessId, Location, UnitDraft
from services.directory.errors import UnknownMunicipality, UnknownRegion

SERVED: frozenset[Language] = frozenset(("fi", "sv", "en"))
"""Languages of the service; others of a unit, such as Sámi, are not kept here."""

_AREAS = TypeAdapter(tuple[tuple[RegionCode, ...], ...])


class Region(Schema):
    """A region (maakunta) of Finland."""

    code: RegionCode
    name: Names
    centroid: Location
    """Weighted by population, so that it lies where people live."""
    neighbours: tuple[RegionCode, ...] = ()
    """Regions with a common land border."""
    neighbours_over_water: tuple[RegionCode, ...] = ()


class Municipality(Schema):
    """A municipality of Finland; the location is that of its central locality."""

    code: MunicipalityCode
    name: Names
    region: RegionCode
    location: Location


@cache
def regions() -> Mapping[str, Region]:
    """Every region by its code, in the order of the codes."""
    rows: dict[str, Any] = _regions_file()["maakunta"]
    return MappingProxyType({code: _region(code, rows[code]) for code in sorted(rows)})


def region(code: str) -> Region:
    """
    Return the region of a code.

    Raises
    ------
    UnknownRegion
        When no region has the code.
    """
    found = regions().get(code)
    if found is None:
        raise UnknownRegion(repr(code), f"the codes are {', '.join(regions())}")
    return found


def region_name(code: str, lang: str) -> str:
    """Return a region's name in a language, else in Finnish; raises like ``region``."""
    return region(code).name.text(lang)


@cache
def municipalities() -> Mapping[str, Municipality]:
    """Every municipality by its code, in the order of the codes."""
    rows = sorted(_csv_rows("municipalities.csv"), key=lambda row: row["kunta"])
    return MappingProxyType({row["kunta"]: _municipality(row) for row in rows})


def municipality(code: str) -> Municipality:
    """
    Return the municipality of a code.

    Raises
    ------
    UnknownMunicipality
        When no municipality has the code.
    """
    found = municipalities().get(code)
    if found is None:
        raise UnknownMunicipality(repr(code), "a code is three digits, such as '091'")
    return found


@cache
def agent_areas_2022() -> tuple[tuple[RegionCode, ...], ...]:
    """Areas of the change agents' call of 2022: one or two regions to an agent."""
    return _AREAS.validate_python(_regions_file()["change_agent_areas_2022"])


def real_units() -> Iterator[UnitDraft]:
    """Read the real procurement units that are active, in the order of their keys."""
    rows = sorted(_csv_rows("units.csv"), key=lambda row: row["unit_id"])
    return (_unit(row) for row in rows if row["status"] == "active")


def _unit(row: Mapping[str, str]) -> UnitDraft:
    return UnitDraft.model_validate(
        {
            "id": row["unit_id"],
            "kind": row["kind"],
            "name": {"fi": _finnish_name(row), "sv": row["name_sv"], "en": row["name_en"]},
            # The sources tell no first day of a business id: it is left open.
            "business_ids": [BusinessId(y_tunnus=row["y_tunnus"])] if row["y_tunnus"] else [],
            "regions": _split(row["region_code"]),
            "municipality": row["municipality_code"] or None,
            "languages": [lang for lang in _split(row["languages"]) if lang in SERVED],
            "size_class": row["size_class"] or None,
            "location": _location(row) if row["lat"] else None,
        }
    )


def _finnish_name(row: Mapping[str, str]) -> str:
    # "Alajärven kaupunki" is who buys, "Alajärvi" the place; the place stands in where no
    # source gave the official name, or gave it in Swedish.
    official = row["official_name_fi"]
    if row["kind"] == "municipality" and not official.endswith((" kaupunki", " kunta")):
        return row["name_fi"]
    return official or row["name_fi"]


def _municipality(row: Mapping[str, str]) -> Municipality:
    return Municipality(
        code=row["kunta"], name=_names(row), region=row["maakunta"], location=_location(row)
    )


def _region(code: str, row: Mapping[str, Any]) -> Region:
    lat, lon = row["population_centroid"]
    return Region(
        code=code,
        name=Names(fi=row["fi"], sv=row["sv"], en=row["en"]),
        centroid=Location(lat=lat, lon=lon),
        neighbours=tuple(row["neighbours"]),
        neighbours_over_water=tuple(row["neighbours_over_water"]),
    )


def _names(row: Mapping[str, str]) -> Names:
    return Names(fi=row["name_fi"], sv=row["name_sv"], en=row["name_en"])


def _location(row: Mapping[str, str]) -> Location:
    return Location(lat=float(row["lat"]), lon=float(row["lon"]))


def _split(cell: str) -> list[str]:
    return [part for part in cell.split("|") if part]


def _csv_rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(_text(name).splitlines()))


def _regions_file() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(_text("regions.json"))
    return content


def _text(name: str) -> str:
    return files(__package__).joinpath("data", name).read_text("utf-8")
