"""Valid values that say only what a test is about."""

from datetime import date
from typing import Any

from sqlmodel import Session

from schemas.agents import AgentDraft, Territory
from schemas.base import Names
from schemas.challenges import ChallengeCard, ChallengeDraft
from schemas.groups import GroupProposal, ProposedMember
from schemas.people import AgentPerson, Facilitator, Member, Role
from schemas.reasons import Reason
from schemas.units import UnitDraft, UnitProfile
from services.access.actions import add_person, give_role
from services.challenges.actions import register_challenge
from services.directory.actions import appoint_agent, welcome_unit


def a_unit(**said: Any) -> UnitDraft:
    """A municipality in Pirkanmaa."""
    fields: dict[str, Any] = {
        "id": "KU837",
        "kind": "municipality",
        "name": Names(fi="Tampere", sv="Tammerfors", en="Tampere"),
        "regions": ("06",),
        "languages": ("fi",),
        "location": {"lat": 61.5, "lon": 23.8},
    }
    return UnitDraft.model_validate(fields | said)


def a_draft(**said: Any) -> ChallengeDraft:
    """A challenge about employment clauses."""
    fields: dict[str, Any] = {
        "title": "Työllistämisehto siivoushankinnoissa",
        "text": "Haluamme ottaa työllistämisehdon siivouspalvelujen sopimuksiin.",
        "language": "fi",
    }
    return ChallengeDraft.model_validate(fields | said)


def joined(session: Session, unit_id: str, region: str = "06", **said: Any) -> UnitProfile:
    """A unit that joined, named after its id."""
    draft = a_unit(id=unit_id, name=Names(fi=f"Yksikkö {unit_id}"), regions=(region,), **said)
    return welcome_unit(session, draft)


def a_contact(session: Session, unit_id: str, language: str = "fi") -> Member:
    """A contact person of a unit."""
    person = add_person(session, f"Henkilö {unit_id}", f"{unit_id}@example.invalid", language)
    give_role(session, person, Role.UNIT_MEMBER, unit_id=unit_id)
    return Member(person_id=person, unit_id=unit_id)


def a_facilitator(session: Session, name: str = "fasilitoija") -> Facilitator:
    """A facilitator."""
    person = add_person(session, name, f"{name}@example.invalid")
    give_role(session, person, Role.FACILITATOR)
    return Facilitator(person_id=person)


def registered(session: Session, unit_id: str, title: str = "", **said: Any) -> ChallengeCard:
    """A challenge of a unit that joined, with a contact person."""
    joined(session, unit_id)
    words = {"title": title or f"Haaste {unit_id}"}
    return register_challenge(session, a_contact(session, unit_id), a_draft(**(words | said)))


def a_proposal(
    cards: list[ChallengeCard], proposal_id: str = "pr-1", version: int = 1
) -> GroupProposal:
    """A proposal of these challenges."""
    reason = Reason(code="shared-concepts")
    members = tuple(
        ProposedMember(challenge_id=card.id, unit_id=card.unit_id, fit=0.7, reasons=(reason,))
        for card in cards
    )
    return GroupProposal(
        id=proposal_id, version=version, members=members, cohesion=0.7, languages=("fi",)
    )


def an_agent(session: Session, *regions: str, agent_id: str = "ag-1") -> AgentPerson:
    """A person who works as a change agent of some regions."""
    territories = tuple(Territory(region=r, starts=date(2026, 1, 1)) for r in regions or ("06",))
    host = Names(fi=f"Isäntä {agent_id}")
    appoint_agent(session, AgentDraft(id=agent_id, host=host, territories=territories))
    person = add_person(session, f"Agentti {agent_id}", f"{agent_id}@example.invalid")
    give_role(session, person, Role.AGENT, agent_id=agent_id)
    return AgentPerson(person_id=person, agent_id=agent_id)
