"""A challenge that was withdrawn or has expired holds no seat of a group, and gets none."""

from datetime import date

import pytest
from answering import Answering
from browsing import browser, production
from builders import a_contact, a_facilitator, a_proposal, registered
from emitted import emitted

from schemas.challenges import ChallengeWithdrawn
from schemas.groups import DeclineReason, ProposedMember, Refill, Substitute
from schemas.people import Member
from services.challenges.actions import expire_challenges, withdraw_challenge
from services.challenges.errors import ChallengeNotOpen
from services.challenges.home import home_values
from services.groups import queries
from services.groups.actions import approve_group
from services.groups.errors import GroupFull, UnitInGroupAlready
from services.groups.invitations import accept_invitation, decline_invitation
from services.groups.late import invite_late, invite_substitute, keep_offer
from services.groups.proposals import keep_proposal
from services.groups.states import InvitationState
from services.groups.subscribers import on_challenge_withdrawn
from services.web import make_web

MOST = 4
ENDED = "Haaste ei ole enää avoinna, joten se ei vie ryhmästä paikkaa."


@pytest.fixture
def web(store, tmp_path):
    settings = production(store, tmp_path).model_copy(update={"group_upper": MOST})
    return make_web(settings, store)


@pytest.fixture
def cards(store):
    with store.begin() as session:
        return [registered(session, f"A{n}", until=date(2030, 1, n + 1)) for n in range(MOST)]


@pytest.fixture
def group(store, cards):
    """A full group: two have accepted, two have not answered."""
    with store.begin() as session:
        keep_proposal(session, a_proposal(cards))
        made = approve_group(session, a_facilitator(session, "hyväksyjä"), "pr-1", most=MOST).id
        for card in cards[:2]:
            accept(session, card)
        return made


def accept(session, card):
    invitation = queries.seat_of(session, card.id)
    accept_invitation(session, a_contact(session, card.unit_id), invitation.id)


def decline(store, card):
    with store.begin() as session:
        contact, invitation = a_contact(session, card.unit_id), queries.seat_of(session, card.id)
        decline_invitation(session, contact, invitation.id, DeclineReason.NO_TIME)


def a_seat(card):
    return ProposedMember(challenge_id=card.id, unit_id=card.unit_id, fit=0.6)


def offered(store, group, unit="L1"):
    with store.begin() as session:
        card = registered(session, unit, f"Myöhäinen {unit}")
        return card, keep_offer(session, group, a_seat(card)).id


def withdraw(store, card, *, heard=True):
    with store.begin() as session:
        member = Member(person_id="p", unit_id=card.unit_id)
        withdraw_challenge(session, member, card.id)
        if heard:
            on_challenge_withdrawn(emitted(session, ChallengeWithdrawn)[-1], session)


def state(store, card):
    with store.read() as session:
        return queries.seat_of(session, card.id).state


@pytest.mark.parametrize("heard", [True, False])
@pytest.mark.parametrize("place", [0, 3], ids=["accepted", "invited"])
def test_an_offer_takes_the_seat_of_one_who_withdrew(browse, store, group, cards, place, heard):
    late, _ = offered(store, group)
    refused = browse.post(f"/fi/groups/{group}/invite", data={"challenge_id": late.id})
    assert "Ryhmä on täynnä" in refused.text
    withdraw(store, cards[place], heard=heard)
    page = browse.get(f"/fi/groups/{group}").text
    assert "Ryhmä on täynnä" not in page
    assert "Etsi jäsen vapaalle paikalle" in page
    sent = browse.post(f"/fi/groups/{group}/invite", data={"challenge_id": late.id})
    assert sent.status_code == 303
    assert state(store, late) is InvitationState.INVITED
    assert "Etsi jäsen vapaalle paikalle" not in browse.get(f"/fi/groups/{group}").text


def test_an_offer_takes_the_seat_of_one_whose_time_ran_out(store, group, facilitator):
    late, offer = offered(store, group)
    with pytest.raises(GroupFull), store.begin() as session:
        invite_late(session, facilitator, offer, most=MOST)
    with store.begin() as session:
        assert expire_challenges(session, date(2030, 1, 2)) == 1
    with store.begin() as session:
        invite_late(session, facilitator, offer, most=MOST)
    assert state(store, late) is InvitationState.INVITED


def test_a_substitute_takes_such_a_seat(web, browse, store, group, cards):
    with store.begin() as session:
        waiting = registered(session, "L1")
    found = Substitute(member=a_seat(waiting), cohesion=0.5)
    web.state.asker = Answering(Refill(cohesion=0.5, seats=1, substitutes=(found,)))
    sent = {"challenge_id": waiting.id}
    assert browse.post(f"/fi/groups/{group}/substitutes", data=sent).status_code == 409
    withdraw(store, cards[0])
    assert browse.post(f"/fi/groups/{group}/substitutes", data=sent).status_code == 303
    assert state(store, waiting) is InvitationState.INVITED


def test_the_page_tells_whose_challenge_has_ended(web, browse, store, group, cards):
    assert ENDED not in browse.get(f"/fi/groups/{group}").text
    withdraw(store, cards[0])
    assert browse.get(f"/fi/groups/{group}").text.count(ENDED) == 1


def test_the_unit_at_home_reads_how_many_there_are_now(store, group, cards):
    def at_home(card, part):
        with store.read() as session:
            return [one["members"] for one in home_values(session, card.unit_id, "fi")[part]]

    assert (at_home(cards[1], "groups"), at_home(cards[3], "invitations")) == ([2], [4])
    withdraw(store, cards[0])
    assert (at_home(cards[1], "groups"), at_home(cards[3], "invitations")) == ([1], [3])


def test_the_invited_reads_who_else_is_there_now(web, store, group, cards):
    with store.begin() as session:
        invitation, contact = queries.seat_of(session, cards[3].id).id, a_contact(session, "A3")
    unit = browser(web, contact)
    page = unit.get(f"/fi/invitations/{invitation}").text
    assert "jossa on 3 muuta organisaatiota" in page
    assert "Yksikkö A0" in page
    withdraw(store, cards[0])
    page = unit.get(f"/fi/invitations/{invitation}").text
    assert "jossa on 2 muuta organisaatiota" in page
    assert "Yksikkö A0" not in page


def test_the_facilitator_reads_how_many_there_are_now(browse, store, group, cards):
    """Two accepted and two invited; then one of each is gone, by its own answer or withdrawn."""
    assert "4 jäsentä" in browse.get(f"/fi/groups/{group}").text
    assert "2 / 4" in browse.get("/fi/groups").text
    withdraw(store, cards[0])
    decline(store, cards[2])
    assert "2 jäsentä" in browse.get(f"/fi/groups/{group}").text
    assert "1 / 2" in browse.get("/fi/groups").text


def test_a_full_group_says_what_can_be_done_with_an_offer(browse, store, group):
    offered(store, group)
    assert "haasteelle haetaan silloin muuta ryhmää" in browse.get(f"/fi/groups/{group}").text


@pytest.mark.parametrize("heard", [True, False])
def test_an_invitation_of_an_ended_challenge_is_not_accepted(web, store, group, cards, heard):
    with store.begin() as session:
        invitation = queries.seat_of(session, cards[3].id).id
        contact = a_contact(session, "A3")
    unit = browser(web, contact)
    withdraw(store, cards[3], heard=heard)
    page = unit.get(f"/fi/invitations/{invitation}")
    assert page.status_code == 200
    assert "paikka ryhmässä vapautui muille" in page.text
    assert "Lähdettekö mukaan?" not in page.text
    answer = unit.post(f"/fi/invitations/{invitation}/accept")
    assert answer.status_code == 409
    with store.read() as session:
        assert queries.invitation(session, invitation).state is not InvitationState.ACCEPTED


def test_a_challenge_that_ended_is_not_invited_and_the_page_says_why(browse, store, group, cards):
    withdraw(store, cards[0])
    late, _ = offered(store, group)
    withdraw(store, late, heard=False)
    answer = browse.post(f"/fi/groups/{group}/invite", data={"challenge_id": late.id})
    assert answer.status_code == 409
    assert "Tämä haaste ei ole enää avoinna." in answer.text
    with pytest.raises(ChallengeNotOpen), store.begin() as session:
        invite_substitute(session, a_facilitator(session), group, a_seat(late), most=MOST)


def test_a_unit_whose_challenge_ended_comes_back_with_another(store, group, cards, facilitator):
    withdraw(store, cards[0])
    again, offer = offered(store, group, "A0")
    with store.begin() as session:
        invite_late(session, facilitator, offer, most=MOST)
    assert state(store, again) is InvitationState.INVITED


def test_a_unit_that_got_a_seat_meanwhile_is_not_invited_to_another(
    store, group, cards, facilitator
):
    withdraw(store, cards[0])
    _, offer = offered(store, group, "A1")
    with pytest.raises(UnitInGroupAlready), store.begin() as session:
        invite_late(session, facilitator, offer, most=MOST)


def test_a_unit_does_not_read_that_it_was_passed_over(web, browse, store, group):
    late, offer = offered(store, group)
    browse.post(f"/fi/groups/{group}/pass-over", data={"challenge_id": late.id})
    with store.begin() as session:
        contact = a_contact(session, "L1")
        assert queries.invitations_of(session, "L1") == []
    unit = browser(web, contact)
    assert unit.get(f"/fi/invitations/{offer}").status_code == 404
