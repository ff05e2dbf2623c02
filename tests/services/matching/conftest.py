"""A leader of matching, its rounds and looks."""

import pytest
from matched import RULES

from services.kit.lease import Lease
from services.matching.looks import Looks
from services.matching.rounds import Rounds
from services.matching.running import Running


@pytest.fixture
def lease(store):
    held = Lease(store, "matching", ttl_s=600, renew_s=60)
    held.try_take()
    yield held
    held.stop()


@pytest.fixture
def rounds(store, lease):
    return Rounds(store, lease, RULES)


@pytest.fixture
def looks(rounds):
    return Looks(rounds)


@pytest.fixture
def running(lease, rounds, looks):
    return Running(lease, rounds, looks)
