"""Sample data: real units, invented challenges marked as such, invented agents and people."""

import json
from collections.abc import Callable, Iterator, Sequence
from importlib.resources import files
from typing import TypeVar

from sqlmodel import Session

from schemas.agents import AgentDraft
from schemas.challenges import ChallengeDraft
from schemas.people import Member, Role
from schemas.pool_lines import ChallengeLine, parse_lines
from schemas.units import UnitDraft
from services.access.actions import add_person, give_role
from services.access.queries import people_with
from services.challenges.actions import register_challenge
from services.challenges.queries import cards_by_id
from services.directory.actions import appoint_agent, join_unit
from services.directory.queries import agents, units_by_id
from services.directory.reference import real_units
from services.kit.store import Store

BATCH = 100
Progress = Callable[[str, int, int], None]
"""Told what is loaded, how many are done, and how many there are."""

T = TypeVar("T")


def load_samples(store: Store, progress: Progress) -> int:
    """
    Load what is not there yet; return how many units and challenges were new.

    Loading may be interrupted anywhere and begun again.
    """
    units = _new_units(store)
    _in_batches(store, units, "units", _join, progress)
    _in_batches(store, _new_agents(store), "agents", _appoint, progress)
    challenges = _new_challenges(store)
    _in_batches(store, challenges, "challenges", _register, progress)
    with store.begin() as session:
        for name in ("facilitator-1", "facilitator-2"):
            _employ(session, name)
    return len(units) + len(challenges)


def sample_challenges() -> Iterator[ChallengeLine]:
    """Read the invented challenges that ship with the product."""
    for _, line in parse_lines(_sample("challenges.jsonl").splitlines()):
        if isinstance(line, ChallengeLine):
            yield line
        elif isinstance(line, Exception):
            raise line


def sample_agents() -> Iterator[AgentDraft]:
    """Read the invented change agents that ship with the product."""
    for line in _sample("agents.jsonl").splitlines():
        fields = json.loads(line)
        yield AgentDraft.model_validate(
            {name: fields[name] for name in AgentDraft.model_fields if name in fields}
        )


def sample_contact(session: Session, unit_id: str, language: str) -> Member:
    """Make up a contact person for a unit; the address leads nowhere (RFC 2606)."""
    person = add_person(
        session,
        f"Esimerkkihenkilö {unit_id}",
        f"{unit_id.lower()}@example.invalid",
        language,
        sample=True,
    )
    give_role(session, person, Role.UNIT_MEMBER, unit_id=unit_id)
    return Member(person_id=person, unit_id=unit_id)


def _in_batches(
    store: Store,
    items: Sequence[T],
    what: str,
    load: Callable[[Session, T], None],
    progress: Progress,
) -> None:
    for start in range(0, len(items), BATCH):
        with store.begin() as session:
            for item in items[start : start + BATCH]:
                load(session, item)
        progress(what, min(start + BATCH, len(items)), len(items))


def _join(session: Session, draft: UnitDraft) -> None:
    join_unit(session, draft)


def _appoint(session: Session, draft: AgentDraft) -> None:
    agent = appoint_agent(session, draft, sample=True)
    name = f"Esimerkkiagentti {agent.id}"
    person = add_person(session, name, f"{agent.id.lower()}@example.invalid", sample=True)
    give_role(session, person, Role.AGENT, agent_id=agent.id)


def _register(session: Session, line: ChallengeLine) -> None:
    unit = units_by_id(session, [line.unit_id])[line.unit_id]
    member = sample_contact(session, line.unit_id, unit.languages[0])
    fields = {name: getattr(line, name) for name in ChallengeDraft.model_fields}
    draft = ChallengeDraft.model_validate(fields)
    register_challenge(session, member, draft, challenge_id=line.id, sample=True)


def _employ(session: Session, name: str) -> None:
    person = add_person(
        session, f"Esimerkkifasilitoija {name[-1]}", f"{name}@example.invalid", sample=True
    )
    give_role(session, person, Role.FACILITATOR)


def _new_facilitators(store: Store) -> list[str]:
    with store.read() as session:
        known = bool(people_with(session, Role.FACILITATOR))
    return [] if known else ["facilitator-1", "facilitator-2"]


def _new_units(store: Store) -> list[UnitDraft]:
    drafts = list(real_units())
    with store.read() as session:
        known = units_by_id(session, [draft.id for draft in drafts if draft.id])
    return [draft for draft in drafts if draft.id not in known]


def _new_agents(store: Store) -> list[AgentDraft]:
    with store.read() as session:
        known = {agent.id for agent in agents(session)}
    return [draft for draft in sample_agents() if draft.id not in known]


def _new_challenges(store: Store) -> list[ChallengeLine]:
    lines = list(sample_challenges())
    with store.read() as session:
        known = cards_by_id(session, [line.id for line in lines if line.id])
    return [line for line in lines if line.id not in known]


def _sample(name: str) -> str:
    return files("services.directory").joinpath("data", "sample", name).read_text("utf-8")
