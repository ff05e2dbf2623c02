"""Whoever decides on what has changed since reads what changed it."""

import pytest
from boards import version
from builders import a_facilitator, a_proposal, registered

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


def by_a_round(session, cards, number=2):
    keep_proposal(session, a_proposal(cards[:4], version=number))


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


def test_a_proposal_that_lapsed_was_not_decided_by_somebody(browse, store, cards):
    seen = version(store)
    with store.begin() as session:
        assert let_lapse(session, "pr-1", 2)
    answer = browse.post("/fi/proposals/pr-1/approve", data={"version": seen})
    assert answer.status_code == 409
    assert "Tämä ehdotus on rauennut" in answer.text
    assert "jo käsitelty" not in answer.text
