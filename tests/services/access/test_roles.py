"""What a role is called."""

from datetime import timedelta

from builders import an_agent

from schemas.agents import AgentDraft, Territory
from schemas.base import Names
from schemas.people import Role, Visitor
from services.access.roles import role_name
from services.directory.actions import appoint_agent
from services.kit.days import today


def holds(session, *territories):
    person = an_agent(session)
    draft = AgentDraft(id=person.agent_id, host=Names(fi="Isäntä"), territories=territories)
    appoint_agent(session, draft)
    return Visitor(person_id=person.person_id, role=Role.AGENT, agent_id=person.agent_id)


def test_an_agent_is_called_by_the_regions_it_holds_today(session):
    day = today()
    past = Territory(region="10", starts=day - timedelta(days=9), ends=day - timedelta(days=1))
    last = Territory(region="13", starts=day - timedelta(days=9), ends=day)
    coming = Territory(region="11", starts=day + timedelta(days=1))
    visitor = holds(session, past, last, coming)
    assert role_name(session, visitor, "fi") == "Keski-Suomi"


def test_an_agent_that_holds_none_is_called_by_its_title(session):
    day = today()
    visitor = holds(
        session,
        Territory(region="10", starts=day - timedelta(days=9), ends=day - timedelta(days=1)),
    )
    assert role_name(session, visitor, "en") == "Change agent"
