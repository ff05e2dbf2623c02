"""A database of an earlier version is brought up to this one, with what is in it."""

import psycopg
import pytest
from alembic import command
from sqlalchemy import inspect, text

from services.kit.store import Store
from services.migrations.refused import RowsInTheWay
from services.migrations.upgrade import alembic_config, drift

PROPOSAL = text(
    "INSERT INTO groups_proposal"
    " (id, round, version, state, title, body, sample, made_at, changed_at, note)"
    " VALUES (:id, 1, 1, 'approved', '', '{}', false, '2026-01-01', '2026-01-01', '')"
)
GROUP = text(
    "INSERT INTO groups_group (id, proposal_id, state, title, body, sample, approved_at)"
    " VALUES (:id, :proposal_id, 'inviting', '', '{}', false, '2026-01-01')"
)
INVITATION = text(
    "INSERT INTO groups_invitation"
    " (id, group_id, challenge_id, unit_id, state, late, fit, reasons, note)"
    " VALUES (:id, :group_id, 'ch-1', 'KU1', :state, false, 0.5, '[]', '')"
)


def made(url, *revisions):
    """A store whose tables are those of earlier revisions."""
    store = Store(url)
    with store._engines.writer.begin() as connection:
        for revision in revisions:
            command.upgrade(alembic_config(connection), revision)
    return store


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_url(request, tmp_path):
    """The address of a database without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/old.db"
        return
    server = request.getfixturevalue("pg_server")
    with psycopg.connect(server.address("postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE old_piiri")
        yield server.address("old_piiri").replace("://", "+psycopg://")
        connection.execute("DROP DATABASE old_piiri WITH (FORCE)")


def run(store, statement, **values):
    with store.begin() as session:
        return session.connection().execute(statement, values)


def asked(store, said):
    with store.read() as session:
        return session.connection().execute(text(said)).scalar_one()


def indices(store, table):
    found = inspect(store._engines.writer).get_indexes(table)
    return {index["name"] for index in found}


def two_groups(store):
    for key in ("1", "2"):
        run(store, PROPOSAL, id=f"pr-{key}")
        run(store, GROUP, id=f"gr-{key}", proposal_id=f"pr-{key}")


def test_a_challenge_with_two_seats_stops_the_upgrade_and_is_named(empty_url):
    store = made(empty_url, "groups_0001")
    two_groups(store)
    run(store, INVITATION, id="in-1", group_id="gr-1", state="accepted")
    run(store, INVITATION, id="in-2", group_id="gr-2", state="offered")
    with pytest.raises(RowsInTheWay, match=r"ch-1 in gr-1 and gr-2, decline or pass over"):
        store.upgrade()
    assert "ix_groups_invitation_one_seat" not in indices(store, "groups_invitation")
    run(store, text("UPDATE groups_invitation SET state = 'passed_over' WHERE id = 'in-2'"))
    store.upgrade()
    assert "ix_groups_invitation_one_seat" in indices(store, "groups_invitation")
    assert asked(store, "SELECT count(*) FROM groups_invitation") == 2
    assert drift(store._engines.writer) == []
    store.close()


def test_what_matching_knows_outlives_the_table_of_groups(empty_url):
    store = made(empty_url, "groups_0001", "matching_0002")
    known = (
        "INSERT INTO matching_ruling (kind, challenge_id, other) VALUES ('seat', 'ch-1', 'gr-1')"
    )
    run(store, text(known))
    run(store, text("INSERT INTO matching_ranking (id, encoder) VALUES (1, 'builtin')"))
    assert inspect(store._engines.writer).has_table("matching_group")
    store.upgrade()
    assert not inspect(store._engines.writer).has_table("matching_group")
    assert asked(store, "SELECT other FROM matching_ruling WHERE kind = 'seat'") == "gr-1"
    assert asked(store, "SELECT encoder FROM matching_ranking") == "builtin"
    assert drift(store._engines.writer) == []
    store.close()


def test_rows_in_the_table_of_groups_are_not_thrown_away(empty_url):
    store = made(empty_url, "matching_0002")
    run(store, text("INSERT INTO matching_group (group_id, body) VALUES ('gr-1', '{}')"))
    with pytest.raises(RowsInTheWay, match=r"matching_group, 1 rows that no version"):
        store.upgrade()
    assert asked(store, "SELECT count(*) FROM matching_group") == 1
    store.close()
