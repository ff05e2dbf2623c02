"""Groups are for their members and facilitators; an invitation is for the unit invited."""

import re

import pytest
from browsing import browser
from builders import a_contact, a_facilitator, a_proposal, an_agent, joined, registered
from emitted import emitted

from schemas.groups import InvitationAccepted, InvitationDeclined, ProposedMember
from services.groups import queries
from services.groups.actions import approve_group
from services.groups.invitations import accept_invitation
from services.groups.late import keep_offer
from services.groups.proposals import keep_proposal
from services.groups.states import InvitationState


@pytest.fixture
def group(store):
    """A group of four units that are invited."""
    with store.begin() as session:
        cards = [registered(session, f"A{n}", visibility="own_unit") for n in range(4)]
        keep_proposal(session, a_proposal(cards))
        return approve_group(session, a_facilitator(session), "pr-1").id


def invitation(store, unit_id):
    with store.read() as session:
        return queries.invitations_of(session, unit_id)[0].id


def contact(store, unit_id):
    with store.begin() as session:
        return a_contact(session, unit_id)


def accept(store, *unit_ids):
    for unit_id in unit_ids:
        with store.begin() as session:
            accept_invitation(session, a_contact(session, unit_id), invitation(store, unit_id))


def test_the_invited_decide_on_one_page(web, store, group):
    browse = browser(web, contact(store, "A0"))
    page = browse.get(f"/fi/invitations/{invitation(store, 'A0')}").text
    for told in ("Yksikkö A1", "Lähdemme mukaan", "Emme lähde mukaan", "fasilitoija", "Haaste A0"):
        assert told in page
    assert "example.invalid" not in page
    assert "Haaste A1" not in page


def test_yes_is_said_once(web, store, group):
    browse = browser(web, contact(store, "A0"))
    there = f"/fi/invitations/{invitation(store, 'A0')}"
    assert browse.post(f"{there}/accept").headers["location"] == there
    assert "Olette mukana" in browse.get(there).text
    assert browse.post(f"{there}/accept").status_code == 409
    with store.read() as session:
        assert len(emitted(session, InvitationAccepted)) == 1


def test_no_needs_a_reason_and_the_words_go_to_the_facilitator_alone(web, store, group):
    browse = browser(web, contact(store, "A0"))
    there = f"/fi/invitations/{invitation(store, 'A0')}"
    bare = browse.post(f"{there}/decline", data={"note": "Ehkä ensi vuonna"})
    assert bare.status_code == 422
    assert "Ehkä ensi vuonna" in bare.text
    sent = {"reason": "no_time", "note": "Ehkä ensi vuonna"}
    assert browse.post(f"{there}/decline", data=sent).status_code == 303
    with store.read() as session:
        (event,) = emitted(session, InvitationDeclined)
    assert event.reason == "no_time"
    assert "Ehkä" not in event.model_dump_json()
    with store.begin() as session:
        facilitator = a_facilitator(session)
    assert "Ehkä ensi vuonna" in browser(web, facilitator).get(f"/fi/groups/{group}").text
    accept(store, "A1")
    member = browser(web, contact(store, "A1")).get(f"/fi/groups/{group}").text
    assert "Ehkä" not in member
    assert "Meillä ei ole nyt aikaa" not in member


def test_who_declined_is_listed_with_the_answer_and_is_not_on_the_map(web, store, group):
    there = f"/fi/invitations/{invitation(store, 'A0')}"
    browser(web, contact(store, "A0")).post(f"{there}/decline", data={"reason": "no_time"})
    with store.begin() as session:
        facilitator = a_facilitator(session)
    page = browser(web, facilitator).get(f"/fi/groups/{group}").text
    members, mapped = page.split('id="where"')
    assert "Yksikkö A0" in members
    assert "Yksikkö A0" not in mapped
    assert "Yksikkö A1" in mapped


def test_another_unit_finds_no_invitation_and_answers_none(web, store, group):
    there = f"/fi/invitations/{invitation(store, 'A0')}"
    other = browser(web, contact(store, "A1"))
    assert other.get(there).status_code == 404
    assert other.post(f"{there}/accept").status_code == 403
    assert other.post(f"{there}/decline", data={"reason": "other"}).status_code == 403
    assert other.post(f"{there}/decline", data={"reason": "none"}).status_code == 404
    with store.read() as session:
        states = {one.state for one in queries.group(session, group).invitations}
    assert states == {InvitationState.INVITED}


def test_contacts_are_shown_between_those_who_came_along(web, store, group):
    accept(store, "A0", "A1")
    page = browser(web, contact(store, "A0")).get(f"/fi/groups/{group}").text
    assert "Henkilö A1, a1@example.invalid" in page
    assert "a2@example.invalid" not in page


def test_a_group_exists_only_for_its_members_and_facilitators(web, store, group):
    with store.begin() as session:
        joined(session, "Z9")
        stranger, facilitator = a_contact(session, "Z9"), a_facilitator(session)
        agent = an_agent(session)
    for outsider in (stranger, contact(store, "A0")):
        browse = browser(web, outsider)
        assert browse.get(f"/fi/groups/{group}").status_code == 404
        assert group not in browse.get("/fi/groups").text
    assert browser(web, agent).get(f"/fi/groups/{group}").status_code == 403
    assert browser(web, facilitator).get(f"/fi/groups/{group}").status_code == 200
    accept(store, "A0")
    member = browser(web, contact(store, "A0"))
    assert member.get(f"/fi/groups/{group}").status_code == 200
    assert group in member.get("/fi/groups").text


def test_a_late_unit_is_invited_by_the_facilitator(web, store, group):
    with store.begin() as session:
        late = registered(session, "L1", "Myöhäinen haaste")
        offered = ProposedMember(challenge_id=late.id, unit_id="L1", fit=0.6)
        offer = keep_offer(session, group, offered)
        facilitator = a_facilitator(session)
    unit = browser(web, contact(store, "L1"))
    assert unit.get(f"/fi/invitations/{offer.id}").status_code == 404
    tried = unit.post(f"/fi/groups/{group}/invite", data={"challenge_id": late.id})
    assert tried.status_code == 403
    browse = browser(web, facilitator)
    assert "Myöhäinen haaste" in browse.get(f"/fi/groups/{group}").text
    sent = browse.post(f"/fi/groups/{group}/invite", data={"challenge_id": late.id})
    assert sent.status_code == 303
    assert "Ryhmä" in unit.get(f"/fi/invitations/{offer.id}").text
    again = browse.post(f"/fi/groups/{group}/invite", data={"challenge_id": late.id})
    assert again.status_code == 409
    nobody = browse.post(f"/fi/groups/{group}/invite", data={"challenge_id": "nobody"})
    assert nobody.status_code == 404


def test_members_do_not_see_who_might_come(web, store, group):
    with store.begin() as session:
        late = registered(session, "L1", "Myöhäinen haaste")
        keep_offer(session, group, ProposedMember(challenge_id=late.id, unit_id="L1", fit=0.6))
    accept(store, "A0")
    page = browser(web, contact(store, "A0")).get(f"/fi/groups/{group}").text
    assert "Yksikkö L1" not in page


@pytest.mark.parametrize("lang", ["fi", "sv", "en"])
def test_they_speak_the_three_languages(web, store, group, lang):
    accept(store, "A0")
    browse = browser(web, contact(store, "A0"))
    for path in ("groups", f"groups/{group}", f"invitations/{invitation(store, 'A0')}"):
        page = browse.get(f"/{lang}/{path}")
        assert page.status_code == 200
        assert re.search(rf'<html lang="{lang}"', page.text)
