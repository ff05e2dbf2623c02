from datetime import UTC, date, datetime, timedelta

import pytest
from builders import a_facilitator, a_proposal, joined, registered
from emitted import emitted

from schemas.agents import AgentDraft, Territory
from schemas.base import Names
from schemas.groups import GroupApproved, MemberInvited, ProposedMember
from schemas.notices import RegionTold
from schemas.people import Role
from services.access.actions import add_person, give_role
from services.directory.actions import appoint_agent
from services.kit.tables import LetterRow
from services.notices import actions, queries
from services.notices.tables import Audience

LONG_AGO = date(2020, 1, 1)


def an_agent(session, agent_id, *regions, ends=None):
    territories = tuple(Territory(region=r, starts=LONG_AGO, ends=ends) for r in regions)
    appoint_agent(
        session, AgentDraft(id=agent_id, host=Names(fi=agent_id), territories=territories)
    )
    person = add_person(session, agent_id, f"{agent_id}@example.invalid")
    give_role(session, person, Role.AGENT, agent_id=agent_id)


def approved(session, *regions, group_id="gr-1"):
    """A group of two units in each region."""
    cards = []
    for number, region in enumerate([*regions, *regions]):
        card = registered(session, f"{group_id}-{number}")
        joined(session, card.unit_id, region)
        cards.append(card)
    return GroupApproved(group_id=group_id, proposal_id="pr-1", proposal=a_proposal(cards))


def told(session, audience, audience_id=""):
    return [(n.nearness, n.regions) for n in queries.inbox(session, audience, audience_id)]


def test_an_agent_with_two_regions_gets_one_notice_and_each_region_is_told(session):
    an_agent(session, "ag-1", "06", "07")
    actions.tell_agents(session, approved(session, "06", "07"))
    assert told(session, Audience.AGENT, "ag-1") == [("own", ["06", "07"])]
    assert [e.region for e in emitted(session, RegionTold)] == ["06", "07"]


def test_a_neighbour_is_told_as_a_neighbour_and_the_far_not_at_all(session):
    an_agent(session, "ag-pirkanmaa", "06")
    an_agent(session, "ag-satakunta", "04")
    an_agent(session, "ag-lappi", "19")
    actions.tell_agents(session, approved(session, "06"))
    assert told(session, Audience.AGENT, "ag-pirkanmaa") == [("own", ["06"])]
    assert told(session, Audience.AGENT, "ag-satakunta") == [("neighbour", ["06"])]
    assert told(session, Audience.AGENT, "ag-lappi") == []


def test_a_region_without_an_agent_falls_back_to_the_centre(session):
    an_agent(session, "ag-1", "06")
    actions.tell_agents(session, approved(session, "06", "19"))
    assert told(session, Audience.CENTRE) == [("centre", ["19"])]
    centre = [e for e in emitted(session, RegionTold) if e.agent_id is None]
    assert [e.region for e in centre] == ["19"]


def test_an_agent_whose_time_ended_is_not_told(session):
    an_agent(session, "ag-1", "06", ends=LONG_AGO + timedelta(days=30))
    actions.tell_agents(session, approved(session, "06"))
    assert told(session, Audience.AGENT, "ag-1") == []
    assert told(session, Audience.CENTRE) == [("centre", ["06"])]


def test_the_same_event_twice_tells_once(session):
    an_agent(session, "ag-1", "06")
    event = approved(session, "06")
    actions.tell_agents(session, event)
    actions.tell_agents(session, event)
    assert len(told(session, Audience.AGENT, "ag-1")) == 1
    assert len(emitted(session, RegionTold)) == 1


@pytest.mark.parametrize("regions", [("06", "07"), ("06",)])
def test_one_digest_carries_all_that_waited(session, regions):
    an_agent(session, "ag-1", *regions)
    for number in range(3):
        actions.tell_agents(session, approved(session, *regions, group_id=f"gr-{number}"))
    now = datetime.now(UTC)
    assert actions.make_digests(session, now - timedelta(hours=1)) == 0
    assert actions.make_digests(session, now) == 1
    (letter,) = queries.due_letters(session, now + timedelta(hours=2))
    assert len(queries.notices_in(session, letter.details["digest_id"])) == 3
    assert actions.make_digests(session, now + timedelta(days=1)) == 0


def test_every_contact_person_is_invited_once(session):
    card = registered(session, "KU000")
    event = MemberInvited(
        group_id="gr-1",
        invitation_id="in-1",
        member=ProposedMember(challenge_id=card.id, unit_id="KU000", fit=0.5),
    )
    actions.invite_members(session, event)
    actions.invite_members(session, event)
    letters = queries.due_letters(session, datetime.now(UTC))
    assert [letter.template for letter in letters] == ["invitation"]
    assert session.get(LetterRow, letters[0].id) is letters[0]


def test_the_centre_hears_of_an_invited_unit_that_nobody_answers_for(session):
    a_facilitator(session)
    joined(session, "KU555")
    event = MemberInvited(
        group_id="gr-1",
        invitation_id="in-1",
        member=ProposedMember(challenge_id="ch-1", unit_id="KU555", fit=0.5),
    )
    actions.invite_members(session, event)
    assert [n.kind for n in queries.inbox(session, Audience.CENTRE)] == ["nobody-to-invite"]
