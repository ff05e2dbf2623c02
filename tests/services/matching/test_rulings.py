"""What facilitators and units decided, heard before a round or while it runs."""

from emitted import emitted
from matched import RULES, approve, declined, hear, last_proposal, members, register
from sqlmodel import select

from schemas.groups import (
    MemberInvited,
    MemberMoved,
    ProposalRejected,
    ProposedMember,
    RejectReason,
    SeatPassedOver,
    SeatProposed,
)
from services.matching import queries
from services.matching.tables import Ruling, Told
from services.matching.warming import warm


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
    assert first.id not in rounds.warm.pool()._proposals
