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

    Own region first, then a neighbour by land or water, then units within 150 km of the
    middle of a held region. Distance and regions are those of the same units.
    """
    of_group, members = tuple(group_regions), list(units)
    own = tuple(region for region in of_group if region in held)
    if own:
        return Near(Nearness.OWN, 0.0, own)
    beside = tuple(region for region in of_group if held & _beside(region))
    if beside:
        there = [_km(held, unit) for unit in members if set(unit.regions) & set(beside)]
        known = [km for km in there if km is not None]
        return Near(Nearness.NEIGHBOUR, min(known, default=0.0), beside)
    km = {unit.id: _km(held, unit) for unit in members}
    within = {key: far for key, far in km.items() if far is not None and far <= RADIUS_KM}
    if not within:
        return None
    theirs = {region for unit in members if unit.id in within for region in unit.regions}
    regions_near = tuple(region for region in of_group if region in theirs)
    return Near(Nearness.DISTANCE, min(within.values()), regions_near)


def _beside(code: str) -> set[str]:
    region = regions()[code]
    return {*region.neighbours, *region.neighbours_over_water}


def _km(held: frozenset[str], unit: UnitProfile) -> float | None:
    """How far a unit is from the nearest middle of the held regions; None is not known."""
    if unit.location is None:
        return None
    place = (unit.location.lat, unit.location.lon)
    middles = [regions()[region].centroid for region in held]
    return min((distance_km((m.lat, m.lon), place) for m in middles), default=None)
