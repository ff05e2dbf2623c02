"""A group has as many seats as the deployment says, whichever way one is asked for."""

import pytest
from answering import Answering
from at_once import at_once
from browsing import browser, production
from builders import a_contact, a_facilitator, a_proposal, registered

from schemas.groups import DeclineReason, ProposedMember, Refill, Substitute
from services.groups import queries
from services.groups.actions import approve_group
from services.groups.errors import GroupFull
from services.groups.invitations import accept_invitation, decline_invitation
from services.groups.late import invite_late, invite_substitute, keep_offer
from services.groups.proposals import keep_proposal
from services.groups.states import HELD, InvitationState, ProposalState
from services.web import make_web

MOST = 5


@pytest.fixture
def web(store, tmp_path):
    settings = production(store, tmp_path).model_copy(update={"group_upper": MOST})
    return make_web(settings, store)


def a_seat(card):
    return ProposedMember(challenge_id=card.id, unit_id=card.unit_id, fit=0.6)


def a_group(store, size=MOST - 1):
    with store.begin() as session:
        keep_proposal(session, a_proposal([registered(session, f"A{n}") for n in range(size)]))
        return approve_group(session, a_facilitator(session, "hyväksyjä"), "pr-1", most=MOST).id


def late(store, *units):
    with store.begin() as session:
        return [registered(session, unit) for unit in units]


def offered(store, group, cards):
    with store.begin() as session:
        return [keep_offer(session, group, a_seat(card)).id for card in cards]


def held(store, group):
    with store.read() as session:
        views = queries.group(session, group).invitations
    return [view.member.challenge_id for view in views if view.state in HELD]


def test_two_offers_for_one_seat_are_one_invitation(browse, store):
    group = a_group(store)
    cards = late(store, "L1", "L2")
    offered(store, group, cards)
    address = f"/fi/groups/{group}/invite"
    assert browse.post(address, data={"challenge_id": cards[0].id}).status_code == 303
    refused = browse.post(address, data={"challenge_id": cards[1].id})
    assert refused.status_code == 409
    assert "Ryhmä on täynnä" in refused.text
    assert len(held(store, group)) == MOST
    in_swedish = browse.post(f"/sv/groups/{group}/invite", data={"challenge_id": cards[1].id})
    assert "Gruppen är full" in in_swedish.text


def test_the_page_of_a_full_group_offers_no_seat(browse, store):
    group = a_group(store)
    cards = late(store, "L1", "L2")
    offered(store, group, cards)
    page = browse.get(f"/fi/groups/{group}").text
    assert page.count("Kutsu mukaan") == 2
    assert "Etsi jäsen vapaalle paikalle" in page
    browse.post(f"/fi/groups/{group}/invite", data={"challenge_id": cards[0].id})
    page = browse.get(f"/fi/groups/{group}").text
    assert "Ryhmä on täynnä" in page
    assert "Kutsu mukaan" not in page
    assert "Etsi jäsen vapaalle paikalle" not in page
    assert "Ei tähän ryhmään" in page


def test_no_substitute_is_invited_to_a_full_group(web, browse, store):
    group = a_group(store, MOST)
    (card,) = late(store, "L1")
    found = Substitute(member=a_seat(card), cohesion=0.5)
    web.state.asker = Answering(Refill(cohesion=0.5, seats=1, substitutes=(found,)))
    sent = browse.post(f"/fi/groups/{group}/substitutes", data={"challenge_id": card.id})
    assert sent.status_code == 409
    assert card.id not in held(store, group)


def test_a_seat_is_free_again_after_a_decline(store, facilitator):
    group = a_group(store, MOST)
    (card,) = late(store, "L1")
    (offer,) = offered(store, group, [card])
    with pytest.raises(GroupFull), store.begin() as session:
        invite_late(session, facilitator, offer, most=MOST)
    with store.begin() as session:
        first, second = queries.group(session, group).invitations[:2]
        accept_invitation(session, a_contact(session, first.member.unit_id), first.id)
        member = a_contact(session, second.member.unit_id)
        decline_invitation(session, member, second.id, DeclineReason.NO_TIME)
    with store.begin() as session:
        invite_late(session, facilitator, offer, most=MOST)
    assert len(held(store, group)) == MOST


def test_an_offer_to_a_full_group_waits_for_the_facilitator(store):
    group = a_group(store, MOST)
    cards = late(store, "L1")
    offered(store, group, cards)
    with store.read() as session:
        assert queries.seat_of(session, cards[0].id).state is InvitationState.OFFERED


def test_a_proposal_of_too_many_is_not_approved(web, store, facilitator):
    cards = late(store, *(f"B{n}" for n in range(MOST + 1)))
    with store.begin() as session:
        version = keep_proposal(session, a_proposal(cards)).version
    answer = browser(web, facilitator).post(
        "/fi/proposals/pr-1/approve", data={"version": version}, headers={"hx-request": "true"}
    )
    assert f"enintään {MOST} jäsentä" in answer.text
    with store.read() as session:
        assert queries.proposal(session, "pr-1").state is ProposalState.OPEN


def test_of_two_who_invite_at_once_the_second_finds_the_group_full(any_store):
    group = a_group(any_store)
    cards = late(any_store, "L1", "L2")
    with any_store.begin() as session:
        facilitator = a_facilitator(session)

    def invite(session, card):
        invite_substitute(session, facilitator, group, a_seat(card), most=MOST)

    assert at_once(any_store, invite, cards)[1] == [GroupFull]
    assert len(held(any_store, group)) == MOST
