"""Rounds: what follows from what is pending is told once, by whoever leads, to all concerned."""

from datetime import UTC, datetime
from threading import Event, Thread

import pytest
from builders import a_draft, a_unit
from emitted import emitted
from sqlmodel import delete, select

from matcher.params import AffinityWeights, GroupRules
from matcher.pool import Pool
from schemas.asking import PeersQuestion, PlacesQuestion, QualityQuestion
from schemas.base import Names
from schemas.challenges import ChallengeCard, ChallengeRegistered, ChallengeWithdrawn
from schemas.groups import (
    GroupApproved,
    GroupProposed,
    InvitationDeclined,
    MemberInvited,
    MemberMoved,
    ProposalRejected,
    ProposedMember,
    RejectReason,
    SeatPassedOver,
    SeatProposed,
)
from schemas.units import ProfileRevised, UnitJoined, UnitProfile
from services.kit.lease import Lease, LeaseLost
from services.matching import queries, subscribers
from services.matching.active import Matching, PoolBusy
from services.matching.rounds import Rounds
from services.matching.tables import KnownChallenge, Pending, Ruling, Told
from services.matching.warming import warm

RULES = GroupRules(lower=3)
TEXTS = (
    "Siivouspalvelujen sopimuksissa on työllistämisehto pitkäaikaistyöttömille, ei valvontaa.",
    "Haluamme työllistää pitkäaikaistyöttömiä siivoussopimuksissa työllistämisehdon avulla.",
    "Miten työllistämisehto kirjoitetaan siivouspalvelujen tarjouspyyntöön ja valvotaan?",
    "Siivouspalvelut kilpailutetaan uudelleen ja mukaan halutaan työllistämisehto.",
)


@pytest.fixture
def lease(store):
    held = Lease(store, "matching", ttl_s=600, renew_s=60)
    held.try_take()
    yield held
    held.stop()


@pytest.fixture
def rounds(store, lease):
    return Rounds(store, lease, RULES)


def a_card(number, version=2, **said):
    draft = a_draft(title=f"Työllistämisehto {number}", text=TEXTS[number % 4])
    fields = draft.model_dump() | {
        "id": f"ch-{number}",
        "unit_id": f"KU{number}",
        "version": version,
        "registered_at": datetime(2026, 1, 1, tzinfo=UTC),
    }
    return ChallengeCard.model_validate(fields | said)


def hear(store, *events):
    with store.begin() as session:
        for event in events:
            _, handler = subscribers.subscribers.handlers[event.type_name()]
            handler(event, session)


def register(store, *numbers):
    for number in numbers:
        unit = a_unit(id=f"KU{number}", name=Names(fi=f"Yksikkö {number}"))
        profile = UnitProfile(**unit.model_dump())
        hear(store, UnitJoined(unit=profile), ChallengeRegistered(challenge=a_card(number)))


def withdrawn(number):
    return ChallengeWithdrawn(challenge=a_card(number, version=3, status="withdrawn"))


def peers(store, number):
    with store.read() as session:
        return {peer.challenge_id for peer in queries.peers(session, f"ch-{number}")}


def last_proposal(store):
    with store.read() as session:
        return emitted(session, GroupProposed)[-1].proposal


def members(proposal):
    return {member.challenge_id for member in proposal.members}


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
        rounds.pool()
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


def approve(store, proposal, group_id="gr-1"):
    events = [GroupApproved(group_id=group_id, proposal_id=proposal.id, proposal=proposal)]
    for member in proposal.members:
        invited = MemberInvited(
            group_id=group_id, invitation_id=f"in-{member.challenge_id}", member=member
        )
        events.append(invited)
    hear(store, *events)


def declined(proposal, number, group_id="gr-1"):
    return InvitationDeclined(
        group_id=group_id,
        invitation_id=f"in-ch-{number}",
        challenge_id=f"ch-{number}",
        unit_id=f"KU{number}",
        reason="no_time",
    )


def test_a_pin_ends_with_its_proposal(store, rounds):
    """Whom a facilitator had moved into a group, and who declined, fits a later one."""
    register(store, 0, 1, 2)
    rounds.run_once()
    first = last_proposal(store)
    moved = MemberMoved(
        proposal_id="pr-0", challenge_id="ch-0", unit_id="KU0", to_proposal_id=first.id
    )
    hear(store, moved)
    rounds.run_once()
    approve(store, first)
    hear(store, declined(first, 0))
    rounds.run_once()
    with store.read() as session:
        pool = warm(session, RULES)
    assert pool._rulings.pins == {}
    assert "ch-0" not in pool._rulings.seats


def test_one_passed_over_is_free_again_but_not_for_that_group(store, rounds):
    register(store, 0, 1, 2)
    rounds.run_once()
    approve(store, last_proposal(store))
    register(store, 3)
    rounds.run_once()
    with store.read() as session:
        assert warm(session, RULES)._rulings.seats["ch-3"] == "gr-1"
    passed = SeatPassedOver(
        group_id="gr-1", invitation_id="in-3", challenge_id="ch-3", unit_id="KU3"
    )
    hear(store, passed)
    rounds.run_once()
    with store.read() as session:
        rulings = warm(session, RULES)._rulings
        assert "ch-3" in queries.all_left_out(session)
    assert "ch-3" not in rulings.seats
    assert ("gr-1", "ch-3") in rulings.declined


def test_a_seat_given_while_a_round_ran_is_the_only_one(store, rounds):
    register(store, 0, 1, 2)
    rounds.run_once()
    approve(store, last_proposal(store))
    register(store, 3)
    match = rounds._match

    def match_while_it_is_invited_elsewhere(*given):
        found = match(*given)
        assert [member.challenge_id for _, member in found.found.seats] == ["ch-3"]
        member = ProposedMember(challenge_id="ch-3", unit_id="KU3", fit=0.5)
        hear(store, MemberInvited(group_id="gr-0", invitation_id="in-3", member=member))
        return found

    rounds._match = match_while_it_is_invited_elsewhere
    rounds.run_once()
    with store.read() as session:
        seats = session.exec(select(Ruling.other).where(Ruling.challenge_id == "ch-3")).all()
        assert emitted(session, SeatProposed) == []
    assert list(seats) == ["gr-0"]


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
    assert not again.improve()
    assert again.run_once() == 1
    with store.read() as session:
        told = queries.peers(session, "ch-1")
    assert told == again.pool().peers("ch-1")


def test_a_seat_is_the_only_one(store, rounds):
    """A late seat that the groups did not give must not outlive the one they gave."""
    register(store, 0, 1, 2)
    rounds.run_once()
    first = last_proposal(store)
    seat = {"invitation_id": "in-x", "member": first.members[0]}
    hear(store, MemberInvited(group_id="gr-0", **seat))
    approve(store, first)
    number = int(first.members[0].challenge_id.removeprefix("ch-"))
    hear(store, declined(first, number))
    with store.read() as session:
        pool = warm(session, RULES)
    assert first.members[0].challenge_id not in pool._rulings.seats


def test_a_rejected_proposal_is_closed_and_its_members_are_kept_apart(store, rounds):
    register(store, 0, 1, 2)
    rounds.run_once()
    first = last_proposal(store)
    hear(
        store,
        ProposalRejected(
            proposal_id=first.id,
            reason=RejectReason.TOO_MIXED,
            challenges=tuple(members(first)),
        ),
    )
    rounds.run_once()
    assert last_proposal(store) == first
    with store.read() as session:
        assert not session.get(Told, first.id).is_open


def test_a_pool_that_runs_on_and_one_that_starts_again_tell_the_same(store, lease, rounds):
    """Nothing is told anew after a restart: what was told is read as it was written."""
    register(store, 0, 1, 2, 3)
    rounds.run_once()
    with store.read() as session:
        told = len(emitted(session, GroupProposed))
        again = warm(session, RULES)
    assert again._proposals == rounds.pool()._proposals
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


def test_a_proposal_decided_while_a_round_ran_is_not_opened_again(store, rounds):
    register(store, 0, 1, 2)
    rounds.run_once()
    first = last_proposal(store)
    ids = tuple(sorted(members(first)))
    rejected = ProposalRejected(proposal_id=first.id, reason=RejectReason.TOO_MIXED, challenges=ids)
    register(store, 3)
    match = rounds._match

    def match_while_somebody_rejects(*given):
        found = match(*given)
        hear(store, rejected)
        return found

    rounds._match = match_while_somebody_rejects
    rounds.run_once()
    assert last_proposal(store) == first
    with store.read() as session:
        assert not session.get_one(Told, first.id).is_open
    rounds._match = match
    rounds.run_once()
    assert first.id not in rounds.pool()._proposals


def answers_while(rounds, monkeypatch, work):
    """Ask in another thread while a round works out its groups; what was answered."""
    propose, asked = Pool.propose, []

    def ask(matching):
        asked.append(matching.places(PlacesQuestion(challenge_id="ch-0")))
        asked.append(matching.peers(PeersQuestion(challenge_id="ch-0")))
        asked.append(matching.peers(PeersQuestion(text=TEXTS[0], language="fi")))
        asked.append(matching.quality(QualityQuestion()))

    def propose_while_somebody_asks(pool, **how):
        found = propose(pool, **how)
        matching = Matching(rounds._store, RULES)
        matching.lease, matching.rounds = rounds._lease, rounds
        thread = Thread(target=ask, args=(matching,), daemon=True)
        thread.start()
        thread.join(30)
        return found

    monkeypatch.setattr(Pool, "propose", propose_while_somebody_asks)
    work()
    monkeypatch.setattr(Pool, "propose", propose)
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
    now = rounds.asked(0)
    assert {peer.challenge_id for peer in now.peers("ch-0")} == {"ch-1", "ch-2", "ch-3"}


def test_a_question_is_answered_while_everybody_is_looked_at_in_quiet(store, rounds, monkeypatch):
    register(store, 0, 1, 2)
    rounds.run_once()
    _, peers, _, _ = answers_while(rounds, monkeypatch, rounds.improve)
    assert len(peers.peers) == 2


def test_nobody_is_answered_from_what_another_leader_may_have_changed(store, lease, rounds):
    register(store, 0, 1)
    rounds.run_once()
    before = rounds.asked(0)
    lease.release()
    other = Lease(store, "matching", holder="other")
    other.try_take()
    register(store, 2)
    other.release()
    lease.try_take()
    assert rounds.asked(0) is not before
    assert "ch-2" in rounds.asked(0)


def test_while_the_pool_is_read_again_the_last_round_answers(store, rounds):
    register(store, 0, 1)
    rounds.run_once()
    rounds.cool()
    assert "ch-1" in rounds.asked(0)
    assert rounds._pool is None


def test_a_question_that_the_pool_is_read_for_too_long_is_refused(store, lease):
    rounds = Rounds(store, lease, RULES)
    held, done = Event(), Event()

    def read():
        with rounds._working:
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


def test_what_fails_in_quiet_holds_up_no_round(store, rounds, monkeypatch):
    register(store, 0, 1, 2)
    rounds.run_once()
    tried = []

    def improve():
        tried.append(1)
        register(store, 3)
        raise RuntimeError

    monkeypatch.setattr("services.matching.rounds.IDLE_S", 0.01)
    monkeypatch.setattr("services.matching.rounds.PAUSE_S", 0.01)
    monkeypatch.setattr("services.matching.rounds.compile_loops", lambda: None)
    monkeypatch.setattr(rounds, "improve", improve)
    matched, run_once = Event(), rounds.run_once

    def run():
        count = run_once()
        if tried and count:
            matched.set()
        return count

    monkeypatch.setattr(rounds, "run_once", run)
    rounds.start()
    try:
        assert matched.wait(30)
    finally:
        rounds.stop()
    assert members(last_proposal(store)) == {"ch-0", "ch-1", "ch-2", "ch-3"}


def test_when_nothing_is_pending_everybody_is_looked_at_once_more(store, lease, rounds):
    register(store, 0, 1, 2, 3)
    rounds.run_once()
    told = last_proposal(store)
    while rounds.improve():
        pass
    assert last_proposal(store) == told
    three = told.model_copy(update={"members": told.members[:3]})
    with store.begin() as session:
        session.get(Told, told.id).body = three.model_dump(mode="json")
    again = Rounds(store, lease, RULES)
    assert again.improve()
    assert members(last_proposal(store)) == members(told)
    assert last_proposal(store).version == told.version + 1
    while again.improve():
        pass
    with store.read() as session:
        assert len(emitted(session, GroupProposed)) == 2


def test_nothing_better_is_told_by_one_who_leads_no_more(store, lease, rounds):
    register(store, 0, 1, 2, 3)
    with store.begin() as session:
        session.exec(delete(Pending))
    rounds.pool()
    lease.stop()
    with pytest.raises(LeaseLost):
        rounds.improve()
    with store.read() as session:
        assert emitted(session, GroupProposed) == []
