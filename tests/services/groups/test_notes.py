"""What people write to each other holds no identity code, and only what any database keeps."""

import pytest
from boards import version
from browsing import browser
from builders import a_contact, a_proposal, registered

from services.groups import queries
from services.groups.actions import approve_group
from services.groups.proposals import keep_proposal
from services.groups.states import InvitationState, ProposalState

CODE = "Hakijan tunnus on 131052-308T."
CALLABLE = "Soita 040 123 4567 tai kirjoita maija@example.invalid."
NEEDLESS = "Poista tekstistä henkilötunnus: sitä ei tarvita."
NO_TEXT = "Tekstissä on merkki, joka ei ole tekstiä."
REFUSED = [(CODE, NEEDLESS), ("131052–308T", NEEDLESS), ("a\x00b", NO_TEXT)]


@pytest.fixture
def proposed(store):
    with store.begin() as session:
        keep_proposal(session, a_proposal([registered(session, f"A{n}") for n in range(3)]))


@pytest.fixture
def invited(web, store, proposed, facilitator):
    """A unit's browser, and the address of its invitation."""
    with store.begin() as session:
        approve_group(session, facilitator, "pr-1")
        contact = a_contact(session, "A0")
        (invitation,) = queries.invitations_of(session, "A0")
    return browser(web, contact), f"/fi/invitations/{invitation.id}"


@pytest.mark.parametrize(("note", "said"), REFUSED)
@pytest.mark.parametrize("headers", [{}, {"hx-request": "true"}])
def test_a_rejection_holds_none(browse, store, proposed, note, said, headers):
    sent = {"reason": "other", "note": note, "version": version(store)}
    answer = browse.post("/fi/proposals/pr-1/reject", data=sent, headers=headers)
    assert said in answer.text
    with store.read() as session:
        assert queries.proposal(session, "pr-1").state is ProposalState.OPEN


@pytest.mark.parametrize(("note", "said"), REFUSED)
def test_a_decline_holds_none(store, invited, note, said):
    browse, path = invited
    answer = browse.post(f"{path}/decline", data={"reason": "other", "note": note})
    assert answer.status_code == 422
    assert said in answer.text
    with store.read() as session:
        (found,) = queries.invitations_of(session, "A0")
    assert found.state is InvitationState.INVITED


def test_a_unit_may_say_how_to_reach_it(store, invited):
    browse, path = invited
    sent = {"reason": "other", "note": CALLABLE}
    assert browse.post(f"{path}/decline", data=sent).status_code == 303
    with store.read() as session:
        (found,) = queries.invitations_of(session, "A0")
    assert found.note == CALLABLE
