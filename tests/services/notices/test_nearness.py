"""How a group lies to an agent: by whom it is near, by those units' regions and distance."""

import pytest
from builders import a_unit

from schemas.notices import Nearness
from schemas.units import UnitProfile
from services.notices.nearness import near

ETELA_KARJALA = frozenset({"09"})
LAHTI = {"lat": 60.98, "lon": 25.66}
INARI = {"lat": 68.9, "lon": 27.0}
KOTKA = {"lat": 60.47, "lon": 26.95}


def unit(key, location, *regions):
    draft = a_unit(id=key, regions=regions, location=location)
    return UnitProfile.model_validate(draft.model_dump() | {"version": 1})


def test_what_lies_far_is_not_named_with_the_distance_of_what_is_near():
    found = near(ETELA_KARJALA, ["07", "19"], [unit("A", LAHTI, "07"), unit("B", INARI, "19")])
    assert (found.nearness, found.regions) == (Nearness.DISTANCE, ("07",))
    assert found.distance_km == pytest.approx(146, abs=2)


def test_a_neighbour_is_as_far_as_its_own_units():
    near_by = unit("A", {"lat": 61.12, "lon": 28.4}, "19")
    found = near(ETELA_KARJALA, ["08", "19"], [near_by, unit("B", KOTKA, "08")])
    assert (found.nearness, found.regions) == (Nearness.NEIGHBOUR, ("08",))
    assert found.distance_km == pytest.approx(104, abs=3)


def test_a_unit_of_the_whole_country_lends_its_place_and_no_region():
    whole = unit("A", LAHTI)
    found = near(ETELA_KARJALA, ["19"], [whole, unit("B", INARI, "19")])
    assert (found.nearness, found.regions) == (Nearness.DISTANCE, ())


@pytest.mark.parametrize("location", [INARI, None])
def test_what_is_far_or_nobody_knows_where_is_not_near(location):
    assert near(ETELA_KARJALA, ["19"], [unit("B", location, "19")]) is None
