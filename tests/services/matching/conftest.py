"""A leader of matching and its rounds."""

import pytest
from matched import RULES

from services.kit.lease import Lease
from services.matching.rounds import Rounds


@pytest.fixture
def lease(store):
    held = Lease(store, "matching", ttl_s=600, renew_s=60)
    held.try_take()
    yield held
    held.stop()


@pytest.fixture
def rounds(store, lease):
    return Rounds(store, lease, RULES)
