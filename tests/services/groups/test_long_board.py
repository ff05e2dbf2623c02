"""A long board reads in full what one page shows, and sorts, counts and searches the others."""

import re

import pytest
from answering import Answering
from builders import a_contact, a_draft, a_proposal, joined, registered
from sqlalchemy import event

from schemas.asking import PlacesAnswer
from schemas.reasons import Reason
from services.challenges.actions import register_challenge
from services.groups import paging, queries
from services.groups.outlines import in_figures, outlines
from services.groups.proposals import keep_proposal, set_seats
from services.groups.standing import standing
from services.groups.tables import Proposal, Seat
from services.kit.forms import Form


@pytest.fixture(autouse=True)
def two_a_page(monkeypatch):
    monkeypatch.setattr(paging, "AT_ONCE", 2)


def proposed(store, names, **said):
    """Proposals of three units each, the first name the least coherent."""
    with store.begin() as session:
        for number, name in enumerate(names):
            cards = [registered(session, f"{name}{n}", **said) for n in range(3)]
            made = a_proposal(cards, f"pr-{name}")
            places = Reason(code="places", values={"distance_km": 100.0})
            reasons = (places, Reason(code="unites"))
            fit = 0.4 + number / 100
            made = made.model_copy(update={"cohesion": fit, "reasons": reasons})
            keep_proposal(session, made)


def shown(page):
    return re.findall(r'<article.*?id="proposal-pr-(.*?)"', page)


def test_only_the_proposals_of_the_page_are_read_in_full(browse, store, monkeypatch):
    proposed(store, "PQRSTUV")
    read, member = [], Seat.member
    monkeypatch.setattr(Seat, "member", lambda seat: read.append(seat.proposal_id) or member(seat))
    assert shown(browse.get("/fi/proposals?page=2").text) == ["T", "S"]
    assert set(read) == {"pr-T", "pr-S"}


@pytest.mark.parametrize("query", ["", "?search=yksikk%C3%B6"])
def test_a_longer_board_asks_no_more_of_the_database(browse, store, query):
    asked = []
    engine = store._engines.reader
    event.listen(engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
    proposed(store, "PQR")
    browse.get(f"/fi/proposals{query}")
    few = len(asked)
    proposed(store, "STUVWXYZ")
    browse.get(f"/fi/proposals{query}")
    assert len(asked) == 2 * few


def test_the_most_coherent_come_first_on_all_pages(browse, store):
    proposed(store, "PQRST")
    pages = [browse.get(f"/fi/proposals?page={n}").text for n in (1, 2, 3)]
    assert [shown(page) for page in pages] == [["T", "S"], ["R", "Q"], ["P"]]
    assert "Sivu 2 / 3" in browse.get("/fi/proposals?show=pr-Q").text


def test_a_theme_is_looked_for_on_all_pages(browse, store):
    proposed(store, "PQRST")
    proposed(store, "X", themes=("clean",))
    assert shown(browse.get("/fi/proposals?theme=clean").text) == ["X"]
    assert shown(browse.get("/fi/proposals?theme=clean&search=haaste+x1").text) == ["X"]
    assert shown(browse.get("/fi/proposals?theme=clean&search=haaste+p1").text) == []
    assert shown(browse.get("/fi/proposals?search=HAASTE+P2").text) == ["P"]


def test_what_is_said_of_all_is_of_all_pages(browse, store):
    proposed(store, "PQRST")
    page = browse.get("/fi/proposals?page=3").text
    assert "5 / 5 ryhmää" in page
    assert "100 km (mediaani)" in page
    assert "<dt>haastetta</dt><dd>15</dd>" in page


@pytest.mark.parametrize(
    ("number", "query"), [(1, ""), (2, ""), (1, "&search=oikea"), (1, "&search=malli")]
)
def test_samples_on_any_page_are_told_on_every_page(browse, store, monkeypatch, number, query):
    monkeypatch.setattr(paging, "WAITING_AT_ONCE", 1)
    with store.begin() as session:
        registered(session, "W1", "Oikea")
        joined(session, "W2")
        register_challenge(session, a_contact(session, "W2"), a_draft(title="Malli"), sample=True)
    told = (
        "Sivulla on keksittyjä haasteita" in browse.get(f"/fi/proposals?page={number}{query}").text
    )
    assert told is (query != "&search=oikea")


def test_every_other_proposal_may_be_chosen_by_name_and_none_is_read_in_full(
    web, browse, store, monkeypatch
):
    proposed(store, "PQRST")
    with store.begin() as session:
        session.get_one(Proposal, "pr-Q").title = "Oma nimi"
        loose = registered(session, "C0")
    web.state.asker = Answering(PlacesAnswer(places=()))
    monkeypatch.setattr(Seat, "member", lambda seat: pytest.fail(f"{seat.proposal_id} is read"))
    page = browse.get(f"/fi/proposals/places/{loose.id}").text
    assert sorted(re.findall(r'<option value="pr-(.)">', page)) == list("PQRST")
    assert '<option value="pr-Q">Oma nimi</option>' in page
    assert '<option value="pr-P">Yhteinen haaste</option>' in page


def test_an_outline_says_what_the_proposal_does(any_store):
    proposed(any_store, "PQ")
    with any_store.begin() as session:
        first, *_ = queries.proposal(session, "pr-P").proposal.members
        set_seats(session, "pr-P", [first])  # one alone is no proposal any more
    with any_store.read() as session:
        (outline,) = outlines(session)
        (view,) = queries.proposals(session)
        assert (outline.id, outline.cohesion) == (view.proposal.id, view.proposal.cohesion)
        told = [(one.challenge_id, one.unit_id, one.fit) for one in view.proposal.members]
        assert [tuple(seat) for seat in outline.seats] == told
        (figures,) = in_figures(session, [outline])
        assert figures["languages"] == ["fi"]
        assert [reason.code for reason in figures["reasons"]] == ["places"]
        found = standing(session, "fi", Form({"search": ("yksikkö q1",)}))
        assert [one.id for one in found.proposals] == ["pr-Q"]
        assert found.unplaced == []
