"""A process may end at any point: nothing is lost, nothing has an effect twice."""

import time

import planting
import pytest
from crashing import Worker, faults_in

from services.kit.faults import EXIT_STATUS
from services.kit.nats_server import NatsServer

FAULTS = [
    "store.before_commit:5",
    "store.after_commit:5",
    "relay.before_publish:2",
    "relay.after_ack:1",
    "relay.before_commit:1",
    "relay.after_commit:1",
    "bus.mid_batch:30",
    "bus.before_commit:1",
    "bus.after_commit:1",
    "bus.after_commit_before_ack:1",
    "relay.after_ack:3",
    "bus.after_commit_before_ack:3",
]


@pytest.fixture
def server(tmp_path):
    with NatsServer(tmp_path / "nats") as server:
        yield server


def test_it_may_end_at_each_point(server, store, tmp_path):
    accepted = []
    for turn, fault in enumerate(FAULTS):
        status, got = Worker(tmp_path, store.url, server.url, turn, fault).end()
        assert status == EXIT_STATUS, f"{fault} was not passed"
        accepted += got
    status, got = Worker(tmp_path, store.url, server.url, len(FAULTS)).end()
    assert status == 0
    assert faults_in(store, accepted + got) == []


def test_the_server_may_end_with_it(server, store, tmp_path):
    accepted = []
    for turn, fault in enumerate(["relay.after_ack:1", "bus.after_commit_before_ack:2", ""]):
        worker = Worker(tmp_path, store.url, server.url, turn, fault)
        if not fault:
            time.sleep(0.3)
            worker.process.kill()
        server.kill()
        accepted += worker.end()[1]
        server.kill()
    status, got = Worker(tmp_path, store.url, server.url, 3).end()
    assert status == 0
    assert faults_in(store, accepted + got) == []


@pytest.mark.postgres
def test_the_databases_connections_may_end_under_it(nats_url, pg_store, tmp_path):
    accepted = []
    for turn, fault in enumerate(["relay.after_ack:1", "bus.mid_batch:30", ""]):
        worker = Worker(tmp_path, pg_store.url, nats_url, turn, fault)
        if not fault:
            time.sleep(0.4)
            with pg_store._engines.writer.connect() as connection:
                connection.exec_driver_sql(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE pid <> pg_backend_pid() AND datname = current_database()"
                )
        accepted += worker.end()[1]
    pg_store.close()
    status, got = Worker(tmp_path, pg_store.url, nats_url, 3).end()
    assert status == 0
    assert faults_in(pg_store, accepted + got) == []


@pytest.mark.parametrize(
    ("plant", "fault"),
    [
        (planting.no_inbox, "bus.after_commit_before_ack:1"),
        (planting.acknowledged_first, "bus.before_commit:1"),
        (planting.announced_after_the_commit, "bus.after_commit:1000"),
        (planting.sent_backwards, ""),
        (planting.without_a_cause, ""),
    ],
)
def test_the_checker_sees_a_planted_fault(nats_url, store, tmp_path, plant, fault):
    accepted = []
    statuses = []
    for turn, armed in enumerate([fault, ""]):
        worker = Worker(tmp_path, store.url, nats_url, turn, armed, plant)
        status, got = worker.end()
        statuses.append(status)
        accepted += got
    assert statuses[0] == (EXIT_STATUS if fault else 0)
    assert faults_in(store, accepted) != []
