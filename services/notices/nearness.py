"""How a group lies to an agent's regions."""

from collections.abc import Iterable
from dataclasses import dataclass

from matcher.places import distance_km
from schemas.notices import Nearness
from schemas.units import UnitProfile
from services.directory.reference import regions

RADIUS_KM = 150.0
"""How far from the middle of its regions an agent hears of a match."""


@dataclass(frozen=True)
class Near:
    """A group near an agent: how, how far, and by which of the group's regions."""

    nearness: Nearness
    distance_km: float
    regions: tuple[str, ...]


def near(
    held: frozenset[str], group_regions: Iterable[str], units: Iterable[UnitProfile]
) -> Near | None:
    """
    Tell how a group lies to the regions that an agent holds; None is too far.

    Own region first, then a neighbour by land or water, then within 150 km of the middle
    of a held region.
    """
    of_group = tuple(group_regions)
    own = tuple(region for region in of_group if region in held)
    if own:
        return Near(Nearness.OWN, 0.0, own)
    distance = _distance(held, units)
    beside = tuple(region for region in of_group if held & _beside(region))
    if beside:
        return Near(Nearness.NEIGHBOUR, distance or 0.0, beside)
    if distance is not None and distance <= RADIUS_KM:
        return Near(Nearness.DISTANCE, distance, of_group)
    return None


def _beside(code: str) -> set[str]:
    region = regions()[code]
    return {*region.neighbours, *region.neighbours_over_water}


def _distance(held: frozenset[str], units: Iterable[UnitProfile]) -> float | None:
    middles = [regions()[region].centroid for region in held]
    found = [
        distance_km((middle.lat, middle.lon), (unit.location.lat, unit.location.lon))
        for unit in units
        if unit.location is not None
        for middle in middles
    ]
    return min(found, default=None)
