"""Who asks too often is refused, with the seconds to wait, and nobody else is."""

import pytest
from starlette.requests import Request

from services.kit.limits import KNOWN, Limits, TooManyRequests, address_of


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def limits(clock):
    return Limits(clock)


def wait(limits, who="a", what="x", most=3, per_s=60):
    """Seconds to wait; None when the request passes."""
    try:
        limits.take(what, who, most=most, per_s=per_s)
    except TooManyRequests as refusal:
        return int(refusal.facts[0])
    return None


def test_so_many_at_once_and_then_one_after_another(limits, clock):
    assert [wait(limits) for _ in range(4)] == [None, None, None, 20]
    clock.now += 19.5
    assert wait(limits) == 1
    clock.now += 0.5
    assert [wait(limits) for _ in range(2)] == [None, 20]


def test_whoever_waits_has_all_of_them_back(limits, clock):
    for _ in range(3):
        wait(limits)
    clock.now += 60
    assert [wait(limits) for _ in range(4)] == [None, None, None, 20]


def test_a_refused_request_is_not_counted(limits, clock):
    answers = [wait(limits) for _ in range(50)]
    assert answers[3:] == [20] * 47


def test_every_asker_and_every_thing_is_counted_apart(limits):
    for _ in range(3):
        wait(limits)
    assert wait(limits, who="b") is None
    assert wait(limits, what="y") is None
    assert wait(limits) == 20


@pytest.mark.parametrize(("most", "per_s"), [(1, 0.5), (7, 3600), (60, 600), (600, 60)])
def test_exactly_so_many_pass_at_once(limits, most, per_s):
    passed = [wait(limits, most=most, per_s=per_s) for _ in range(most + 1)]
    assert passed[:-1] == [None] * most
    assert passed[-1] >= 1


def test_no_more_than_so_many_askers_are_remembered(limits, clock):
    for _ in range(3):
        wait(limits, who="busy")
    for number in range(KNOWN + 5):
        wait(limits, who=str(number))
    assert len(limits._free_at) <= KNOWN
    assert wait(limits, who="busy") == 20


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("testclient", "testclient"),
    ],
)
def test_an_address_of_ipv6_is_its_network(host, address):
    assert address_of(Request({"type": "http", "client": (host, 1)})) == address


def test_without_an_address_all_are_one():
    assert address_of(Request({"type": "http", "client": None})) == ""
