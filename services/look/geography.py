"""Finland for overview maps: regions, their names and shapes, points on them."""

import csv
import json
from collections.abc import Container, Iterable
from dataclasses import dataclass
from functools import cache
from math import sqrt
from pathlib import Path
from typing import Any, cast

from schemas.codes import Language
from schemas.units import UnitProfile
from services.look.words import N_

DATA = Path(__file__).parent / "data"
SOURCE_LINE = N_(
    "Kuntarajat: Maanmittauslaitos 2024 (CC BY 4.0, muokattu) · "
    "Luokitukset: Tilastokeskus 2026 (CC BY 4.0) · Rantaviiva: Natural Earth"
)
SHADES = 4


@dataclass(frozen=True)
class Outline:
    """A region's shape in the map's own kilometres."""

    code: str
    path: str
    x: float
    y: float


@dataclass(frozen=True)
class Point:
    """
    A place on the map; :func:`spot` knows where.

    ``kind`` is ``peer`` or ``own``.
    """

    label: str
    x: float
    y: float
    kind: str = "peer"
    href: str = ""


def _read(name: str) -> dict[str, Any]:
    return cast("dict[str, Any]", json.loads((DATA / name).read_text(encoding="utf-8")))


@cache
def outlines() -> tuple[Outline, ...]:
    """Return the nineteen regions in order of their codes."""
    shapes = _read("finland-svg.json")["maakunta"]
    return tuple(
        Outline(code, shape["d"], *shape["label"]) for code, shape in sorted(shapes.items())
    )


@cache
def view_box() -> str:
    """Return the map's frame as SVG writes it."""
    return " ".join(str(edge) for edge in _read("finland-svg.json")["viewBox"])


@cache
def region_names() -> dict[str, dict[str, str]]:
    """Return the names of the regions by code and language."""
    regions = _read("regions.json")["maakunta"]
    return {code: {lang: r[lang] for lang in ("fi", "sv", "en")} for code, r in regions.items()}


def region_name(code: str, lang: Language) -> str:
    """Name a region; an unknown code is its own name."""
    return region_names().get(code, {}).get(lang, code)


@cache
def _localities() -> dict[str, tuple[float, float]]:
    frame = _read("finland-svg.json")
    with (DATA / "kunnat.csv").open(encoding="utf-8", newline="") as rows:
        return {
            row["kunta"]: (
                (float(row["tm35_e"]) - frame["E0"]) / 1000,
                (frame["N1"] - float(row["tm35_n"])) / 1000,
            )
            for row in csv.DictReader(rows)
        }


def spot(municipality: str | None, region: str = "") -> tuple[float, float] | None:
    """Return where a unit is drawn: its municipality's centre, else its region's middle."""
    if municipality in _localities():
        return _localities()[municipality]
    return next(((o.x, o.y) for o in outlines() if o.code == region), None)


def shade(count: int, most: int) -> int:
    """
    Put a count into one of the map's shades: 0 for none, else 1 … 4.

    By the square root: a quarter of all units is in Uusimaa, and in equal steps the other
    regions would all look alike.
    """
    if count <= 0:
        return 0
    return min(SHADES, 1 + int(SHADES * sqrt((count - 1) / max(most, 1))))


def all_regions(lang: Language) -> list[tuple[str, str]]:
    """List the regions by name, as the choices of a form."""
    named = ((code, names[lang]) for code, names in region_names().items())
    return sorted(named, key=lambda pair: pair[1])


def mapped(
    units: Iterable[UnitProfile], lang: Language, *, own: str = "", unnamed: Container[str] = ()
) -> tuple[dict[str, int], list[Point]]:
    """
    Put units on the map: how many a region has, and a point for each that may be named.

    A unit that may not be named is counted in its region and gets no point, since a point
    would name its municipality.
    """
    counts: dict[str, int] = {}
    points: list[Point] = []
    for unit in units:
        for region in unit.regions:
            counts[region] = counts.get(region, 0) + 1
        place = spot(unit.municipality, next(iter(unit.regions), ""))
        if place is not None and unit.id not in unnamed:
            kind = "own" if unit.id == own else "peer"
            points.append(Point(unit.name.text(lang), *place, kind))
    return counts, points
