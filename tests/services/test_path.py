"""
The acceptance scenario, end to end, on a real nats-server with a worker that is killed.

12 units in 6 regions, 14 challenges in three languages; the worker is a process of its own,
and the test acts as the pages do, through the actions.
"""

import asyncio
from collections import Counter
from datetime import date
from pathlib import Path

import nats
import pytest
from builders import a_contact, a_facilitator
from deployment import Deployment
from sqlmodel import col, select

from schemas.agents import AgentDraft, Territory
from schemas.asking import PlacesAnswer, PlacesQuestion, VariantsAnswer, VariantsQuestion
from schemas.base import Names
from schemas.challenges import ChallengeDraft
from schemas.groups import DeclineReason
from schemas.people import Role
from schemas.pool_lines import ChallengeLine, UnitLine, parse_lines
from schemas.units import UnitDraft
from services.access.actions import add_person, give_role
from services.access.tables import Person
from services.challenges.actions import register_challenge
from services.directory import queries as directory
from services.directory.actions import appoint_agent, join_unit
from services.groups import queries as groups
from services.groups.actions import approve_group, move_member
from services.groups.invitations import accept_invitation, decline_invitation
from services.groups.late import invite_late
from services.groups.tables import InvitationState
from services.kit.asking import ask
from services.kit.tables import OutboxRow
from services.matching import queries as matching
from services.notices import queries as notices
from services.notices.tables import Audience

CASES = Path(__file__).parents[1] / "matcher" / "cases"


def lines(name):
    return [line for _, line in parse_lines((CASES / name).read_bytes().splitlines())]


def topics():
    rows = (CASES / "path_topics.tsv").read_text("utf-8").splitlines()[1:]
    return dict(row.split("\t") for row in rows)


@pytest.fixture
def path(store, settings, tmp_path):
    with Deployment(store, settings, tmp_path / "data") as deployment:
        deployment.start()
        yield deployment


def appointed(session, agent_id, *regions):
    since = date(2024, 1, 1)
    draft = AgentDraft(
        id=agent_id,
        host=Names(fi=f"Isäntä {agent_id}"),
        territories=tuple(Territory(region=region, starts=since) for region in regions),
    )
    appoint_agent(session, draft)
    person = add_person(session, f"Agentti {agent_id}", f"{agent_id}@example.invalid", "sv")
    give_role(session, person, Role.AGENT, agent_id=agent_id)


def join_all(path):
    with path.store.begin() as session:
        a_facilitator(session)
        appointed(session, "ag-lounais", "02", "21")
        appointed(session, "ag-pirkanmaa", "06")
        appointed(session, "ag-uusimaa", "01")
        for line in lines("path.jsonl"):
            if isinstance(line, UnitLine):
                join(session, line)


def join(session, line):
    fields = {name: getattr(line, name) for name in UnitDraft.model_fields}
    unit = join_unit(session, UnitDraft.model_validate(fields))
    contact(session, unit.id)


def contact(session, unit_id):
    """The contact person of a unit, who reads the unit's first language."""
    return a_contact(session, unit_id, directory.unit(session, unit_id).languages[0])


def register(path, line):
    fields = {name: getattr(line, name) for name in ChallengeDraft.model_fields}
    draft = ChallengeDraft.model_validate(fields)
    with path.store.begin() as session:
        register_challenge(session, contact(session, line.unit_id), draft, challenge_id=line.id)


def by_topic(session):
    """The open proposal of each topic, when there is exactly one for each of the three."""
    found = {}
    for view in groups.proposals(session):
        about = {topics()[member.challenge_id] for member in view.proposal.members}
        if len(about) == 1:
            found[about.pop()] = view
    return found if set(found) == {"social", "sote", "event"} else None


def all_placed(session):
    found = by_topic(session)
    if not found:
        return None
    placed = {m.challenge_id for view in found.values() for m in view.proposal.members}
    return found if len(placed) == 12 else None


def test_the_whole_path(path):
    join_all(path)
    challenges = [line for line in lines("path.jsonl") if isinstance(line, ChallengeLine)]
    for line in challenges[:7]:
        register(path, line)
    path.kill()  # in the middle, with whatever it had in hand
    for line in challenges[7:]:
        register(path, line)
    path.start()

    # Three groups, across the languages; two units are left out, each with a reason.
    found = path.until("three proposals of twelve challenges", all_placed)
    for name, view in found.items():
        assert view.proposal.languages, f"{name} has a language in common"
        assert all(member.reasons for member in view.proposal.members)
    with path.store.read() as session:
        left = matching.all_left_out(session)
    assert set(left) == {"path-13", "path-14"}
    assert all(reason.code for reason in left.values())

    # What would help those left out, and how else a group could be made, is answered at once.
    answered = asyncio.run(questions(path, "path-13", found["social"].proposal.id))
    assert answered[0].known
    assert all(variant.joins or variant.leaves for variant in answered[1].variants)

    # The facilitator takes one member out of a group, and it stays out; the rest is approved.
    moved = moved_member(path, found)
    approved = approve_all(path)
    path.until("an invitation for every member", lambda _: len(letters_to_units(path)) == 11)
    invited = Counter(letter["To"] for letter in letters_to_units(path))
    assert sum(invited.values()) == 11
    assert moved not in {
        m.challenge_id for view in approved.values() for m in view.proposal.members
    }
    languages = {letter["To"]: letter["Content-Language"] for letter in letters_to_units(path)}
    assert languages["ax001@example.invalid"] == "sv"
    assert languages["hv013@example.invalid"] == "fi"

    # The agent with two regions gets one digest; region 10 has no agent: the centre is told.
    path.until("the digests", lambda _: len(digests(path)) >= 4)
    one_each = Counter(letter["To"] for letter in digests(path))
    assert one_each["ag-lounais@example.invalid"] == 1
    with path.store.read() as session:
        centre = notices.inbox(session, Audience.CENTRE)
    assert {region for notice in centre for region in notice.regions} == {"10"}

    # A late unit is offered to the live group, and invited by a person.
    path.kill()
    unit, late = lines("path_late.jsonl")
    with path.store.begin() as session:
        join(session, unit)
    register(path, late)
    path.start()
    offer = path.until("an offer for the late unit", lambda s: groups.offers(s))
    assert [view.member.challenge_id for view in offer] == ["path-15"]
    assert offer[0].group_id == approved["sote"].id
    with path.store.begin() as session:
        invite_late(session, a_facilitator(session), offer[0].id)
    path.until("the late invitation", lambda _: len(letters_to_units(path)) == 12)

    # One unit declines, the others accept; the one that declined is matched again.
    answer_all(path, approved["sote"].id)
    path.until(
        "the decline to reach the matcher",
        lambda s: "path-05" in matching.all_left_out(s) or groups.proposal_of(s, "path-05"),
    )
    path.stop()
    nothing_lost_or_doubled(path)


async def questions(path, challenge_id, proposal_id):
    """What the worker answers the facilitator's pages."""
    client = await nats.connect(path.env["PIIRI_NATS_URL"])
    wanted = (
        (PlacesQuestion(challenge_id=challenge_id), PlacesAnswer),
        (VariantsQuestion(proposal_id=proposal_id), VariantsAnswer),
    )
    answers = [await ask(client, q.subject, q, kind, timeout_s=5.0) for q, kind in wanted]
    await client.close()
    return answers


def moved_member(path, found):
    """Take path-04 out of the social group; the group has three members left."""
    with path.store.begin() as session:
        view = groups.proposal(session, found["social"].proposal.id)
        move_member(
            session,
            a_facilitator(session),
            view.proposal.id,
            "path-04",
            to=None,
            seen_version=view.version,
        )
    path.until(
        "the matcher to obey",
        lambda s: "path-04" in matching.all_left_out(s) or groups.proposal_of(s, "path-04"),
    )
    return "path-04"


def approve_all(path):
    approved = {}
    with path.store.read() as session:
        open_views = by_topic(session)
    for topic, view in open_views.items():
        with path.store.begin() as session:
            made = approve_group(session, a_facilitator(session), view.proposal.id)
        with path.store.read() as session:
            approved[topic] = groups.group(session, made.id)
    return approved


def answer_all(path, group_id):
    with path.store.read() as session:
        asked = [
            view
            for view in groups.group(session, group_id).invitations
            if view.state is InvitationState.INVITED
        ]
    for view in asked:
        with path.store.begin() as session:
            member = contact(session, view.member.unit_id)
            if view.member.challenge_id == "path-05":
                decline_invitation(session, member, view.id, DeclineReason.NO_TIME)
            else:
                accept_invitation(session, member, view.id)


def letters_to_units(path):
    return [letter for letter in path.letters() if "invitation-" in letter["Message-ID"]]


def digests(path):
    return [letter for letter in path.letters() if "digest-" in letter["Message-ID"]]


def nothing_lost_or_doubled(path):
    events = path.events()
    facts = Counter(event.fact for event in events)
    assert facts["directory.joined"] == 13
    assert facts["challenges.registered"] == 15
    assert facts["groups.approved"] == 3
    assert facts["groups.invited"] == 12
    assert facts["groups.declined"] == 1
    assert len({event.id for event in events}) == len(events)
    with path.store.read() as session:
        people = session.exec(select(Person)).all()
        unsent = session.exec(select(OutboxRow).where(col(OutboxRow.stream_seq).is_(None))).all()
    assert unsent == []
    ids = Counter(letter["Message-ID"] for letter in path.letters())
    assert set(ids.values()) == {1}
    told = "".join(event.model_dump_json() for event in events)
    for person in people:
        assert person.name not in told
        assert person.email not in told
