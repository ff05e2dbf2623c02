"""The worker ends at each named point of the path, as in a power cut, and starts again."""

from collections import Counter
from datetime import date

import pytest
from builders import a_contact, a_draft, a_facilitator, joined
from deployment import Deployment
from sqlmodel import col, select

from schemas.agents import AgentDraft, Territory
from schemas.base import Names
from schemas.people import Role
from services.access.actions import add_person, give_role
from services.challenges.actions import register_challenge
from services.directory.actions import appoint_agent
from services.groups import queries as groups
from services.groups.actions import approve_group
from services.kit.faults import POINTS
from services.kit.tables import InboxRow, OutboxRow
from services.notices import queries as notices
from services.notices.tables import Audience

TEXTS = (
    "Siivouspalvelujen sopimuksissa on työllistämisehto pitkäaikaistyöttömille, ei valvontaa.",
    "Haluamme työllistää pitkäaikaistyöttömiä siivoussopimuksissa työllistämisehdon avulla.",
    "Miten työllistämisehto kirjoitetaan siivouspalvelujen tarjouspyyntöön ja valvotaan?",
    "Siivouspalvelut kilpailutetaan uudelleen ja mukaan halutaan työllistämisehto.",
)


@pytest.fixture
def path(store, settings, tmp_path):
    # A full group takes no late units, so that every round has a group of its own.
    with Deployment(store, settings, tmp_path / "data", PIIRI_GROUP_UPPER="4") as deployment:
        yield deployment


TURNS = [f"{point}:{passing}" for passing in (1, 2) for point in POINTS]
"""Each point at its first and its second passing, one after the other."""


def register_four(path, number):
    """Four units with the same challenge; each round has four of its own."""
    with path.store.begin() as session:
        for place, text in enumerate(TEXTS):
            unit = joined(session, f"KU{number}{place}")
            member = a_contact(session, unit.id)
            title = f"Työllistämisehto siivouksessa {number}{place}"
            register_challenge(session, member, a_draft(title=title, text=text))


def appoint(path):
    with path.store.begin() as session:
        territory = Territory(region="06", starts=date(2024, 1, 1))
        draft = AgentDraft(id="ag-1", host=Names(fi="Isäntä"), territories=(territory,))
        appoint_agent(session, draft)
        person = add_person(session, "Agentti", "ag-1@example.invalid")
        give_role(session, person, Role.AGENT, agent_id="ag-1")


def one_round(path, number):
    """From four registrations to four invitations."""
    register_four(path, number)
    ids = {f"KU{number}{place}" for place in range(4)}
    path.until("four units in proposals", lambda s: len(_waiting(s) & ids) == 4)
    with path.store.begin() as session:
        for view in groups.proposals(session):
            approve_group(session, a_facilitator(session), view.proposal.id)
    path.until("an invitation for each", lambda _: len(invitations(path)) == 4 * number)


def test_the_path_completes_and_each_effect_happens_once(path):
    appoint(path)
    path.start(*TURNS)
    number = 0
    while path.armed and number < 30:
        number += 1
        one_round(path, number)
    assert path.hit == TURNS, f"never passed: {path.armed}"
    path.until("quiet", _quiet)
    path.stop()
    each_effect_once(path, number)


def _waiting(session):
    return {m.unit_id for view in groups.proposals(session) for m in view.proposal.members}


def _quiet(session):
    """Everything announced has left and was heard, every notice is in a digest."""
    unsent = select(OutboxRow).where(col(OutboxRow.stream_seq).is_(None))
    if session.exec(unsent).first() or notices.undigested(session):
        return False
    heard = Counter(session.exec(select(InboxRow.consumer)).all())
    told = Counter(session.exec(select(OutboxRow.type)).all())
    awaited = ("groups.invited", "groups.approved", "matching.proposed", "matching.seat_proposed")
    return heard["notices-v1"] >= sum(told[f"piiri.{fact}.v1"] for fact in awaited)


def invitations(path):
    return [letter for letter in path.letters() if "invitation-" in letter["Message-ID"]]


def each_effect_once(path, rounds):
    letters = path.letters()
    assert len({letter["Message-ID"] for letter in letters}) == len(letters)
    assert Counter(letter["To"] for letter in invitations(path)).most_common(1)[0][1] == 1
    facts = Counter(event.fact for event in path.events())
    assert facts["challenges.registered"] == 4 * rounds
    assert facts["groups.invited"] == 4 * rounds
    assert facts["groups.approved"] == facts["notices.region"]
    ids = [event.id for event in path.events()]
    assert len(set(ids)) == len(ids)
    with path.store.read() as session:
        told = notices.inbox(session, Audience.AGENT, "ag-1")
    assert len(told) == facts["groups.approved"]
