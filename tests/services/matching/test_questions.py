"""Questions are answered from the last round, whatever the next one is at."""

from threading import Event, Thread

import pytest
from matched import RULES, TEXTS, register

from matcher.pool import Pool
from schemas.asking import PeersQuestion, PlacesQuestion, QualityQuestion
from services.kit.lease import Lease
from services.matching.active import Matching, PoolBusy
from services.matching.rounds import Rounds


def answers_while(rounds, monkeypatch, work):
    """Ask in another thread while a round works out its groups; what was answered."""
    told_of, asked = Pool._told_of, []

    def ask(matching):
        asked.append(matching.places(PlacesQuestion(challenge_id="ch-0")))
        asked.append(matching.peers(PeersQuestion(challenge_id="ch-0")))
        asked.append(matching.peers(PeersQuestion(text=TEXTS[0], language="fi")))
        asked.append(matching.quality(QualityQuestion()))

    def tell_while_somebody_asks(pool, form):
        found = told_of(pool, form)
        matching = Matching(rounds._store, RULES)
        matching.lease, matching.rounds = rounds._lease, rounds
        thread = Thread(target=ask, args=(matching,), daemon=True)
        thread.start()
        thread.join(30)
        return found

    monkeypatch.setattr(Pool, "_told_of", tell_while_somebody_asks)
    work()
    monkeypatch.setattr(Pool, "_told_of", told_of)
    assert len(asked) == 4, "a question waited for the round"
    return asked


def test_a_question_is_answered_from_the_last_round_while_another_runs(store, rounds, monkeypatch):
    register(store, 0, 1, 2)
    rounds.run_once()
    register(store, 3)
    places, peers, of_text, quality = answers_while(rounds, monkeypatch, rounds.run_once)
    assert places.known
    assert {peer.challenge_id for peer in peers.peers} == {"ch-1", "ch-2"}
    assert "ch-3" not in {peer.challenge_id for peer in of_text.peers}
    assert quality.groups == 1
    now = rounds.warm.asked(0)
    assert {peer.challenge_id for peer in now.peers("ch-0")} == {"ch-1", "ch-2", "ch-3"}


def test_a_question_is_answered_while_everybody_is_looked_at_in_quiet(
    store, rounds, looks, monkeypatch
):
    register(store, 0, 1, 2)
    rounds.run_once()
    _, peers, _, _ = answers_while(rounds, monkeypatch, looks.improve)
    assert len(peers.peers) == 2


def test_nobody_is_answered_from_what_another_leader_may_have_changed(store, lease, rounds):
    register(store, 0, 1)
    rounds.run_once()
    before = rounds.warm.asked(0)
    lease.release()
    other = Lease(store, "matching", holder="other")
    other.try_take()
    register(store, 2)
    other.release()
    lease.try_take()
    assert rounds.warm.asked(0) is not before
    assert "ch-2" in rounds.warm.asked(0)


def test_while_the_pool_is_read_again_the_last_round_answers(store, rounds):
    register(store, 0, 1)
    rounds.run_once()
    rounds.warm.cool()
    assert "ch-1" in rounds.warm.asked(0)
    assert rounds.warm.present is None


def test_a_question_that_the_pool_is_read_for_too_long_is_refused(store, lease):
    rounds = Rounds(store, lease, RULES)
    held, done = Event(), Event()

    def read():
        with rounds.warm.working:
            held.set()
            done.wait(30)

    thread = Thread(target=read)
    thread.start()
    held.wait(30)
    matching = Matching(store, RULES)
    matching.lease, matching.rounds = lease, rounds
    try:
        with pytest.raises(PoolBusy):
            matching.peers(PeersQuestion(challenge_id="ch-0"))
    finally:
        done.set()
        thread.join()
