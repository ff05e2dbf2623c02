"""What tests of every part share."""

from shutil import copyfile

import pytest

from services.kit.store import Store


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory):
    """An SQLite file with every table, made once and copied by each test."""
    file = tmp_path_factory.mktemp("empty") / "piiri.db"
    store = Store(f"sqlite:///{file}")
    store.upgrade()
    store.close()
    return file


@pytest.fixture
def store(empty_database, tmp_path):
    """A fresh store of the test's own."""
    file = tmp_path / "piiri.db"
    copyfile(empty_database, file)
    made = Store(f"sqlite:///{file}")
    yield made
    made.close()


@pytest.fixture
def session(store):
    """A write transaction, committed when the test ends."""
    with store.begin() as opened:
        yield opened
