"""A facilitator at the board."""

import pytest
from browsing import browser
from builders import a_facilitator


@pytest.fixture
def facilitator(store):
    with store.begin() as session:
        return a_facilitator(session)


@pytest.fixture
def browse(web, facilitator):
    return browser(web, facilitator)
