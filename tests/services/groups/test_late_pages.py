"""Late challenges and free seats of a live group, in the facilitator's browser."""

import re

import pytest
from answering import Answering
from browsing import browser
from builders import a_contact, a_proposal, registered
from emitted import emitted

from schemas.asking import RefillQuestion
from schemas.groups import MemberInvited, ProposedMember, Refill, SeatPassedOver, Substitute
from schemas.reasons import Reason
from services.challenges.actions import withdraw_challenge
from services.challenges.errors import ChallengeNotOpen
from services.groups import queries
from services.groups.actions import approve_group
from services.groups.errors import (
    AlreadyAnswered,
    AlreadyPlaced,
    UnitInGroupAlready,
    UnknownGroup,
)
from services.groups.late import invite_late, invite_substitute, keep_offer, pass_over
from services.groups.proposals import keep_proposal
from services.groups.states import InvitationState


@pytest.fixture
def group(store, facilitator):
    """A group of four units that are invited."""
    with store.begin() as session:
        cards = [registered(session, f"A{n}") for n in range(4)]
        keep_proposal(session, a_proposal(cards))
        return approve_group(session, facilitator, "pr-1").id


@pytest.fixture
def late(store):
    with store.begin() as session:
        return registered(session, "L1", "Myöhäinen haaste")


def a_seat(card):
    reason = Reason(code="similar-topic")
    return ProposedMember(challenge_id=card.id, unit_id=card.unit_id, fit=0.6, reasons=(reason,))


def offered(store, group, card):
    with store.begin() as session:
        return keep_offer(session, group, a_seat(card)).id


def states(store, group):
    with store.read() as session:
        views = queries.group(session, group).invitations
    return {view.member.challenge_id: view.state for view in views}


def test_an_offer_is_passed_over_and_the_matcher_is_told(browse, store, group, late):
    offer = offered(store, group, late)
    page = browse.get(f"/fi/groups/{group}").text
    assert 'id="late-1">Yksikkö L1' in page
    assert len(re.findall(r'<button[^>]* aria-describedby="late-1">', page)) == 2
    assert "Ei tähän ryhmään" in page
    sent = browse.post(f"/fi/groups/{group}/pass-over", data={"challenge_id": late.id})
    assert sent.status_code == 303
    assert states(store, group)[late.id] is InvitationState.PASSED_OVER
    with store.read() as session:
        (event,) = emitted(session, SeatPassedOver)
        assert queries.seat_of(session, late.id) is None
    assert (event.group_id, event.invitation_id, event.challenge_id) == (group, offer, late.id)
    assert "Myöhäinen haaste" not in browse.get(f"/fi/groups/{group}").text


def test_an_offer_is_decided_once(store, group, late, facilitator):
    offer = offered(store, group, late)
    with store.begin() as session:
        pass_over(session, facilitator, offer)
    for act in (pass_over, invite_late):
        with pytest.raises(AlreadyAnswered), store.begin() as session:
            act(session, facilitator, offer)
    with store.begin() as session:
        assert keep_offer(session, group, a_seat(late)) is None


def test_only_facilitators_pass_over_or_look_for_substitutes(web, store, group, late):
    offered(store, group, late)
    with store.begin() as session:
        contact = a_contact(session, "L1")
    unit = browser(web, contact)
    web.state.asker = Answering(Refill())
    sent = {"challenge_id": late.id}
    assert unit.post(f"/fi/groups/{group}/pass-over", data=sent).status_code == 403
    assert unit.get(f"/fi/groups/{group}/substitutes").status_code == 403
    assert unit.post(f"/fi/groups/{group}/substitutes", data=sent).status_code == 403


def test_a_free_seat_is_filled_by_one_who_waits(web, browse, store, group, late):
    found = Substitute(member=a_seat(late), cohesion=0.52)
    web.state.asker = asker = Answering(Refill(cohesion=0.5, seats=8, substitutes=(found,)))
    assert f"/fi/groups/{group}/substitutes" in browse.get(f"/fi/groups/{group}").text
    page = browse.get(f"/fi/groups/{group}/substitutes").text
    space = "\N{NO-BREAK SPACE}"
    assert f"Jäsenten ja kutsuttujen yhteensopivuus on nyt 50{space}%." in page
    assert f"Ryhmän yhteensopivuus 50{space}% → 52{space}%" in page
    assert "Myöhäinen haaste" in page
    assert "Ryhmään mahtuu vielä 8 jäsentä." in page
    assert 'id="substitute-1-heading"' in page
    assert ' aria-describedby="substitute-1-heading">' in page
    sent = browse.post(f"/fi/groups/{group}/substitutes", data={"challenge_id": late.id})
    assert sent.status_code == 303
    assert {(s, q.group_id) for s, q in asker.asked} == {(RefillQuestion.subject, group)}
    assert states(store, group)[late.id] is InvitationState.INVITED
    with store.read() as session:
        last = emitted(session, MemberInvited)[-1]
    assert last.late
    assert last.member == a_seat(late)


@pytest.mark.parametrize(
    ("lang", "running", "approved"),
    [
        ("fi", "toimiv", "sopiiko haaste jo hyväksyttyyn ryhmään"),
        ("sv", "i gång", "passar i en grupp som redan är godkänd"),
        ("en", "running", "fits a group that is already approved"),
    ],
)
def test_a_group_that_is_only_invited_is_not_said_to_run(
    web, store, group, late, lang, running, approved
):
    offered(store, group, late)
    with store.begin() as session:
        member = a_contact(session, "L1")
    page = browser(web, member).get(f"/{lang}/challenges/{late.id}").text
    assert approved in page
    assert running not in page


@pytest.mark.parametrize(
    ("lang", "late_ones", "proposed"),
    [
        ("fi", "Haasteita, joilla ei ole vielä ryhmää", "Yhteensopivuus ehdotuksessa"),
        ("sv", "Utmaningar som ännu inte har någon grupp", "Sammanhållning i förslaget"),
        ("en", "Challenges that have no group yet", "Cohesion as proposed"),
    ],
)
def test_the_groups_page_says_what_is_so_of_older_challenges_too(
    browse, store, group, late, lang, late_ones, proposed
):
    offered(store, group, late)
    page = browse.get(f"/{lang}/groups/{group}").text
    assert late_ones in page
    assert proposed in page


def test_one_who_is_no_substitute_any_more_is_not_invited(web, browse, store, group, late):
    web.state.asker = Answering(Refill(cohesion=0.5, seats=8))
    assert "Kukaan odottavista" in browse.get(f"/fi/groups/{group}/substitutes").text
    sent = browse.post(f"/fi/groups/{group}/substitutes", data={"challenge_id": late.id})
    assert sent.status_code == 409
    assert late.id not in states(store, group)


def test_a_substitute_must_be_open_free_and_of_another_unit(store, group, late, facilitator):
    with store.begin() as session:
        withdrawn = registered(session, "W1")
        withdraw_challenge(session, a_contact(session, "W1"), withdrawn.id)
        proposed = [registered(session, f"P{n}") for n in range(3)]
        keep_proposal(session, a_proposal(proposed, "pr-2"))
        same = registered(session, "A0", "Toinen haaste")
        session.flush()
    cases = (
        (group, withdrawn, ChallengeNotOpen),
        (group, proposed[0], AlreadyPlaced),
        (group, same, UnitInGroupAlready),
        ("gr-none", late, UnknownGroup),
    )
    for where, card, refusal in cases:
        with pytest.raises(refusal), store.begin() as session:
            invite_substitute(session, facilitator, where, a_seat(card))
    assert len(states(store, group)) == 4


def test_substitutes_of_what_can_be_no_group_are_not_found(web, browse):
    web.state.asker = Answering(Refill())
    assert browse.get("/fi/groups/-x/substitutes").status_code == 404


def test_a_group_that_the_matcher_has_not_heard_of_says_so(web, browse, group):
    web.state.asker = Answering(Refill(known=False))
    page = browse.get(f"/fi/groups/{group}/substitutes").text
    assert "Ryhmää ei ole vielä verrattu odottaviin" in page
    assert "mahtuu" not in page
