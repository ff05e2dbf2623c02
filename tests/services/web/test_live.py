"""Pages that keep themselves up to date, and a server that stops though they are open."""

import threading
from contextlib import contextmanager
from http.client import HTTPConnection

import pytest
from browsing import visitor_of
from builders import a_contact, a_facilitator, a_proposal, registered

from services.access.doors import COOKIE
from services.access.sessions import sign_in, sign_out
from services.challenges.actions import withdraw_challenge
from services.groups.proposals import keep_proposal
from services.web import web_server

PATIENCE_S = 20


@contextmanager
def serving(app):
    """Serve an application on a free port; yields the port and what stops it."""
    server = web_server(app, own_signals=False)
    server.config.port = 0
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        thread.join(0.02)
    try:
        yield server.servers[0].sockets[0].getsockname()[1], server, thread
    finally:
        server.should_exit = True
        thread.join(PATIENCE_S)


@contextmanager
def listening(port, path, token, **headers):
    """Open a live page; yields a function that reads its next message."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    connection.request("GET", path, headers={"Cookie": f"{COOKIE}={token}", **headers})
    answer = connection.getresponse()

    def next_message():
        lines = []
        while line := answer.readline().decode():
            if line.strip():
                lines.append(line.rstrip("\n"))
            elif any(one.startswith("data:") for one in lines):
                return "\n".join(lines)
        return None

    try:
        yield answer, next_message
    finally:
        connection.close()


def token_of(store, person):
    with store.begin() as session:
        return sign_in(session, visitor_of(person))


@pytest.fixture
def mine(store):
    with store.begin() as session:
        cards = [registered(session, f"A{n}") for n in range(3)]
        return cards, a_contact(session, "A0")


def test_a_challenge_tells_its_proposal_by_itself_and_nothing_twice(demo, store, mine):
    cards, member = mine
    path = f"/fi/challenges/{cards[0].id}/live"
    token = token_of(store, member)
    with serving(demo) as (port, *_), listening(port, path, token) as (answer, read):
        assert answer.headers["content-type"].startswith("text/event-stream")
        first = read()
        assert "Etsimme vertaisia" in first
        with store.begin() as session:
            keep_proposal(session, a_proposal(cards))
            registered(session, "Z1")  # its event makes the page look
        assert "Teille on ehdotettu ryhmää" in read()
        mark = first.rpartition("id: ")[2]
        with listening(port, path, token, **{"Last-Event-ID": mark}) as (_, again):
            assert "Teille on ehdotettu ryhmää" in again()


def test_the_board_tells_how_many_are_new(demo, store, mine):
    cards, _ = mine
    with store.begin() as session:
        facilitator = a_facilitator(session)
    token = token_of(store, facilitator)
    with serving(demo) as (port, *_):
        since = "/fi/proposals/live?since=1"
        with listening(port, since, token) as (_, read):
            assert "Ajan tasalla" in read()
            with store.begin() as session:
                keep_proposal(session, a_proposal(cards))
                registered(session, "Z1")
            news = read()
            assert "1 uusi ehdotus – näytä" in news
            assert 'href="/fi/proposals?since=1.0"' in news


def test_who_may_see_no_more_is_sent_no_more(demo, store, mine):
    cards, member = mine
    token = token_of(store, member)
    path = f"/fi/challenges/{cards[0].id}/live"
    with serving(demo) as (port, *_), listening(port, path, token) as (_, read):
        assert read()
        with store.begin() as session:
            sign_out(session, token)
            withdraw_challenge(session, member, cards[0].id)
        assert read() is None


def test_the_server_stops_though_pages_listen_and_holds_no_connection_for_them(demo, store, mine):
    cards, member = mine
    token, path = token_of(store, member), f"/fi/challenges/{cards[0].id}/live"
    with serving(demo) as (port, server, thread):
        with (
            listening(port, path, token) as (_, first),
            listening(port, path, token) as (_, second),
        ):
            assert first()
            assert second()
            assert store._engines.reader.pool.checkedout() == 0
            server.should_exit = True
            assert first() is None
            assert second() is None
        thread.join(PATIENCE_S)
        assert not thread.is_alive()


def test_live_pages_are_closed_to_others(demo, store, mine):
    cards, _ = mine
    path = f"/fi/challenges/{cards[0].id}/live"
    with serving(demo) as (port, *_):
        for token in ("", "wrong"):
            with listening(port, path, token) as (answer, _):
                assert answer.status == 303
