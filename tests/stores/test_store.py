"""The store keeps its promises on each database."""

import sqlite3
import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from schemas.groups import ProposalLapsed
from services.kit.inbox import first_time
from services.kit.outbox import NotAnnounceable, answering, backlog, emit
from services.kit.store import Store, StoreUnavailable
from services.kit.tables import LeaseRow, OutboxRow
from services.migrations.upgrade import drift


def a_lease(name="one"):
    return LeaseRow(name=name, holder="h", epoch=1, expires_at=datetime(2026, 1, 2, tzinfo=UTC))


def a_fact(key="pr-1", version=1):
    return ProposalLapsed(proposal_id=key, version=version)


class Undo(Exception):
    """Raised by a test to undo a transaction."""


def undone(store, work):
    """Do some work in a transaction that fails."""
    with store.begin() as session:
        work(session)
        raise Undo


def names(store):
    with store.read() as session:
        return session.exec(select(LeaseRow.name)).all()


def test_the_commit_is_where_the_block_ends(any_store):
    with any_store.begin() as session:
        row = a_lease()
        session.add(row)
        assert names(any_store) == []
    assert names(any_store) == ["one"]
    assert row.name == "one"


def test_an_error_undoes_everything(any_store):
    def work(session):
        session.add(a_lease())
        emit(session, a_fact())
        session.flush()

    with pytest.raises(Undo):
        undone(any_store, work)
    assert names(any_store) == []
    with any_store.read() as session:
        assert backlog(session) == (0, 0.0)


def test_a_reader_cannot_write(any_store):
    with pytest.raises(DBAPIError, match=r"(?i)read.?only"), any_store.read() as session:
        emit(session, a_fact())


def test_a_moment_keeps_its_zone(any_store):
    with any_store.begin() as session:
        session.add(a_lease())
    with any_store.read() as session:
        moment = session.exec(select(LeaseRow.expires_at)).one()
    assert moment == datetime(2026, 1, 2, tzinfo=UTC)
    assert moment.tzinfo is not None


def test_a_moment_without_a_zone_is_refused(any_store):
    row = a_lease()
    row.expires_at = datetime(2026, 1, 2)  # noqa: DTZ001  # the point of the test
    with pytest.raises(Exception, match="has a time zone"), any_store.begin() as session:
        session.add(row)


def test_it_wakes_the_relay_after_a_commit_that_holds_an_event(any_store):
    woken = []
    any_store.on_emitted(lambda: woken.append(len(names(any_store))))
    with any_store.begin() as session:
        session.add(a_lease("no event"))
    assert woken == []
    with any_store.begin() as session:
        session.add(a_lease("event"))
        emit(session, a_fact())
        assert woken == []
    assert woken == [2]


def test_twenty_threads_write_without_one_failing(any_store):
    def work(number):
        for turn in range(5):
            with any_store.begin() as session:
                session.add(a_lease(f"{number}-{turn}"))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(names(any_store)) == 100


def test_an_event_names_what_it_answers(any_store):
    with any_store.begin() as session:
        first = emit(session, a_fact("pr-1"))
        with answering(first):
            second = emit(session, a_fact("pr-2"))
        with answering(second):
            third = emit(session, a_fact("pr-3"))
    assert first.causation_id is None
    assert (second.causation_id, third.causation_id) == (first.id, second.id)
    assert {one.correlation_id for one in (first, second, third)} == {first.id}


def test_the_outbox_row_is_the_event(any_store):
    with any_store.begin() as session:
        event = emit(session, a_fact("pr-7"))
    with any_store.read() as session:
        row = session.exec(select(OutboxRow)).one()
    assert ProposalLapsed.model_validate_json(row.body) == event
    assert row.subject == "piiri.matching.lapsed.pr-7"
    assert (row.stream, row.stream_seq, row.attempts) == ("PIIRI", None, 0)
    assert row.headers["ce-type"] == "piiri.matching.lapsed.v1"
    assert row.headers["ce-id"] == row.headers["Nats-Msg-Id"] == row.event_id == str(event.id)


def test_an_event_that_nobody_could_read_is_not_announced(any_store):
    class Unregistered(ProposalLapsed):
        fact = "matching.unregistered"

    with pytest.raises(NotAnnounceable, match="is not in"), any_store.begin() as session:
        emit(session, Unregistered(proposal_id="pr-1", version=1))


def test_an_event_that_could_never_be_sent_is_not_announced(any_store, monkeypatch):
    monkeypatch.setattr("services.kit.outbox.MAX_BODY_BYTES", 100)
    with pytest.raises(NotAnnounceable, match="larger than 100 b"), any_store.begin() as session:
        emit(session, a_fact())


def test_the_same_event_is_not_announced_twice(any_store):
    event = a_fact()
    with any_store.begin() as session:
        emit(session, event)
    with pytest.raises(DBAPIError), any_store.begin() as session:
        emit(session, event)


def test_each_consumer_hears_an_event_once(any_store):
    with any_store.begin() as session:
        assert first_time(session, "a", ["1", "2", "2"]) == {"1", "2"}
        assert first_time(session, "a", ["2", "3"]) == {"3"}
        assert first_time(session, "b", ["2"]) == {"2"}
        assert first_time(session, "b", []) == set()


def test_what_was_heard_in_an_undone_transaction_was_not_heard(any_store):
    with pytest.raises(Undo):
        undone(any_store, lambda session: first_time(session, "a", ["1"]))
    with any_store.begin() as session:
        assert first_time(session, "a", ["1"]) == {"1"}


def test_the_migrations_make_what_the_models_say(any_store):
    assert drift(any_store._engines.writer) == []


def test_a_table_that_differs_from_its_model_is_seen(any_store):
    with any_store.begin() as session:
        session.connection().execute(text("ALTER TABLE kit_lease ADD COLUMN forgotten INTEGER"))
    ((verb, _, table, column),) = drift(any_store._engines.writer)
    assert (verb, table, column.name) == ("remove_column", "kit_lease", "forgotten")


def test_an_upgrade_of_an_upgraded_store_changes_nothing(any_store):
    with any_store.begin() as session:
        session.add(a_lease())
    any_store.upgrade()
    assert names(any_store) == ["one"]


def test_two_upgrades_at_once_make_one_store(tmp_path):
    stores = [Store(f"sqlite:///{tmp_path}/new.db") for _ in range(2)]
    threads = [threading.Thread(target=store.upgrade) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert drift(stores[0]._engines.writer) == []
    for store in stores:
        store.close()


def test_a_thread_cannot_open_a_second_transaction(store):
    with store.begin(), pytest.raises(RuntimeError, match="open already"), store.begin():
        pass


def test_a_file_locked_by_another_process_is_unavailable(store, monkeypatch):
    with store.begin() as session:
        session.connection().execute(text("PRAGMA busy_timeout = 50"))
    other = sqlite3.connect(store.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable), store.begin() as session:
        session.connection()
    other.close()


def test_sqlite_is_set_to_survive_a_power_cut(store):
    with store.begin() as session:
        ask = session.connection().exec_driver_sql
        assert ask("PRAGMA journal_mode").scalar() == "wal"
        assert ask("PRAGMA synchronous").scalar() == 2  # FULL
        assert ask("PRAGMA foreign_keys").scalar() == 1


def test_a_number_of_the_outbox_is_never_given_again(store):
    with store.begin() as session:
        emit(session, a_fact())
    with store.begin() as session:
        session.connection().execute(text("DELETE FROM kit_outbox"))
        emit(session, a_fact())
    with store.read() as session:
        assert session.exec(select(OutboxRow.seq)).one() == 2


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://u:secret@h/d"])
def test_other_databases_are_refused(url):
    with pytest.raises(ValueError, match="a store is sqlite:///FILE") as refused:
        Store(url)
    assert "secret" not in str(refused.value)


@pytest.mark.postgres
def test_a_database_that_is_away_is_unavailable_and_comes_back(pg_store):
    with pg_store.begin() as session:
        session.add(a_lease())
        session.flush()
        ask = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        other = pg_store._engines.writer.connect()
        other.execute(text(f"{ask} AND datname = current_database()"))
        with pytest.raises(DBAPIError) as lost:
            session.connection().execute(text("SELECT 1"))
        other.close()
        session.rollback()
    assert lost.value.connection_invalidated
    with pg_store.begin() as session:
        session.add(a_lease("after"))
    assert names(pg_store) == ["after"]


@pytest.mark.postgres
def test_an_address_nobody_listens_on_is_unavailable():
    store = Store("postgresql+psycopg://piiri@127.0.0.1:1/none")
    with pytest.raises(StoreUnavailable), store.begin() as session:
        session.connection()
