import pytest
from at_once import at_once
from builders import a_contact, a_facilitator, a_proposal, registered
from emitted import emitted
from sqlalchemy import event

from schemas.challenges import ChallengeStatus
from schemas.groups import GroupApproved, MemberInvited, ProposalRejected, RejectReason
from services.challenges.actions import withdraw_challenge
from services.groups import queries
from services.groups.actions import approve_group, invite, reject_proposal
from services.groups.errors import (
    AlreadyPlaced,
    GroupAlreadyDecided,
    GroupTooSmall,
    ProposalChanged,
)
from services.groups.proposals import keep_proposal, let_lapse
from services.groups.states import InvitationState, ProposalState
from services.groups.tables import Invitation


@pytest.fixture
def cards(session):
    return [registered(session, f"KU{n:03}") for n in range(4)]


@pytest.fixture
def facilitator(session):
    return a_facilitator(session)


def test_approval_makes_a_group_and_invites_every_member(session, cards, facilitator):
    keep_proposal(session, a_proposal(cards))
    group = approve_group(session, facilitator, "pr-1")
    assert len(emitted(session, GroupApproved)) == 1
    invited = emitted(session, MemberInvited)
    assert {event.member.challenge_id for event in invited} == {card.id for card in cards}
    assert {event.group_id for event in invited} == {group.id}
    assert queries.proposal(session, "pr-1").state is ProposalState.APPROVED


def test_it_refuses_to_decide_twice(session, cards, facilitator):
    keep_proposal(session, a_proposal(cards))
    approve_group(session, facilitator, "pr-1")
    with pytest.raises(GroupAlreadyDecided):
        approve_group(session, facilitator, "pr-1")
    with pytest.raises(GroupAlreadyDecided):
        reject_proposal(session, facilitator, "pr-1", RejectReason.TOO_MIXED)
    assert len(emitted(session, GroupApproved)) == 1


def test_it_refuses_what_was_seen_before_somebody_changed_it(session, cards, facilitator):
    keep_proposal(session, a_proposal(cards))
    seen = queries.proposal(session, "pr-1").version
    keep_proposal(session, a_proposal(cards[:3], version=2))
    with pytest.raises(ProposalChanged):
        approve_group(session, facilitator, "pr-1", seen_version=seen)


def test_it_refuses_a_group_of_two(session, cards, facilitator):
    keep_proposal(session, a_proposal(cards[:2]))
    with pytest.raises(GroupTooSmall):
        approve_group(session, facilitator, "pr-1")


def test_a_rejection_tells_whom_not_to_bring_together(session, cards, facilitator):
    keep_proposal(session, a_proposal(cards))
    reject_proposal(session, facilitator, "pr-1", RejectReason.NOT_SAME_CHALLENGE, note="Ei sama")
    (event,) = emitted(session, ProposalRejected)
    assert set(event.challenges) == {card.id for card in cards}
    assert "Ei sama" not in event.model_dump_json()


def test_a_decided_proposal_is_not_overwritten_by_a_later_round(session, cards, facilitator):
    keep_proposal(session, a_proposal(cards))
    approve_group(session, facilitator, "pr-1")
    assert keep_proposal(session, a_proposal(cards[:3], version=9)) is None
    assert not let_lapse(session, "pr-1", 10)


def test_an_older_round_is_dropped(session, cards):
    keep_proposal(session, a_proposal(cards, version=2))
    assert keep_proposal(session, a_proposal(cards[:3], version=1)) is None
    assert len(queries.proposal(session, "pr-1").proposal.members) == 4


def test_nobody_is_proposed_who_was_invited_or_withdrew_meanwhile(session, cards, facilitator):
    keep_proposal(session, a_proposal(cards[:3]))
    approve_group(session, facilitator, "pr-1")
    late = [registered(session, f"KU{n:03}") for n in range(10, 13)]
    gone = withdraw_challenge(session, a_contact(session, late[0].unit_id), late[0].id)
    assert gone.status is ChallengeStatus.WITHDRAWN
    keep_proposal(session, a_proposal([cards[0], *late], "pr-2"))
    kept = {m.challenge_id for m in queries.proposal(session, "pr-2").proposal.members}
    assert kept == {late[1].id, late[2].id}


def test_a_proposal_made_no_more_leaves_the_desk(session, cards):
    keep_proposal(session, a_proposal(cards))
    assert let_lapse(session, "pr-1", 2)
    assert queries.proposals(session) == []


def test_nobody_is_invited_to_two_groups_with_one_challenge(session, cards, facilitator):
    """Both proposals were on the desk with it for the moment until the next round."""
    keep_proposal(session, a_proposal(cards[:3], "pr-1"))
    keep_proposal(session, a_proposal(cards[1:], "pr-2"))
    approve_group(session, facilitator, "pr-1")
    with pytest.raises(AlreadyPlaced, match=cards[1].id):
        approve_group(session, facilitator, "pr-2")
    invited = [one.member.challenge_id for one in emitted(session, MemberInvited)]
    assert sorted(invited) == sorted(card.id for card in cards[:3])


def test_the_board_asks_for_all_seats_at_once(session, cards):
    for number in range(4):
        keep_proposal(session, a_proposal(cards, f"pr-{number}"))
    session.flush()
    asked = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *said: asked.append(said[2]))
    assert len(queries.proposals(session)) == 4
    assert len(asked) == 2


def test_the_database_gives_a_challenge_one_seat(any_store):
    with any_store.begin() as session:
        cards = [registered(session, f"KU{n:03}") for n in range(3)]
        keep_proposal(session, a_proposal(cards))
        group = approve_group(session, a_facilitator(session), "pr-1").id
    with any_store.begin() as session:
        keep_proposal(session, a_proposal([registered(session, f"B{n}") for n in range(3)], "pr-2"))
        other = approve_group(session, a_facilitator(session), "pr-2")
        seat = queries.group(session, group).invitations[0].member
        with pytest.raises(AlreadyPlaced, match=seat.challenge_id):
            invite(session, other, seat)
        session.rollback()
    with any_store.begin() as session:
        first = queries.group(session, group).invitations[0]
        row = session.get_one(Invitation, first.id)
        row.state = InvitationState.DECLINED
        session.add(row)
        session.flush()
        keep_proposal(session, a_proposal([registered(session, f"B{n}") for n in range(3)], "pr-2"))
        other = approve_group(session, a_facilitator(session), "pr-2")
        assert invite(session, other, first.member).group_id == other.id


def test_of_two_approvals_at_once_one_gets_a_challenge_that_both_have(any_store):
    with any_store.begin() as session:
        cards = [registered(session, f"KU{n:03}") for n in range(5)]
        keep_proposal(session, a_proposal(cards[:3], "pr-1"))
        keep_proposal(session, a_proposal(cards[2:], "pr-2"))
        facilitator = a_facilitator(session)

    def approve(session, proposal_id):
        approve_group(session, facilitator, proposal_id)

    assert at_once(any_store, approve, ["pr-1", "pr-2"])[1] == [AlreadyPlaced]
    with any_store.read() as session:
        assert len(queries.seated(session)) == 3
