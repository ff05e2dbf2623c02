"""Stores and servers; every test finds them empty."""

import asyncio
from itertools import count

import nats
import psycopg
import pytest
from servers import postgres_programs, running_postgres

from services.kit.nats_server import NatsServer
from services.kit.settings import Settings
from services.kit.store import Store

_numbers = count(1)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory):
    """An upgraded database file, made once and copied for each test."""
    path = tmp_path_factory.mktemp("template") / "piiri.db"
    store = Store(f"sqlite:///{path}")
    store.upgrade()
    store.close()
    return path


@pytest.fixture
def store_url(tmp_path, sqlite_template):
    path = tmp_path / "piiri.db"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def store(store_url):
    """A fresh SQLite store."""
    store = Store(store_url)
    yield store
    store.close()


@pytest.fixture
def session(store):
    """A transaction that the test sees and nobody else: it is undone in the end."""
    with store.begin() as session:
        yield session
        session.rollback()


@pytest.fixture(scope="session")
def pg_server():
    if postgres_programs() is None:
        pytest.skip("no PostgreSQL programs: install postgresql, or put initdb on the PATH")
    with running_postgres() as server:
        store = Store(server.address("postgres").replace("://", "+psycopg://"))
        with psycopg.connect(server.address("postgres"), autocommit=True) as connection:
            connection.execute("CREATE DATABASE template_piiri")
        store.close()
        template = Store(server.address("template_piiri").replace("://", "+psycopg://"))
        template.upgrade()
        template.close()
        yield server


@pytest.fixture
def pg_url(pg_server):
    """The address of a fresh, upgraded PostgreSQL database."""
    name = f"test_{next(_numbers)}"
    with psycopg.connect(pg_server.address("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template_piiri")
        yield pg_server.address(name).replace("://", "+psycopg://")
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def pg_store(pg_url):
    """A fresh PostgreSQL store."""
    store = Store(pg_url)
    yield store
    store.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def any_store(request):
    """Each kind of store in turn."""
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
