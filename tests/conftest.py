"""What tests of every part share: stores and servers, found empty by every test."""

import asyncio
from itertools import count
from shutil import copyfile

import nats
import psycopg
import pytest
from missing import missing
from servers import postgres_programs, running_postgres

from services.kit.nats_server import NatsServer
from services.kit.settings import Settings
from services.kit.store import Store

_numbers = count(1)


LONGEST = ("test_kills.py", "test_production.py", "test_text_build.py", "test_path.py")
"""Files that take minutes, most of them waiting; begun last, one of two workers would be idle."""


def pytest_collection_modifyitems(items):
    """
    Run the longest files first, and the browser's last.

    The browser driver's event loop keeps a process from another's.
    """
    order = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: order.get(item.path.name, len(order)))
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory):
    """An SQLite file with every table, made once and copied by each test."""
    file = tmp_path_factory.mktemp("empty") / "piiri.db"
    store = Store(f"sqlite:///{file}")
    store.upgrade()
    store.close()
    return file


@pytest.fixture
def store_url(empty_database, tmp_path):
    file = tmp_path / "piiri.db"
    copyfile(empty_database, file)
    return f"sqlite:///{file}"


@pytest.fixture
def store(store_url):
    """A fresh store of the test's own."""
    made = Store(store_url)
    yield made
    made.close()


@pytest.fixture
def session(store):
    """A transaction that the test sees and nobody else: it is undone in the end."""
    with store.begin() as opened:
        yield opened
        opened.rollback()


@pytest.fixture(scope="session")
def pg_server():
    if postgres_programs() is None:
        missing("PostgreSQL", "postgresql")
    with running_postgres() as server:
        with psycopg.connect(server.address("postgres"), autocommit=True) as connection:
            connection.execute("CREATE DATABASE template_piiri")
        template = Store(server.address("template_piiri").replace("://", "+psycopg://"))
        template.upgrade()
        template.close()
        yield server


@pytest.fixture
def pg_url(pg_server):
    """The address of a fresh PostgreSQL database with every table."""
    name = f"test_{next(_numbers)}"
    with psycopg.connect(pg_server.address("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template_piiri")
        yield pg_server.address(name).replace("://", "+psycopg://")
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def pg_store(pg_url):
    """A fresh PostgreSQL store of the test's own."""
    made = Store(pg_url)
    yield made
    made.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def any_store(request):
    """A store of each kind in turn."""
    names = {"sqlite": "store", "postgres": "pg_store"}
    return request.getfixturevalue(names[request.param])


@pytest.fixture(scope="session")
def nats_server(tmp_path_factory):
    """A nats-server with JetStream, for all the tests."""
    with NatsServer(tmp_path_factory.mktemp("nats")) as server:
        yield server


@pytest.fixture
def nats_url(nats_server):
    """The address of a server without any stream."""
    asyncio.run(_forget_streams(nats_server.url))
    return nats_server.url


async def _forget_streams(url):
    client = await nats.connect(url)
    jetstream = client.jetstream()
    for stream in await jetstream.streams_info():
        await jetstream.delete_stream(stream.config.name)
    await client.close()


@pytest.fixture
def settings(store_url, nats_url):
    """Settings of a deployment on the test's own store and server."""
    return Settings.from_env(
        {
            "PIIRI_DATABASE_URL": store_url,
            "PIIRI_NATS_URL": nats_url,
            "PIIRI_SECRET_KEY": "only-for-the-tests-" * 2,
        }
    )
