import pytest
from at_once import at_once
from builders import a_contact, a_facilitator, a_proposal, registered
from emitted import emitted

from schemas.groups import (
    DeclineReason,
    InvitationAccepted,
    InvitationDeclined,
    MemberInvited,
    ProposedMember,
)
from schemas.people import Member
from services.challenges.actions import withdraw_challenge
from services.challenges.errors import ChallengeNotOpen
from services.groups import queries
from services.groups.actions import approve_group
from services.groups.errors import AlreadyAnswered, NotYourInvitation
from services.groups.invitations import (
    accept_invitation,
    cancel_invitations,
    decline_invitation,
)
from services.groups.late import invite_late, keep_offer
from services.groups.proposals import keep_proposal
from services.groups.states import GroupState, InvitationState


@pytest.fixture
def facilitator(session):
    return a_facilitator(session)


@pytest.fixture
def cards(session):
    return [registered(session, f"KU{n:03}") for n in range(4)]


@pytest.fixture
def group(session, cards, facilitator):
    keep_proposal(session, a_proposal(cards))
    return approve_group(session, facilitator, "pr-1")


def invitation_of(session, card):
    (found,) = queries.invitations_of(session, card.unit_id)
    return found


def test_a_group_is_active_once_three_units_accepted(session, cards, group):
    for number, card in enumerate(cards[:3], start=1):
        accept_invitation(
            session, a_contact(session, card.unit_id), invitation_of(session, card).id
        )
        expected = GroupState.ACTIVE if number == 3 else GroupState.INVITING
        assert queries.group(session, group.id).state == expected
    assert len(emitted(session, InvitationAccepted)) == 3


def test_a_decline_keeps_the_units_words_out_of_the_event(session, cards, group):
    decline_invitation(
        session,
        a_contact(session, cards[0].unit_id),
        invitation_of(session, cards[0]).id,
        DeclineReason.NO_TIME,
        note="Maija on lomalla",
    )
    (event,) = emitted(session, InvitationDeclined)
    assert event.reason is DeclineReason.NO_TIME
    assert "Maija" not in event.model_dump_json()
    assert invitation_of(session, cards[0]).note == "Maija on lomalla"


def test_it_refuses_a_second_answer_and_another_units(session, cards, group):
    member, other = (a_contact(session, card.unit_id) for card in cards[:2])
    mine = invitation_of(session, cards[0]).id
    with pytest.raises(NotYourInvitation):
        accept_invitation(session, other, mine)
    accept_invitation(session, member, mine)
    with pytest.raises(AlreadyAnswered):
        decline_invitation(session, member, mine, DeclineReason.OTHER)


def test_a_late_unit_is_offered_to_a_live_group_and_invited_by_a_person(
    session, group, facilitator
):
    late = registered(session, "KU100")
    seat = ProposedMember(challenge_id=late.id, unit_id=late.unit_id, fit=0.6)
    offer = keep_offer(session, group.id, seat)
    assert queries.invitations_of(session, late.unit_id) == []
    assert [view.id for view in queries.offers(session)] == [offer.id]
    invite_late(session, facilitator, offer.id)
    assert invitation_of(session, late).state is InvitationState.INVITED
    assert [e.late for e in emitted(session, MemberInvited)].count(True) == 1
    with pytest.raises(AlreadyAnswered):
        invite_late(session, facilitator, offer.id)


def test_the_same_offer_twice_is_one(session, group):
    late = registered(session, "KU100")
    seat = ProposedMember(challenge_id=late.id, unit_id=late.unit_id, fit=0.6)
    assert keep_offer(session, group.id, seat) is not None
    assert keep_offer(session, group.id, seat) is None


def test_what_was_withdrawn_meanwhile_is_neither_offered_nor_invited(session, group, facilitator):
    first, late = registered(session, "KU100"), registered(session, "KU101")
    seats = [ProposedMember(challenge_id=c.id, unit_id=c.unit_id, fit=0.6) for c in (first, late)]
    offer = keep_offer(session, group.id, seats[0])
    for card, unit in ((first, "KU100"), (late, "KU101")):
        withdraw_challenge(session, Member(person_id="p", unit_id=unit), card.id)
    assert keep_offer(session, group.id, seats[1]) is None
    with pytest.raises(ChallengeNotOpen):
        invite_late(session, facilitator, offer.id)
    assert emitted(session, MemberInvited)[-1].late is False


def test_a_challenge_no_longer_open_is_not_waited_for(session, cards, group):
    cancel_invitations(session, cards[0].id)
    assert invitation_of(session, cards[0]).state is InvitationState.CANCELLED


def test_of_two_who_accept_at_once_the_second_makes_the_group_active(any_store):
    with any_store.begin() as session:
        cards = [registered(session, f"KU{n:03}") for n in range(3)]
        members = [a_contact(session, card.unit_id) for card in cards]
        keep_proposal(session, a_proposal(cards))
        group_id = approve_group(session, a_facilitator(session), "pr-1").id
        seats = {i.member.unit_id: i.id for i in queries.group(session, group_id).invitations}
        accept_invitation(session, members[0], seats[members[0].unit_id])

    def accept(session, member):
        accept_invitation(session, member, seats[member.unit_id])

    assert at_once(any_store, accept, members[1:])[1] == []
    with any_store.read() as session:
        assert queries.group(session, group_id).state == GroupState.ACTIVE
