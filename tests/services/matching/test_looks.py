"""A look at everybody is searched beside the rounds, and holds up nobody who registers."""

from threading import Thread

import pytest
from emitted import emitted
from looks import HeldLook, done_soon
from matched import approve, hear, last_proposal, members, peers, register, withdrawn

from matcher import forming
from matcher.looking import Look
from schemas.groups import GroupProposed, ProposalLapsed
from services.kit.lease import Lease
from services.matching.active import Matching

MANY = range(12)


@pytest.fixture(params=[0, 400], ids=["large", "small"])
def pool(request, monkeypatch, store, rounds):
    """A pool that is looked at again, as a large one and as a small one."""
    monkeypatch.setattr(forming, "WHOLE_UP_TO", request.param)
    register(store, *MANY)
    rounds.run_once()
    assert rounds.pool().restless
    return rounds.pool()


@pytest.fixture
def held(monkeypatch):
    look = HeldLook(monkeypatch)
    yield look
    look.let_go()


@pytest.fixture
def looking(pool, rounds, held):
    """A look that is being searched."""
    thread = Thread(target=rounds.improve, daemon=True)
    thread.start()
    assert held.began.wait(60)
    yield thread
    held.let_go()
    thread.join(60)


def told_of(store, kind):
    with store.read() as session:
        return emitted(session, kind)


def test_who_registers_is_told_of_its_peers_meanwhile(store, rounds, looking):
    register(store, 12)
    assert done_soon(rounds.run_once)
    assert looking.is_alive()
    assert peers(store, 12)


def test_what_came_meanwhile_is_there_when_the_look_is_done(store, rounds, held, looking):
    register(store, 12)
    hear(store, withdrawn(0))
    assert done_soon(rounds.run_once)
    held.let_go()
    looking.join(60)
    assert not looking.is_alive()
    inside = {m.challenge_id for p in rounds.pool()._proposals.values() for m in p.members}
    assert "ch-0" not in inside
    assert "ch-12" in inside
    assert rounds.asked(0).quality().groups == len(rounds.pool()._proposals)


def test_a_group_that_was_approved_meanwhile_is_not_told_again(store, rounds, held, looking):
    proposal = last_proposal(store)
    approve(store, proposal)
    assert done_soon(rounds.run_once)
    told = len(told_of(store, GroupProposed))
    held.let_go()
    looking.join(60)
    after = told_of(store, GroupProposed)[told:]
    assert not [one for one in after if members(one.proposal) & members(proposal)]
    assert proposal.id not in {one.proposal_id for one in told_of(store, ProposalLapsed)}


def test_what_another_leader_may_have_changed_is_not_told(store, lease, rounds, held, looking):
    before = len(told_of(store, GroupProposed))
    lease.release()
    other = Lease(store, "matching", holder="other")
    other.try_take()
    other.release()
    lease.try_take()
    rounds.pool()
    held.let_go()
    looking.join(60)
    assert len(told_of(store, GroupProposed)) == before
    assert rounds._pool is not None


def test_a_fault_in_the_search_leaves_the_pool_as_it_was(store, pool, rounds, monkeypatch, caplog):
    tried = []

    def fail(look):
        tried.append(look)
        raise RuntimeError("the search broke")

    monkeypatch.setattr(Look, "search", fail)
    told = dict(pool._proposals)
    for _ in range(2):  # what fails is not tried again before anything has changed
        rounds._look_beside()
        rounds._look.join(60)
    assert len(tried) == 1
    assert "a look at everybody failed" in caplog.text
    assert rounds.pool() is pool
    assert pool._proposals == told
    register(store, 12)
    rounds.run_once()
    assert peers(store, 12)
    rounds._look_beside()
    rounds._look.join(60)
    assert len(tried) == 2


def test_what_is_not_told_to_the_end_is_read_again(store, pool, rounds, monkeypatch):
    def fail(*_):
        raise RuntimeError("the store broke")

    monkeypatch.setattr("services.matching.rounds.news_of", fail)
    with pytest.raises(RuntimeError):
        rounds.improve()
    assert rounds._pool is None


def test_a_stop_waits_for_the_look_in_hand(store, rounds, held, monkeypatch):
    monkeypatch.setattr("services.matching.rounds.IDLE_S", 0.01)
    monkeypatch.setattr("services.matching.rounds.warm_matcher", lambda _: None)
    register(store, *MANY)
    rounds.start()
    assert held.began.wait(60)
    stopping = Thread(target=rounds.stop, daemon=True)
    stopping.start()
    rounds._thread.join(60)
    assert rounds._look.is_alive()
    held.let_go()
    stopping.join(60)
    assert not stopping.is_alive()
    assert not rounds._look.is_alive()


def test_enough_changes_begin_a_look_without_any_quiet(store, rounds, held, monkeypatch):
    monkeypatch.setattr(forming, "WHOLE_UP_TO", 0)
    monkeypatch.setattr("services.matching.rounds.IDLE_S", 3600.0)
    monkeypatch.setattr("services.matching.rounds.warm_matcher", lambda _: None)
    register(store, *MANY)
    rounds.run_once()
    for number in (12, 13):
        register(store, number)
        rounds.run_once()
    assert rounds.pool().is_due
    rounds.start()
    try:
        assert held.began.wait(60)
    finally:
        held.let_go()
        rounds.stop()


def test_questions_are_answered_meanwhile(store, rounds, looking):
    matching = Matching(store, rounds._rules)
    matching.lease, matching.rounds = rounds._lease, rounds
    assert done_soon(lambda: rounds.asked(0.0).peers("ch-0"))
    assert looking.is_alive()
