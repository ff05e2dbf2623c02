"""One active instance, another ready to take over."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

import pytest
from backbones import until

from services.kit.lease import Lease, LeaseLost
from services.kit.tables import LeaseRow


def two_leases(store, **times):
    return [Lease(store, "matching", holder=name, **times) for name in ("one", "two")]


@pytest.fixture
def two(any_store):
    return two_leases(any_store, ttl_s=300.0, renew_s=100.0)


def sleep_past_its_time(store, lease):
    """As if the holder had stood still for longer than its lease lasts."""
    with store.begin() as session:
        row = session.get(LeaseRow, lease.name)
        row.expires_at = datetime.now(UTC) - timedelta(seconds=1)
        session.add(row)
    lease._until = time.monotonic()


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
    sleep_past_its_time(any_store, first)
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
    sleep_past_its_time(any_store, first)
    assert not first.held()
    assert first.try_take() == epoch
    assert first.held()
    assert second.try_take() is None
    with any_store.begin() as session:
        first.check(session, epoch)


def test_nothing_can_be_checked_without_holding_it(two, any_store):
    with pytest.raises(LeaseLost), any_store.begin() as session:
        two[0].check(session, two[0].epoch)


async def test_the_standby_takes_over_from_a_dead_instance(any_store):
    first, second = two_leases(any_store, ttl_s=1.5, renew_s=0.1)
    first.keep()
    await until(first.held)
    second.keep()
    await asyncio.sleep(0.3)
    assert not second.held()
    first._stopping.set()  # its thread ends without releasing, as a killed process would
    first._keeper.join()
    spoke_until = first._until
    await until(second.held)
    assert time.monotonic() >= spoke_until - 0.2, "not before the time was up"
    assert second.epoch == 2
    second.stop()


def test_a_lease_must_be_renewed_within_its_time(store):
    with pytest.raises(ValueError, match=r"got 6\.0 of 6\.0 s"):
        Lease(store, "matching", ttl_s=6.0, renew_s=6.0)
