"""The web application of a deployment, for the tests of every context's pages."""

import pytest
from browsing import demonstration, production

from services.web import make_web


@pytest.fixture
def web(store, tmp_path):
    """The application as in production, over the test's own store; nobody answers questions."""
    return make_web(production(store, tmp_path), store)


@pytest.fixture
def demo(store, tmp_path):
    """The application as in a demonstration."""
    return make_web(demonstration(store, tmp_path), store)
