"""A look at everybody is searched beside the rounds, and holds up nobody who registers."""

from threading import Thread

import pytest
from emitted import emitted
from looks import HeldLook, done_soon
from matched import RULES, approve, hear, last_proposal, members, peers, register, withdrawn
from sqlmodel import select

from matcher import forming
from matcher.looking import Look
from matcher.pool import Pool
from schemas.groups import GroupProposed, ProposalLapsed
from services.kit.lease import Lease
from services.kit.tables import OutboxRow
from services.matching.active import Matching

MANY = range(12)


@pytest.fixture(params=[0, 400], ids=["large", "small"])
def pool(request, monkeypatch, store, rounds):
    """A pool that is looked at again, as a large one and as a small one."""
    monkeypatch.setattr(forming, "WHOLE_UP_TO", request.param)
    register(store, *MANY)
    rounds.run_once()
    assert rounds.warm.pool().restless
    return rounds.warm.pool()


@pytest.fixture
def held(monkeypatch):
    look = HeldLook(monkeypatch)
    yield look
    look.let_go()


@pytest.fixture
def looking(pool, looks, held):
    """A look that is being searched."""
    thread = Thread(target=looks.improve, daemon=True)
    thread.start()
    assert held.began.wait(60)
    yield thread
    held.let_go()
    thread.join(60)


def told_of(store, kind):
    with store.read() as session:
        return emitted(session, kind)


def all_told(store):
    with store.read() as session:
        return len(session.exec(select(OutboxRow.seq)).all())


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
    inside = {m.challenge_id for p in rounds.warm.pool()._proposals.values() for m in p.members}
    assert "ch-0" not in inside
    assert "ch-12" in inside
    assert rounds.warm.asked(0).quality().groups == len(rounds.warm.pool()._proposals)


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
    rounds.warm.pool()
    held.let_go()
    looking.join(60)
    assert len(told_of(store, GroupProposed)) == before
    assert rounds.warm.present is not None


def test_a_fault_in_the_search_leaves_the_pool_as_it_was(
    store, pool, rounds, looks, monkeypatch, caplog
):
    tried = []

    def fail(look):
        tried.append(look)
        raise RuntimeError("the search broke")

    monkeypatch.setattr(Look, "search", fail)
    told = dict(pool._proposals)
    for _ in range(2):  # what fails is not tried again before anything has changed
        looks.begin()
        looks._thread.join(60)
    assert len(tried) == 1
    assert "a look at everybody failed" in caplog.text
    assert rounds.warm.pool() is pool
    assert pool._proposals == told
    register(store, 12)
    rounds.run_once()
    assert peers(store, 12)
    looks.begin()
    looks._thread.join(60)
    assert len(tried) == 2


def test_what_is_not_told_to_the_end_is_read_again(store, pool, rounds, looks, monkeypatch):
    def fail(*_):
        raise RuntimeError("the store broke")

    monkeypatch.setattr("services.matching.rounds.news_of", fail)
    with pytest.raises(RuntimeError):
        looks.improve()
    assert rounds.warm.present is None


def test_a_stop_waits_for_no_search_and_nothing_of_it_is_told(
    store, rounds, looks, running, held, monkeypatch
):
    monkeypatch.setattr("services.matching.running.IDLE_S", 0.01)
    monkeypatch.setattr("services.matching.running.warm_matcher", lambda _: None)
    taken_up = []
    monkeypatch.setattr(Pool, "take_up", lambda _, looked: taken_up.append(looked))
    register(store, *MANY)
    running.start()
    assert held.began.wait(60)
    assert done_soon(running.stop)
    assert looks.is_searched
    told = all_told(store)
    held.let_go()
    looks._thread.join(60)
    assert not looks.is_searched
    assert not taken_up
    assert all_told(store) == told


def test_a_stop_waits_until_what_is_being_told_is_told(store, pool, rounds, looks, monkeypatch):
    tell_of_everybody, done = rounds.tell_of_everybody, []

    def stop():
        looks.stop()
        done.append("stopped")

    stopping = Thread(target=stop, daemon=True)

    def tell(*given):
        stopping.start()
        assert looks._stopped.wait(60)
        tell_of_everybody(*given)
        done.append("told")

    monkeypatch.setattr(rounds, "tell_of_everybody", tell)
    looks.improve()
    stopping.join(60)
    assert done == ["told", "stopped"]


def test_what_breaks_after_a_stop_is_no_fault(pool, looks, held, monkeypatch, caplog):
    """A process that ends lets no search start threads any more."""

    def fail(_):
        raise RuntimeError("cannot schedule new futures after interpreter shutdown")

    held.search = fail
    looks.begin()
    assert held.began.wait(60)
    looks.stop()
    held.let_go()
    looks._thread.join(60)
    assert not looks.is_searched
    assert "failed" not in caplog.text


def test_enough_changes_begin_a_look_without_any_quiet(store, rounds, running, held, monkeypatch):
    monkeypatch.setattr(forming, "WHOLE_UP_TO", 0)
    monkeypatch.setattr("services.matching.running.IDLE_S", 3600.0)
    monkeypatch.setattr("services.matching.running.warm_matcher", lambda _: None)
    register(store, *MANY)
    rounds.run_once()
    for number in (12, 13):
        register(store, number)
        rounds.run_once()
    assert rounds.warm.pool().is_due
    running.start()
    try:
        assert held.began.wait(60)
    finally:
        held.let_go()
        running.stop()


def test_questions_are_answered_meanwhile(store, rounds, looking):
    matching = Matching(store, RULES)
    matching.lease, matching.rounds = rounds._lease, rounds
    assert done_soon(lambda: rounds.warm.asked(0.0).peers("ch-0"))
    assert looking.is_alive()
