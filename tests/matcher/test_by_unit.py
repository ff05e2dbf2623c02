"""The challenges of each unit, kept up as challenges come, change hands and go."""

import pytest
from pools import case, filled

from matcher.entries import ByUnit

ONE, OTHER, THIRD = sorted(case("path.jsonl"))[:3]


@pytest.fixture
def pool():
    """A pool of three challenges, two of one unit."""
    pool = filled([ONE, THIRD])
    unit = case("path.jsonl")[ONE][1]
    card = case("path.jsonl")[OTHER][0].model_copy(update={"unit_id": unit.id})
    pool.add(card, unit)
    return pool


def unit_of(pool, key):
    return pool._entries[key].unit


def test_a_pool_knows_the_challenges_of_each_unit_in_the_order_they_came(pool):
    own = pool._units[unit_of(pool, ONE).id]
    assert list(own) == [ONE, OTHER]
    assert set(pool._units[unit_of(pool, THIRD).id]) == {THIRD}
    assert not pool._units["nobody"]


def test_one_that_changed_keeps_its_place(pool):
    pool.revise(pool._entries[ONE].card, unit_of(pool, ONE))
    assert list(pool._units[unit_of(pool, ONE).id]) == [ONE, OTHER]


def test_one_that_is_withdrawn_is_its_units_no_more(pool):
    first, third = unit_of(pool, ONE).id, unit_of(pool, THIRD).id
    pool.withdraw(OTHER)
    pool.withdraw(THIRD)
    assert set(pool._units[first]) == {ONE}
    assert not pool._units[third]


def test_one_that_another_unit_registers_is_that_units(pool):
    first, third = unit_of(pool, ONE), unit_of(pool, THIRD)
    pool.add(pool._entries[OTHER].card.model_copy(update={"unit_id": third.id}), third)
    assert set(pool._units[first.id]) == {ONE}
    assert set(pool._units[third.id]) == {THIRD, OTHER}
    anew = ByUnit(pool._entries.values())
    assert {u.id: set(anew[u.id]) for u in (first, third)} == {
        u.id: set(pool._units[u.id]) for u in (first, third)
    }


def test_a_units_changed_profile_is_that_of_all_its_challenges_and_of_no_others(pool):
    first, third = unit_of(pool, ONE), unit_of(pool, THIRD)
    changed = first.model_copy(update={"version": first.version + 1, "languages": ("sv",)})
    pool.learn(changed)
    assert unit_of(pool, ONE) == unit_of(pool, OTHER) == changed
    assert pool._entries[OTHER].mask == pool._entries[ONE].mask
    assert unit_of(pool, THIRD) == third
