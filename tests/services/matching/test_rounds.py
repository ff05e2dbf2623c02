"""Rounds: what follows from what is pending is told once, by whoever leads, to all concerned."""

from threading import Event

import pytest
from builders import a_unit
from emitted import emitted
from matched import RULES, hear, last_proposal, members, peers, register, withdrawn
from sqlmodel import delete

from matcher.params import AffinityWeights
from schemas.groups import (
    GroupProposed,
)
from schemas.matching import ChallengeLeftOut
from schemas.units import ProfileRevised, UnitProfile
from services.kit.lease import Lease, LeaseLost
from services.matching import queries
from services.matching.looks import Looks
from services.matching.rounds import Rounds
from services.matching.tables import KnownChallenge, Pending, Told
from services.matching.warming import warm


def test_who_was_there_before_hears_of_a_new_peer(store, rounds):
    register(store, 0)
    rounds.run_once()
    assert peers(store, 0) == set()
    register(store, 1)
    rounds.run_once()
    assert peers(store, 1) == {"ch-0"}
    assert peers(store, 0) == {"ch-1"}


@pytest.mark.parametrize("starts_again", [False, True])
def test_who_withdrew_is_nobodys_peer(store, rounds, lease, starts_again):
    register(store, 0, 1)
    rounds.run_once()
    if starts_again:
        rounds = Rounds(store, lease, RULES)
    hear(store, withdrawn(1))
    rounds.run_once()
    assert peers(store, 0) == set()


def test_what_is_told_comes_of_the_epoch_it_is_told_under(store, lease, rounds, monkeypatch):
    """Another led in between, and a question has read the pool anew since."""
    register(store, 0, 1, 2)
    match = rounds._match

    def match_and_lose_the_lease(*args):
        found = match(*args)
        lease.release()
        Lease(store, "matching", holder="other").try_take()
        Lease(store, "matching", holder="other").release()
        lease.try_take()
        rounds.warm.pool()
        return found

    monkeypatch.setattr(rounds, "_match", match_and_lose_the_lease)
    with pytest.raises(LeaseLost):
        rounds.run_once()
    with store.read() as session:
        assert emitted(session, GroupProposed) == []


def test_only_what_a_round_looked_at_is_done_with(store, rounds, monkeypatch):
    """On PostgreSQL a number given earlier may be committed later."""
    with store.begin() as session:
        session.add(Pending(seq=7, what="challenge", key="ch-9"))
    match = rounds._match

    def match_while_another_commits(*args):
        found = match(*args)
        with store.begin() as session:
            session.add(Pending(seq=3, what="challenge", key="ch-8"))
        return found

    monkeypatch.setattr(rounds, "_match", match_while_another_commits)
    assert rounds.run_once() == 1
    with store.read() as session:
        assert session.get(Pending, 3) is not None
        assert session.get(Pending, 7) is None


def test_a_units_new_languages_are_told_to_those_who_had_it_as_a_peer(store, rounds):
    register(store, 0, 1, 2)
    rounds.run_once()
    assert "ch-0" in peers(store, 1)
    unit = UnitProfile(**a_unit(id="KU0", languages=("sv",)).model_dump() | {"version": 9})
    hear(store, ProfileRevised(unit=unit))
    rounds.run_once()
    assert "ch-0" not in peers(store, 1)
    assert peers(store, 0) == set()


def test_a_quiet_look_does_not_pass_for_a_round_under_other_weights(store, lease, rounds):
    register(store, 0, 1, 2)
    rounds.run_once()
    other = RULES.model_copy(update={"affinity": AffinityWeights(full_likeness=0.99)})
    again = Rounds(store, lease, other)
    assert not Looks(again).improve()
    assert again.run_once() == 1
    with store.read() as session:
        told = queries.peers(session, "ch-1")
    assert told == again.warm.pool().peers("ch-1")


def test_a_pool_that_runs_on_and_one_that_starts_again_tell_the_same(store, lease, rounds):
    """Nothing is told anew after a restart: what was told is read as it was written."""
    register(store, 0, 1, 2, 3)
    rounds.run_once()
    with store.read() as session:
        told = len(emitted(session, GroupProposed))
        again = warm(session, RULES)
    assert again._proposals == rounds.warm.pool()._proposals
    with store.begin() as session:
        session.add(Pending(what="ruling", key="ch-0"))
    Rounds(store, lease, RULES).run_once()
    with store.read() as session:
        assert len(emitted(session, GroupProposed)) == told == 1


@pytest.mark.parametrize("starts_again", [False, True])
def test_a_challenge_that_cannot_be_matched_holds_up_no_other(
    store, rounds, lease, starts_again, caplog
):
    register(store, 0, 1, 2, 3)
    if starts_again:
        rounds.run_once()
        rounds = Rounds(store, lease, RULES)
    register(store, 9)
    with store.begin() as session:
        row = session.get_one(KnownChallenge, "ch-9")
        row.body = row.body | {"maturity": "a word that only its unit may read"}
        session.add(row)
    assert rounds.run_once() > 0
    assert members(last_proposal(store)) == {"ch-0", "ch-1", "ch-2", "ch-3"}
    assert "ch-9" in caplog.text
    assert "only its unit" not in caplog.text


def test_what_a_round_could_not_tell_is_told_by_the_next(store, rounds, monkeypatch):
    register(store, 0)
    rounds.run_once()
    register(store, 1)
    tell = "services.matching.rounds.news_of"
    with monkeypatch.context() as patch:
        patch.setattr(tell, lambda *_: [fail])
        with pytest.raises(RuntimeError, match="the store broke"):
            rounds.run_once()
    rounds.run_once()
    with store.read() as session:
        assert {one.challenge_id for one in emitted(session, ChallengeLeftOut)} == {"ch-0", "ch-1"}


def fail(_session):
    raise RuntimeError("the store broke")


def test_what_arrives_while_a_round_runs_is_in_the_next_one(store, rounds):
    register(store, 0, 1, 2)
    match = rounds._match

    def match_while_somebody_registers(*given):
        rounds._match = match
        found = match(*given)
        register(store, 3)
        hear(store, withdrawn(0))
        return found

    rounds._match = match_while_somebody_registers
    rounds.run_once()
    assert members(last_proposal(store)) == {"ch-0", "ch-1", "ch-2"}
    rounds.run_once()
    assert members(last_proposal(store)) == {"ch-1", "ch-2", "ch-3"}


def test_what_fails_in_quiet_holds_up_no_round(store, rounds, looks, running, monkeypatch):
    register(store, 0, 1, 2)
    rounds.run_once()
    tried = []

    def improve():
        tried.append(1)
        register(store, 3)
        raise RuntimeError

    monkeypatch.setattr("services.matching.running.IDLE_S", 0.01)
    monkeypatch.setattr("services.matching.running.PAUSE_S", 0.01)
    monkeypatch.setattr("services.matching.running.warm_matcher", lambda _: None)
    monkeypatch.setattr(looks, "improve", improve)
    matched, run_once = Event(), rounds.run_once

    def run():
        count = run_once()
        if tried and count:
            matched.set()
        return count

    monkeypatch.setattr(rounds, "run_once", run)
    running.start()
    try:
        assert matched.wait(30)
    finally:
        running.stop()
    assert members(last_proposal(store)) == {"ch-0", "ch-1", "ch-2", "ch-3"}


def test_when_nothing_is_pending_everybody_is_looked_at_once_more(store, lease, rounds, looks):
    register(store, 0, 1, 2, 3)
    rounds.run_once()
    told = last_proposal(store)
    while looks.improve():
        pass
    assert last_proposal(store) == told
    three = told.model_copy(update={"members": told.members[:3]})
    with store.begin() as session:
        session.get(Told, told.id).body = three.model_dump(mode="json")
    again = Looks(Rounds(store, lease, RULES))
    assert again.improve()
    assert members(last_proposal(store)) == members(told)
    assert last_proposal(store).version == told.version + 1
    while again.improve():
        pass
    with store.read() as session:
        assert len(emitted(session, GroupProposed)) == 2


def test_nothing_better_is_told_by_one_who_leads_no_more(store, lease, rounds, looks):
    register(store, 0, 1, 2, 3)
    with store.begin() as session:
        session.exec(delete(Pending))
    rounds.warm.pool()
    lease.stop()
    with pytest.raises(LeaseLost):
        looks.improve()
    with store.read() as session:
        assert emitted(session, GroupProposed) == []
