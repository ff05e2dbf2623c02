"""Who decided what and when is on record, by keys alone, and nobody can change it."""

import json

import pytest
from browsing import browser
from builders import a_contact, a_facilitator, a_proposal, registered
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from typer.testing import CliRunner

from schemas.groups import DeclineReason, ProposedMember, RejectReason
from services.cli import app
from services.groups import queries
from services.groups.actions import (
    approve_group,
    move_member,
    reject_proposal,
    rename_proposal,
)
from services.groups.invitations import accept_invitation, decline_invitation
from services.groups.late import invite_late, keep_offer, pass_over
from services.groups.placing import place_challenge
from services.groups.proposals import keep_proposal
from services.groups.trail import trail, trail_of

WORDS = "Maijan salainen sana"
"""A name and free text, as people write them into every field that takes some."""


def a_seat(card):
    return ProposedMember(challenge_id=card.id, unit_id=card.unit_id, fit=0.6)


@pytest.fixture
def decided(store):
    """Everything that can be decided about proposals and groups, each once."""
    with store.begin() as session:
        who = a_facilitator(session, WORDS)
        first, second, third = (
            [registered(session, f"{name}{n}", WORDS + name) for n in range(4)] for name in "ABC"
        )
        loose, late, other = (registered(session, f"L{n}", WORDS) for n in range(3))
        for number, cards in enumerate((first, second, third), start=1):
            keep_proposal(session, a_proposal(cards, f"pr-{number}"))
        rename_proposal(session, who, "pr-1", WORDS)
        move_member(session, who, "pr-2", second[0].id, to="pr-1")
        move_member(session, who, "pr-1", first[0].id, to=None)
        place_challenge(session, who, loose.id, "pr-1")
        reject_proposal(session, who, "pr-3", RejectReason.TOO_MIXED, note=WORDS)
        group = approve_group(session, who, "pr-1").id
        invite_late(session, who, keep_offer(session, group, a_seat(late)).id)
        pass_over(session, who, keep_offer(session, group, a_seat(other)).id)
        ids = {one.member.unit_id: one.id for one in queries.group(session, group).invitations}
        accept_invitation(session, a_contact(session, "A1"), ids["A1"])
        contact, why = a_contact(session, "A2"), DeclineReason.NO_TIME
        decline_invitation(session, contact, ids["A2"], why, note=WORDS)
    return who, group, contact


def told(store):
    with store.read() as session:
        return list(trail(session))


def test_each_decision_is_told_once_with_who_and_what(store, decided):
    who, group, contact = decided
    rows = told(store)
    assert [(row["what"], row["proposal"]) for row in rows] == [
        ("renamed", "pr-1"),
        ("moved", "pr-2"),
        ("taken out", "pr-1"),
        ("placed", "pr-1"),
        ("rejected", "pr-3"),
        ("approved", "pr-1"),
        ("invited late", "pr-1"),
        ("passed over", "pr-1"),
        ("accepted", "pr-1"),
        ("declined", "pr-1"),
    ]
    assert {row["who"] for row in rows[:8]} == {who.person_id}
    assert rows[-1]["who"] == contact.person_id
    assert rows[-1]["reason"] == "no_time"
    assert all(row["at"].endswith("+00:00") for row in rows)
    assert {row["group"] for row in rows if row["proposal"] == "pr-1"} == {group}
    assert WORDS not in json.dumps(rows, ensure_ascii=False)


CHANGES = ("UPDATE groups_edit SET person_id = 'x'", "DELETE FROM groups_edit")
OVERWRITES = "REPLACE INTO groups_edit SELECT id, at, proposal_id, 'x', what, details"


def refused(store, act):
    """Try an act on what was decided, which must stay."""
    with store.begin() as session:
        keep_proposal(session, a_proposal([registered(session, f"A{n}") for n in range(3)]))
        rename_proposal(session, a_facilitator(session), "pr-1", "Nimi")
    before = told(store)
    with pytest.raises(DBAPIError, match="kept as they were written"), store.begin() as session:
        session.connection().execute(text(act))
    assert told(store) == before
    assert len(before) == 1


@pytest.mark.parametrize("act", CHANGES)
def test_nobody_changes_or_deletes_what_was_decided(any_store, act):
    refused(any_store, act)


def test_nobody_writes_over_what_was_decided_in_the_words_of_sqlite(store):
    refused(store, f"{OVERWRITES} FROM groups_edit")


def test_a_proposals_trail_tells_who_came_to_it(any_store):
    with any_store.begin() as session:
        first, second = ([registered(session, f"{name}{n}") for n in range(4)] for name in "AB")
        for number, cards in enumerate((first, second), start=1):
            keep_proposal(session, a_proposal(cards, f"pr-{number}"))
        move_member(session, a_facilitator(session), "pr-1", first[0].id, to="pr-2")
        assert [row.proposal_id for row in trail_of(session, "pr-2")] == ["pr-1"]


def test_a_facilitator_reads_what_was_decided_and_a_unit_does_not(web, store, decided):
    who, group, _ = decided
    page = browser(web, who).get(f"/fi/groups/{group}").text
    assert "Mitä on päätetty" in page
    assert "Siirsi tähän toisesta ehdotuksesta: Yksikkö B0" in page
    assert "Ei lähtenyt mukaan: Yksikkö A2" in page
    assert "Siirsi sijoittamattomiin: Yksikkö A0" in page
    assert f" · {WORDS}" in page
    assert "Henkilö A2" not in page
    with store.begin() as session:
        inside = a_contact(session, "A1")
    answer = browser(web, inside).get(f"/fi/groups/{group}")
    assert answer.status_code == 200
    assert "Mitä on päätetty" not in answer.text


def test_the_command_prints_one_decision_a_line_from_a_day_on(store, decided, monkeypatch):
    monkeypatch.setenv("PIIRI_DATABASE_URL", store.url)
    monkeypatch.setenv("PIIRI_NATS_URL", "nats://127.0.0.1:4222")
    monkeypatch.setenv("PIIRI_SECRET_KEY", "k" * 32)
    printed = CliRunner().invoke(app, ["trail"])
    assert printed.exit_code == 0
    assert [json.loads(line) for line in printed.stdout.splitlines()] == told(store)
    later = CliRunner().invoke(app, ["trail", "--since", "2999-01-01"])
    assert (later.exit_code, later.stdout) == (0, "")
