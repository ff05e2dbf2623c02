import pytest

from matcher.places import distance_km

HELSINKI, TAMPERE = (60.1699, 24.9384), (61.4978, 23.7610)


def test_helsinki_and_tampere_are_161_km_apart():
    assert distance_km(HELSINKI, TAMPERE) == pytest.approx(161, abs=1)


def test_it_is_the_same_both_ways_and_zero_to_oneself():
    assert distance_km(HELSINKI, TAMPERE) == distance_km(TAMPERE, HELSINKI)
    assert distance_km(HELSINKI, HELSINKI) == 0


def test_opposite_sides_of_the_earth_are_half_its_circumference_apart():
    assert distance_km((0, 0), (0, 180)) == pytest.approx(20015, abs=1)
