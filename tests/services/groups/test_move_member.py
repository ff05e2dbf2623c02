import pytest
from builders import a_contact, a_draft, a_facilitator, a_proposal, joined, registered
from emitted import emitted

from schemas.groups import (
    GroupApproved,
    MemberInvited,
    MemberMoved,
    ProposedMember,
    RejectReason,
)
from services.challenges.actions import register_challenge
from services.groups import queries
from services.groups.actions import (
    approve_group,
    move_member,
    reject_proposal,
    rename_proposal,
)
from services.groups.errors import (
    GroupAlreadyDecided,
    NotAMember,
    ProposalChanged,
    UnitInGroupAlready,
)
from services.groups.late import invite_late, keep_offer
from services.groups.placing import place_challenge
from services.groups.proposals import keep_proposal, let_lapse
from services.groups.trail import trail_of


@pytest.fixture
def cards(session):
    return [registered(session, f"KU{n:03}") for n in range(8)]


@pytest.fixture
def facilitator(session):
    return a_facilitator(session)


@pytest.fixture
def proposals(session, cards):
    keep_proposal(session, a_proposal(cards[:4], "pr-1"))
    keep_proposal(session, a_proposal(cards[4:], "pr-2"))


def members(session, proposal_id):
    return {m.challenge_id for m in queries.proposal(session, proposal_id).proposal.members}


def test_a_moved_member_stays_where_it_was_put(session, cards, facilitator, proposals):
    move_member(session, facilitator, "pr-1", cards[0].id, to="pr-2")
    keep_proposal(session, a_proposal(cards[:4], "pr-1", version=2))
    keep_proposal(session, a_proposal(cards[4:], "pr-2", version=2))
    assert members(session, "pr-1") == {card.id for card in cards[1:4]}
    assert members(session, "pr-2") == {card.id for card in [cards[0], *cards[4:]]}


def test_a_member_taken_out_does_not_come_back_but_may_go_elsewhere(
    session, cards, facilitator, proposals
):
    move_member(session, facilitator, "pr-1", cards[0].id, to=None)
    keep_proposal(session, a_proposal(cards[:4], "pr-1", version=2))
    keep_proposal(session, a_proposal([cards[0], *cards[4:]], "pr-2", version=2))
    assert cards[0].id not in members(session, "pr-1")
    assert cards[0].id in members(session, "pr-2")


def test_the_move_is_announced_and_logged(session, cards, facilitator, proposals):
    move_member(session, facilitator, "pr-1", cards[0].id, to="pr-2")
    (event,) = emitted(session, MemberMoved)
    assert (event.challenge_id, event.to_proposal_id) == (cards[0].id, "pr-2")
    assert [edit.what for edit in trail_of(session, "pr-1")] == ["moved"]


def test_it_refuses_a_unit_twice_in_one_group(session, cards, facilitator, proposals):
    from builders import a_contact, a_draft

    from services.challenges.actions import register_challenge

    twin = register_challenge(
        session, a_contact(session, cards[4].unit_id), a_draft(title="Toinen haaste")
    )
    keep_proposal(session, a_proposal([*cards[:4], twin], "pr-1", version=2))
    with pytest.raises(UnitInGroupAlready):
        move_member(session, facilitator, "pr-1", twin.id, to="pr-2")


def test_it_refuses_who_is_not_there_and_what_is_decided(session, cards, facilitator, proposals):
    with pytest.raises(NotAMember):
        move_member(session, facilitator, "pr-1", cards[7].id, to="pr-2")
    approve_group(session, facilitator, "pr-2")
    with pytest.raises(GroupAlreadyDecided):
        move_member(session, facilitator, "pr-1", cards[0].id, to="pr-2")


def test_two_facilitators_do_not_overwrite_each_other(session, cards, facilitator, proposals):
    seen = queries.proposal(session, "pr-1").version
    move_member(session, facilitator, "pr-1", cards[0].id, to=None, seen_version=seen)
    with pytest.raises(ProposalChanged):
        move_member(session, facilitator, "pr-1", cards[1].id, to=None, seen_version=seen)


def test_a_proposal_that_facilitators_worked_on_does_not_lapse(
    session, cards, facilitator, proposals
):
    move_member(session, facilitator, "pr-1", cards[0].id, to="pr-2")
    assert not let_lapse(session, "pr-2", 5)
    assert let_lapse(session, "pr-1", 5)


def test_a_title_of_ones_own_survives_the_next_round(session, cards, facilitator, proposals):
    rename_proposal(session, facilitator, "pr-1", "  Työllistäminen  ")
    keep_proposal(session, a_proposal(cards[:4], "pr-1", version=2))
    assert queries.proposal(session, "pr-1").title == "Työllistäminen"


def test_a_placement_ends_with_the_decision(session, cards, facilitator, proposals):
    """Whom a facilitator had moved to a rejected proposal may sit in the next one."""
    move_member(session, facilitator, "pr-1", cards[0].id, to="pr-2")
    reject_proposal(session, facilitator, "pr-2", RejectReason.TOO_MIXED)
    keep_proposal(session, a_proposal([cards[0], *cards[2:4]], "pr-3"))
    assert cards[0].id in members(session, "pr-3")


def test_a_group_with_a_sample_among_real_members_says_so(session, facilitator):
    real = [registered(session, f"KU{n:03}") for n in range(4)]
    sample = register_challenge(
        session, a_contact(session, "KU001"), a_draft(title="Esimerkki"), sample=True
    )
    joined(session, "KU009")
    other = register_challenge(
        session, a_contact(session, "KU009"), a_draft(title="Keksitty"), sample=True
    )
    keep_proposal(session, a_proposal(real[2:], "pr-1"))
    place_challenge(session, facilitator, sample.id, "pr-1")
    keep_proposal(session, a_proposal(real[2:], "pr-1", version=2))
    assert queries.proposal(session, "pr-1").sample
    group = approve_group(session, facilitator, "pr-1")
    assert [event.sample for event in emitted(session, GroupApproved)] == [True]
    assert emitted(session, GroupApproved)[0].proposal.sample
    assert all(event.sample for event in emitted(session, MemberInvited))
    assert group.sample
    keep_proposal(session, a_proposal([*real[:2], registered(session, "KU010")], "pr-2"))
    real_group = approve_group(session, facilitator, "pr-2")
    late = ProposedMember(challenge_id=other.id, unit_id="KU009", fit=0.5)
    offer = keep_offer(session, real_group.id, late)
    invite_late(session, facilitator, offer.id)
    assert emitted(session, MemberInvited)[-1].sample
