import pytest

from services.look import geography


def test_every_region_has_a_shape_and_three_names():
    codes = {outline.code for outline in geography.outlines()}
    assert len(codes) == 19
    assert codes == geography.region_names().keys()
    assert geography.region_name("19", "sv") == "Lappland"


def test_an_unknown_region_names_itself():
    assert geography.region_name("99", "fi") == "99"


def test_a_unit_is_drawn_at_its_municipality_else_in_its_region():
    helsinki, utsjoki = geography.spot("091"), geography.spot("890")
    assert helsinki is not None
    assert utsjoki is not None
    assert utsjoki[1] < helsinki[1]
    assert geography.spot(None, "19") == geography.spot("000", "19")
    assert geography.spot(None) is None


@pytest.mark.parametrize(
    ("count", "most", "shade"),
    [(0, 9, 0), (1, 9, 1), (9, 9, 4), (1, 1, 1), (5, 9, 3), (14, 63, 2), (0, 0, 0)],
)
def test_more_is_darker(count, most, shade):
    assert geography.shade(count, most) == shade
