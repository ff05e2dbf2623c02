"""Regions, municipalities and real units, as shipped."""

from itertools import pairwise

import pytest

from schemas.codes import UnitKind
from schemas.units import UnitDraft
from services.directory import reference
from services.directory.errors import UnknownMunicipality, UnknownRegion


@pytest.fixture(scope="module")
def units() -> dict[str, UnitDraft]:
    return {unit.id or "": unit for unit in reference.real_units()}


def test_there_are_nineteen_regions_in_the_order_of_their_codes():
    codes = list(reference.regions())
    assert len(codes) == 19
    assert all(a < b for a, b in pairwise(codes))


def test_a_region_has_its_name_in_each_language():
    names = [reference.region_name("02", lang) for lang in ("fi", "sv", "en")]
    assert names == ["Varsinais-Suomi", "Egentliga Finland", "Southwest Finland"]
    assert reference.region_name("02", "de") == "Varsinais-Suomi"


def test_an_unknown_region_is_refused_with_the_codes_there_are():
    with pytest.raises(UnknownRegion, match=r"no region with this code: '03', .*01, 02, 04"):
        reference.region("03")


def test_neighbours_are_mutual_on_land_and_over_water():
    regions = reference.regions()
    for code, region in regions.items():
        assert code not in region.neighbours
        assert all(code in regions[other].neighbours for other in region.neighbours)
        over = region.neighbours_over_water
        assert all(code in regions[other].neighbours_over_water for other in over)


def test_aland_has_no_land_border_and_lies_over_the_water():
    assert reference.region("21").neighbours == ()
    assert reference.region("21").neighbours_over_water == ("02",)


def test_centroids_lie_in_finland():
    for region in reference.regions().values():
        assert 59.5 < region.centroid.lat < 70.2
        assert 19 < region.centroid.lon < 31.6


def test_the_shipped_data_cannot_be_changed_by_a_caller():
    with pytest.raises(TypeError):
        reference.regions()["01"] = reference.region("02")  # type: ignore[index]


def test_every_municipality_lies_in_a_region():
    municipalities = reference.municipalities()
    assert len(municipalities) == 308
    assert {m.region for m in municipalities.values()} == set(reference.regions())
    assert reference.municipality("445").name.sv == "Pargas"
    with pytest.raises(UnknownMunicipality, match="'999'"):
        reference.municipality("999")


def test_the_areas_of_2022_hold_every_region_once_and_some_hold_two():
    areas = reference.agent_areas_2022()
    held = [code for area in areas for code in area]
    assert len(areas) == 15
    assert sorted(held) == list(reference.regions())
    assert ("02", "21") in areas


def test_only_active_units_are_read(units):
    assert len(units) == 536
    assert "SA003" not in units  # ELY centres, dissolved at the end of 2025


def test_every_kind_of_the_data_is_known_and_the_common_ones_are_there(units):
    kinds = {unit.kind for unit in units.values()}
    assert {UnitKind.MUNICIPALITY, UnitKind.WELLBEING_COUNTY, UnitKind.PARISH} <= kinds
    assert sum(unit.kind == UnitKind.MUNICIPALITY for unit in units.values()) == 308
    assert sum(unit.kind == UnitKind.WELLBEING_COUNTY for unit in units.values()) == 21


@pytest.mark.parametrize(
    ("unit_id", "name"),
    [
        ("KU005", "Alajärven kaupunki"),  # official name known
        ("KU009", "Alavieska"),  # not known: the place
        ("KU287", "Kristiinankaupunki"),  # known in Swedish only
        ("KU599", "Pedersören kunta"),  # the place is named so
        ("UN014", "Åbo Akademi"),
    ],
)
def test_a_unit_is_called_by_its_official_finnish_name_where_known(units, unit_id, name):
    assert units[unit_id].name.fi == name


def test_sami_is_left_out_of_the_languages_and_the_main_one_comes_first(units):
    assert units["KU148"].languages == ("fi",)
    assert units["KU445"].languages == ("sv", "fi")


def test_a_business_id_is_dated_and_its_first_day_unknown(units):
    (helsinki,) = units["KU091"].business_ids
    assert helsinki.y_tunnus == "0201256-6"
    assert helsinki.valid_from is None
    assert units["KU009"].business_ids == ()


def test_a_unit_may_serve_several_regions_or_the_whole_country(units):
    assert units["SR006"].regions == ("02", "04", "21")
    assert units["SA013"].regions == ()
    assert units["SA013"].location is None
    known = set(reference.regions())
    assert all(set(unit.regions) <= known for unit in units.values())


def test_a_municipal_unit_lies_where_its_municipality_does(units):
    for unit in units.values():
        if unit.kind == UnitKind.MUNICIPALITY:
            place = reference.municipality(unit.municipality or "")
            assert unit.regions == (place.region,)
            assert unit.location == place.location
            assert unit.size_class is not None


def test_no_two_units_share_a_business_id(units):
    ids = [b.y_tunnus for unit in units.values() for b in unit.business_ids]
    assert len(ids) > 250
    assert len(ids) == len(set(ids))
