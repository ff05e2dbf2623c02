"""The page of a challenge tells of the group it is in, or is invited or offered to."""

import re

import pytest
from browsing import browser
from builders import a_contact, a_facilitator, a_proposal, registered

from schemas.groups import DeclineReason, ProposedMember
from schemas.people import Member
from services.challenges.actions import withdraw_challenge
from services.groups import queries
from services.groups.actions import approve_group
from services.groups.invitations import accept_invitation, decline_invitation
from services.groups.late import keep_offer
from services.groups.proposals import keep_proposal


@pytest.fixture
def cards(store):
    """Five that are invited to one group."""
    with store.begin() as session:
        cards = [registered(session, f"A{n}") for n in range(5)]
        keep_proposal(session, a_proposal(cards))
        approve_group(session, a_facilitator(session), "pr-1")
        return cards


@pytest.fixture
def told(web, store):
    def read(card):
        with store.begin() as session:
            contact = a_contact(session, card.unit_id)
        return browser(web, contact).get(f"/fi/challenges/{card.id}").text

    return read


def seat(store, card):
    with store.read() as session:
        return queries.seat_of(session, card.id)


def offered(store, card):
    """One of another unit that is offered to the group of a challenge."""
    with store.begin() as session:
        late = registered(session, "L1")
        member = ProposedMember(challenge_id=late.id, unit_id="L1", fit=0.6)
        assert keep_offer(session, queries.seat_of(session, card.id).group_id, member)
        return late


def size(text):
    return int(re.search(r"Ryhmässä on (\d+) organisaatiota", text)[1])


def test_the_page_says_whether_a_group_is_proposed_invited_to_or_found(store, told, cards):
    assert "Teille on ehdotettu ryhmää" in told(offered(store, cards[0]))
    invited = told(cards[0])
    assert "Teidät on kutsuttu ryhmään" in invited
    assert "Katso kutsu" in invited
    assert "Teille on ehdotettu ryhmää" not in invited
    invitation = seat(store, cards[0])
    with store.begin() as session:
        accept_invitation(session, a_contact(session, "A0"), invitation.id)
    found = told(cards[0])
    assert "Ryhmä löytyi" in found
    assert f'href="/fi/groups/{invitation.group_id}">Katso ryhmä<' in found


def test_a_facilitator_is_led_to_the_group(web, store, cards):
    late = offered(store, cards[0])
    with store.begin() as session:
        facilitator = a_facilitator(session)
    group = seat(store, late).group_id
    page = browser(web, facilitator).get(f"/fi/challenges/{late.id}").text
    assert f'href="/fi/groups/{group}">Katso ryhmä<' in page


def test_who_declined_is_not_counted(store, told, cards):
    assert size(told(cards[0])) == 5
    invitation = seat(store, cards[4]).id
    with store.begin() as session:
        decline_invitation(session, a_contact(session, "A4"), invitation, DeclineReason.NO_TIME)
    assert size(told(cards[0])) == 4


def test_who_is_only_offered_a_seat_is_not_counted_by_anybody(store, told, cards):
    late = offered(store, cards[0])
    assert size(told(cards[0])) == size(told(late)) == 5


def test_whose_challenge_has_ended_is_not_counted(store, told, cards):
    with store.begin() as session:
        withdraw_challenge(session, Member(person_id="p", unit_id="A1"), cards[1].id)
    assert size(told(cards[0])) == 4
