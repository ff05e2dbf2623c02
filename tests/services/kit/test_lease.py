"""One active instance, another ready to take over."""

import asyncio
import time

import pytest
from backbones import until

from services.kit.lease import Lease, LeaseLost


@pytest.fixture
def two(any_store):
    short = {"ttl_s": 0.6, "renew_s": 0.1}
    leases = [Lease(any_store, "matching", holder=name, **short) for name in ("one", "two")]
    yield leases
    for lease in leases:
        lease.stop()


def test_only_one_holds_it(two):
    first, second = two
    assert first.try_take() == 1
    assert second.try_take() is None
    assert (first.held(), second.held()) == (True, False)
    assert first.renew()
    assert first.epoch == 1


def test_a_released_lease_is_taken_at_once_under_a_new_number(two):
    first, second = two
    first.try_take()
    first.release()
    assert not first.held()
    assert second.try_take() == 2
    assert first.try_take() is None


def test_a_silent_holder_is_succeeded_and_cannot_commit(two, any_store):
    first, second = two
    epoch = first.try_take()
    time.sleep(0.7)
    assert not first.held(), "it knows by its own clock"
    assert second.try_take() == 2
    with any_store.begin() as session:
        second.check(session, 2)
    with pytest.raises(LeaseLost, match="matching"), any_store.begin() as session:
        first.check(session, epoch)
    assert first.try_take() is None


def test_a_holder_that_lost_it_and_took_it_back_has_a_new_number(two, any_store):
    first, second = two
    first.try_take()
    first.release()
    second.try_take()
    second.release()
    assert first.try_take() == 3
    with pytest.raises(LeaseLost), any_store.begin() as session:
        first.check(session, 1)


def test_a_holder_that_was_slow_and_found_nobody_in_its_place_goes_on(two, any_store):
    first, second = two
    epoch = first.try_take()
    time.sleep(0.7)
    assert not first.held()
    assert first.try_take() == epoch
    assert first.held()
    assert second.try_take() is None
    with any_store.begin() as session:
        first.check(session, epoch)


def test_nothing_can_be_checked_without_holding_it(two, any_store):
    with pytest.raises(LeaseLost), any_store.begin() as session:
        two[0].check(session, two[0].epoch)


async def test_the_standby_takes_over_from_a_dead_instance(two):
    first, second = two
    first.keep()
    await until(first.held)
    second.keep()
    await asyncio.sleep(0.3)
    assert not second.held()
    first._stopping.set()  # its thread ends without releasing, as a killed process would
    first._keeper.join()
    died = time.monotonic()
    await until(second.held, timeout_s=5.0)
    assert time.monotonic() - died >= 0.3, "not before the time was up"
    assert second.epoch == 2


def test_a_lease_must_be_renewed_within_its_time(store):
    with pytest.raises(ValueError, match=r"got 6\.0 of 6\.0 s"):
        Lease(store, "matching", ttl_s=6.0, renew_s=6.0)
