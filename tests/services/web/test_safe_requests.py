"""Looking changes nothing: every GET of every page, as every role, leaves each row as it was."""

import pytest
from browsing import DEMO, browser
from builders import a_contact, a_facilitator, a_proposal, an_agent, registered
from sqlalchemy import select

from schemas.groups import GroupApproved
from services.access.actions import make_link
from services.access.tables import SignedIn
from services.groups import queries as groups
from services.groups.actions import approve_group
from services.groups.proposals import keep_proposal
from services.kit.tables import table_of
from services.migrations.models import all_tables
from services.notices import actions as notices


def everything(store):
    """Every row of every table; sessions aside, which the test itself makes."""
    with store.read() as session:
        return {
            table.name: session.connection().execute(select(table)).fetchall()
            for table in all_tables().sorted_tables
            if table.name != table_of(SignedIn).name
        }


@pytest.fixture
def paths(store):
    """A world with something to see on every page, the pages, and the people."""
    with store.begin() as session:
        cards = [registered(session, f"A{n}") for n in range(3)]
        others = [registered(session, f"B{n}") for n in range(3)]
        people = [None, a_contact(session, "A0"), a_facilitator(session), an_agent(session)]
        proposal = a_proposal(cards)
        keep_proposal(session, proposal)
        keep_proposal(session, a_proposal(others, "pr-2"))
        group = approve_group(session, people[2], "pr-1")
        event = GroupApproved(group_id=group.id, proposal_id="pr-1", proposal=proposal)
        notices.tell_agents(session, event)
        _, token = make_link(session, "a0@example.invalid")
        invitation = groups.invitations_of(session, "A0")[0].id
    pages = f"""/ /home /challenges/new /challenges/{cards[0].id} /challenges/{cards[0].id}/edit
        /challenges/{cards[0].id}/live /challenges/{cards[0].id}/withdraw /challenges/peers
        /proposals /proposals/live /proposals/move /proposals/pr-2/approve /proposals/pr-2/reject
        /proposals?said=approved&about=pr-2&since=1 /groups /groups/{group.id}
        /groups/{group.id}/invite /invitations/{invitation} /invitations/{invitation}/accept
        /invitations/{invitation}/decline /inbox /area /sign-in /sign-in/{token} /sign-out
        /feedback /feedback?message=hello /interfaces /privacy /accessibility /demo/sign-in
        /demo/sign-in?role=facilitator /demo/letters"""
    return pages.split(), people


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_no_row_changes(demo, store, paths, method):
    pages, people = paths
    demo.state.changes.close()
    before = everything(store)
    for person in people:
        browse = browser(demo, person, at=DEMO)
        for path in pages:
            assert browse.request(method, f"/fi{path}").status_code < 500
    assert everything(store) == before


def test_forms_of_other_sites_change_nothing(demo, store, paths):
    pages, people = paths
    before = everything(store)
    for person in people:
        browse = browser(demo, person, at=DEMO)
        for path in pages:
            answer = browse.post(f"/fi{path}", headers={"sec-fetch-site": "cross-site"})
            assert answer.status_code == 403
    assert everything(store) == before
