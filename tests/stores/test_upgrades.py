"""A database of an earlier version is brought up to this one, with what is in it."""

import psycopg
import pytest
from alembic import command
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from services.groups.states import SECOND_SEAT
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
    " (id, group_id, challenge_id, unit_id, state, late, fit, reasons, note,"
    " invited_at, answered_at)"
    " VALUES (:id, :group_id, :challenge_id, 'KU1', :state, false, 0.5, '[]', '',"
    " :invited_at, :answered_at)"
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


def groups(store, count):
    for key in range(1, count + 1):
        run(store, PROPOSAL, id=f"pr-{key}")
        run(store, GROUP, id=f"gr-{key}", proposal_id=f"pr-{key}")


SEATS = {
    # the challenge: its seats by group, as (state, invited, answered), and the one that is kept
    "ch-1": ([("accepted", 1, 5), ("accepted", 2, 4), ("invited", 1, None)], "gr-2"),
    "ch-2": ([("offered", None, None), ("invited", 3, None), ("invited", 2, None)], "gr-3"),
    "ch-3": ([("invited", 1, None), ("declined", 1, 2), ("accepted", 9, 9)], "gr-3"),
    "ch-4": ([("accepted", 1, None), ("accepted", 1, None)], "gr-1"),
    "ch-5": ([("declined", 1, 2), ("passed_over", None, 2)], None),
    "ch-6": ([("invited", 1, None)], "gr-1"),
}


def seat(store, challenge, place, state, invited, answered):
    values = {
        "id": f"in-{challenge}-{place}",
        "group_id": f"gr-{place}",
        "challenge_id": challenge,
        "state": state,
        "invited_at": invited and f"2026-01-{invited:02} 08:00:00",
        "answered_at": answered and f"2026-01-{answered:02} 08:00:00",
    }
    run(store, INVITATION, **values)


def rows(store, said):
    with store.read() as session:
        return [tuple(row) for row in session.connection().execute(text(said))]


@pytest.fixture
def with_second_seats(empty_url):
    """A database of an earlier version, where some challenges hold two seats."""
    store = made(empty_url, "groups_0001")
    groups(store, 3)
    for challenge, (held, _) in SEATS.items():
        for place, one in enumerate(held, start=1):
            seat(store, challenge, place, *one)
    for other in ("gr-1", "gr-2"):
        known = "INSERT INTO matching_ruling (kind, challenge_id, other) VALUES"
        run(store, text(f"{known} ('seat', 'ch-3', :other)"), other=other)
    run(store, text(f"{known} ('declined', 'ch-3', 'gr-2')"))
    yield store
    store.close()


def test_of_two_seats_the_one_accepted_first_is_kept(with_second_seats):
    store = with_second_seats
    before = rows(store, "SELECT id, invited_at, answered_at FROM groups_invitation ORDER BY id")
    store.upgrade()
    assert drift(store._engines.writer) == []
    held = (
        "SELECT challenge_id, group_id FROM groups_invitation"
        " WHERE state IN ('offered', 'invited', 'accepted')"
    )
    assert dict(rows(store, held)) == {key: kept for key, (_, kept) in SEATS.items() if kept}
    after = rows(store, "SELECT id, invited_at, answered_at FROM groups_invitation ORDER BY id")
    assert after == before
    with pytest.raises(IntegrityError):
        seat(store, "ch-6", 2, "accepted", 1, 1)


def test_a_seat_that_is_cancelled_says_why_and_is_on_record(with_second_seats, caplog):
    store = with_second_seats
    store.upgrade()
    lost = "SELECT id, decline_reason FROM groups_invitation WHERE state = 'cancelled'"
    ended = {f"in-ch-{at}" for at in ("1-1", "1-3", "2-1", "2-2", "3-1", "4-2")}
    assert dict(rows(store, lost)) == dict.fromkeys(ended, SECOND_SEAT)
    told = {record.getMessage() for record in caplog.records if "two seats" in record.getMessage()}
    assert "challenge ch-4 held two seats: kept in-ch-4-1 in gr-1, cancelled in-ch-4-2" in str(told)
    assert len(told) == len(ended)
    said = "SELECT proposal_id, person_id, what FROM groups_edit"
    written = rows(store, said)
    assert len(written) == len(ended)
    assert ("pr-2", "upgrade", "second seat cancelled") in written


def test_matching_is_left_with_the_seat_that_is_kept(with_second_seats):
    store = with_second_seats
    store.upgrade()
    said = "SELECT kind, other FROM matching_ruling WHERE challenge_id = 'ch-3' ORDER BY kind"
    assert rows(store, said) == [("declined", "gr-2"), ("seat", "gr-3")]


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
    # Everybody is matched once more: what ranked is not what ranks now.
    assert asked(store, "SELECT encoder FROM matching_ranking") == "earlier builtin"
    assert drift(store._engines.writer) == []
    store.close()


def test_rows_in_the_table_of_groups_are_not_thrown_away(empty_url):
    store = made(empty_url, "matching_0002")
    run(store, text("INSERT INTO matching_group (group_id, body) VALUES ('gr-1', '{}')"))
    with pytest.raises(RowsInTheWay, match=r"matching_group, 1 rows that no version"):
        store.upgrade()
    assert asked(store, "SELECT count(*) FROM matching_group") == 1
    store.close()
