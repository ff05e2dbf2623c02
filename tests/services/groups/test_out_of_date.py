"""Whoever decides on what has changed since reads what changed it."""

from datetime import UTC, datetime

import pytest
from boards import version
from builders import a_facilitator, a_proposal, registered

from schemas.reasons import Reason
from services.groups import queries
from services.groups.actions import rename_proposal
from services.groups.placing import place_challenge
from services.groups.proposals import drop_challenge, keep_proposal, let_lapse

DESK = "toinen fasilitoija, tai sinä toisessa ikkunassa, muutti sitä"
ROUND = "uusi ryhmittelykierros muutti sitä"
UNIT = "jäsenen haaste ei ole enää avoinna"
ALL = "fasilitoija muutti sitä, ja haasteita on tullut"


@pytest.fixture
def cards(store):
    with store.begin() as session:
        cards = [registered(session, f"A{n}") for n in range(5)]
        keep_proposal(session, a_proposal(cards[:4]))
    return cards


def by_a_round(session, cards):
    keep_proposal(session, a_proposal(cards[:3], version=2))


def by_renaming(session, cards):
    rename_proposal(session, a_facilitator(session, "toinen"), "pr-1", "Nimi")


def by_placing(session, cards):
    place_challenge(session, a_facilitator(session, "toinen"), cards[4].id, "pr-1")


def by_a_unit(session, cards):
    drop_challenge(session, cards[0].id)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ([by_a_round], ROUND),
        ([by_renaming], DESK),
        ([by_placing], DESK),
        ([by_a_unit], UNIT),
        ([by_a_unit, by_a_round], ROUND),
        ([by_renaming, by_a_round], ALL),
        ([by_a_unit, by_renaming], ALL),
    ],
)
@pytest.mark.parametrize(
    ("decision", "fields"),
    [("approve", {}), ("reject", {"reason": "other"}), ("rename", {"title": "Oma"})],
)
def test_it_says_what_changed_the_proposal(browse, store, cards, changes, said, decision, fields):
    seen = version(store)
    with store.begin() as session:
        for change in changes:
            change(session, cards)
    answer = browse.post(f"/fi/proposals/pr-1/{decision}", data={"version": seen, **fields})
    assert answer.status_code == 409
    assert {one for one in (DESK, ROUND, UNIT, ALL) if one in answer.text} == {said}


def test_what_was_seen_afterwards_does_not_count(browse, store, cards):
    with store.begin() as session:
        by_renaming(session, cards)
    seen = version(store)
    with store.begin() as session:
        by_a_round(session, cards)
    answer = browse.post("/fi/proposals/pr-1/approve", data={"version": seen})
    assert ROUND in answer.text
    assert ALL not in answer.text


@pytest.mark.parametrize(
    ("decision", "fields"),
    [("approve", {}), ("reject", {"reason": "other"}), ("rename", {"title": "Oma"})],
)
def test_a_round_that_only_tells_its_reasons_anew_is_in_nobodys_way(
    browse, store, cards, decision, fields
):
    seen = version(store)
    with store.begin() as session:
        keep_proposal(session, told_anew(cards[:4], 2))
    assert "Kokemusta on jo: Yksikkö A0" in browse.get("/fi/proposals").text
    answer = browse.post(f"/fi/proposals/pr-1/{decision}", data={"version": seen, **fields})
    assert answer.status_code == 303


def test_a_facilitator_moves_on_after_the_round_that_follows_a_move(browse, store, cards):
    sent = {"from_proposal_id": "pr-1", "challenge_id": cards[3].id, "version": version(store)}
    assert browse.post("/fi/proposals/move", data=sent).status_code == 303
    seen = version(store)
    with store.begin() as session:
        keep_proposal(session, told_anew(cards[:3], 2))
    answer = browse.post("/fi/proposals/pr-1/approve", data={"version": seen})
    assert answer.status_code == 303


def test_what_a_round_only_told_anew_is_no_news_on_the_board(store, cards, facilitator):
    before = datetime.now(UTC)
    with store.begin() as session:
        keep_proposal(session, told_anew(cards[:4], 2))
    with store.read() as session:
        assert queries.changed_since(session, before, facilitator.person_id) == 0
    with store.begin() as session:
        keep_proposal(session, told_anew(cards[:3], 3))
    with store.read() as session:
        assert queries.changed_since(session, before, facilitator.person_id) == 1


def told_anew(cards, number):
    """The same members, with other fits, another cohesion and another reason."""
    proposal = a_proposal(list(reversed(cards)), version=number)
    members = tuple(one.model_copy(update={"fit": 0.5}) for one in proposal.members)
    done = Reason(code="giver", challenges=(cards[0].id,), units=(cards[0].unit_id,))
    said = {"members": members, "cohesion": 0.5, "reasons": (done,)}
    return proposal.model_copy(update=said)


def test_a_proposal_that_lapsed_was_not_decided_by_somebody(browse, store, cards):
    seen = version(store)
    with store.begin() as session:
        assert let_lapse(session, "pr-1", 2)
    answer = browse.post("/fi/proposals/pr-1/approve", data={"version": seen})
    assert answer.status_code == 409
    assert "Tämä ehdotus on rauennut" in answer.text
    assert "jo käsitelty" not in answer.text
