"""A facilitator sees what would help a waiting challenge, and makes a group in another way."""

import re

import pytest
from answering import Answering
from boards import members, version
from browsing import browser
from builders import a_contact, a_proposal, registered
from emitted import emitted

from schemas.asking import (
    PlacesAnswer,
    VariantsAnswer,
)
from schemas.groups import MemberMoved, Place, Quality, Variant, VariantKind
from schemas.reasons import Reason
from services.groups.errors import AlreadyPlaced, ProposalChanged
from services.groups.proposals import keep_proposal
from services.groups.remaking import Remake, remake_proposal
from services.matching.tables import LeftOut


@pytest.fixture
def board(store):
    """Two proposals of five and three units, and one challenge that is unplaced."""
    with store.begin() as session:
        first = [registered(session, f"A{n}") for n in range(5)]
        second = [registered(session, f"B{n}") for n in range(3)]
        loose = registered(session, "C0", "Yksinäinen haaste")
        keep_proposal(session, a_proposal(first, "pr-1"))
        keep_proposal(session, a_proposal(second, "pr-2"))
        left = Reason(code="groups-full").model_dump(mode="json")
        session.add(LeftOut(challenge_id=loose.id, reason=left))
        return first, second, loose


def hidden_fields(page, path):
    """The hidden fields of the form that posts to a path."""
    form = re.search(rf'<form method="post" action="{path}">(.*?)</form>', page, re.DOTALL)
    assert form, page
    found = re.findall(r'<input type="hidden" name="(.*?)" value="(.*?)">', form[1])
    sent = {}
    for name, value in found:
        sent.setdefault(name, []).append(value)
    return sent


def full(first):
    rule = Reason(code="relax-upper", values={"members": 13.0, "most": 12.0})
    ids = tuple(card.id for card in first)
    return Place(proposal_id="pr-1", challenges=ids, fit=0.61, rules=(rule,))


def test_the_board_leads_to_what_would_help_and_to_alternatives(browse, board):
    *_, loose = board
    page = browse.get("/fi/proposals").text
    assert f"/fi/proposals/places/{loose.id}" in page
    assert "/fi/proposals/pr-1/variants" in page


def test_what_would_have_to_give_way_is_told_and_the_move_made(web, browse, store, board):
    first, _, loose = board
    web.state.asker = asker = Answering(PlacesAnswer(places=(full(first),)))
    page = browse.get(f"/fi/proposals/places/{loose.id}").text
    assert [question.challenge_id for _, question in asker.asked] == [loose.id]
    assert "Sopivat ryhmät ovat täynnä." in page
    assert "Ryhmässä olisi 13 jäsentä, enintään 12" in page
    assert 'id="place-1-heading"' in page
    assert ' aria-describedby="place-1-heading">' in page
    assert "Yksikkö A0" in page
    sent = browse.post("/fi/proposals/move", data=hidden_fields(page, "/fi/proposals/move"))
    assert sent.status_code == 303
    assert loose.id in members(store, "pr-1")


def test_a_member_sees_its_second_best_group_and_is_moved_from_its_own(web, browse, store, board):
    first, second, _ = board
    there = Place(proposal_id="pr-2", challenges=tuple(card.id for card in second), fit=0.4)
    web.state.asker = Answering(PlacesAnswer(places=(there,)))
    page = browse.get(f"/fi/proposals/places/{first[0].id}").text
    assert re.search(r"Nyt ryhmässä .*, sopivuus 70", page)
    assert "Mikään sääntö ei ole esteenä." in page
    browse.post("/fi/proposals/move", data=hidden_fields(page, "/fi/proposals/move"))
    assert first[0].id not in members(store, "pr-1")
    assert first[0].id in members(store, "pr-2")


def test_a_proposal_that_lapsed_meanwhile_is_no_place(web, browse, board):
    first, _, loose = board
    gone = full(first).model_copy(update={"proposal_id": "pr-gone"})
    web.state.asker = Answering(PlacesAnswer(places=(gone,)))
    page = browse.get(f"/fi/proposals/places/{loose.id}").text
    assert "Siirrä tähän ryhmään" not in page


def test_a_challenge_that_is_not_matched_yet_says_so(web, browse, board):
    web.state.asker = Answering(PlacesAnswer(known=False))
    page = browse.get(f"/fi/proposals/places/{board[2].id}").text
    assert "Haastetta ei ole vielä verrattu muihin" in page


def test_an_unknown_challenge_or_proposal_is_not_found(web, browse, board):
    web.state.asker = Answering(PlacesAnswer(), VariantsAnswer())
    assert browse.get("/fi/proposals/places/ch-none").status_code == 404
    assert browse.get("/fi/proposals/pr-none/variants").status_code == 404


def test_without_an_answer_the_page_says_that_a_part_is_away(web, browse, board):
    web.state.asker = Answering()
    answer = browse.get("/fi/proposals/pr-1/variants")
    assert answer.status_code == 503
    assert "ei vastannut ajoissa" in answer.text


def test_a_unit_may_not_look(web, store, board):
    with store.begin() as session:
        contact = a_contact(session, "A0")
    web.state.asker = Answering(PlacesAnswer(), VariantsAnswer())
    for path in (f"places/{board[2].id}", "pr-1/variants"):
        assert browser(web, contact).get(f"/fi/proposals/{path}").status_code == 403


def test_a_group_is_made_in_another_way_at_once(web, browse, store, board):
    first, _, loose = board
    way = Variant(
        kind=VariantKind.EXCHANGED,
        joins=(loose.id,),
        leaves=(first[0].id,),
        members=5,
        cohesion=0.66,
        reasons=(Reason(code="no-giver"),),
    )
    web.state.asker = Answering(VariantsAnswer(variants=(way,)))
    page = browse.get("/fi/proposals/pr-1/variants").text
    assert "Vaihto: odottava heikoimmin sopivan tilalle" in page
    assert ' aria-describedby="variant-1-heading">' in page
    assert "Yksinäinen haaste" in page
    fields = hidden_fields(page, "/fi/proposals/pr-1/variants")
    sent = browse.post("/fi/proposals/pr-1/variants", data=fields)
    assert sent.status_code == 303
    assert "Ryhmä muutettu" in browse.get(sent.headers["location"]).text
    assert members(store, "pr-1") == {loose.id, *(card.id for card in first[1:])}
    with store.read() as session:
        moved = emitted(session, MemberMoved)
    assert {(one.challenge_id, one.to_proposal_id) for one in moved} == {
        (first[0].id, None),
        (loose.id, "pr-1"),
    }


def test_another_version_than_the_one_seen_is_not_remade(store, facilitator, board):
    first, *_ = board
    with store.begin() as session, pytest.raises(ProposalChanged):
        remake_proposal(session, facilitator, "pr-1", Remake(), seen_version=99)
    assert members(store, "pr-1") == {card.id for card in first}


def test_all_of_it_is_done_or_nothing(store, facilitator, board):
    first, second, _ = board
    wanted = Remake(joins=(second[0].id,), leaves=(first[0].id,))
    with pytest.raises(AlreadyPlaced), store.begin() as session:
        remake_proposal(session, facilitator, "pr-1", wanted, seen_version=int(version(store)))
    assert members(store, "pr-1") == {card.id for card in first}


def test_the_board_brings_how_good_the_grouping_is_and_so_does_a_page(web, browse, board):
    found = Quality(groups=2, score=4.0, bound=5.0, blocking=0.0, envy=0.25, kept=0.5, moved=3)
    web.state.asker = Answering(found)
    assert 'hx-get="/fi/proposals/quality"' in browse.get("/fi/proposals").text
    part = browse.get("/fi/proposals/quality", headers={"hx-request": "true"}).text
    page = browse.get("/fi/proposals/quality").text
    assert "<html" in page
    assert "<html" not in part
    for text in (part, page):
        assert "80\N{NO-BREAK SPACE}%" in text
        assert "25\N{NO-BREAK SPACE}% jäsenistä" in text
        assert "50\N{NO-BREAK SPACE}% pareista, siirtyi 3" in text


@pytest.mark.parametrize("path", ["places/%20", "places/-x", "%20/variants", "-x/variants"])
def test_an_address_that_names_nothing_possible_is_not_found(web, browse, path):
    web.state.asker = Answering(PlacesAnswer(), VariantsAnswer())
    assert browse.get(f"/fi/proposals/{path}").status_code == 404


def test_any_group_can_be_chosen_also_one_that_another_page_of_the_board_shows(
    web, browse, store, board
):
    first, *_ = board
    web.state.asker = Answering(PlacesAnswer())
    page = browse.get(f"/fi/proposals/places/{first[0].id}").text
    options = re.findall(r'<option value="(.*?)">', page)
    assert options == ["pr-2"]
    sent = re.findall(r'<input type="hidden" name="(.*?)" value="(.*?)">', page)
    fields = dict(sent) | {"to_proposal_id": options[0]}
    assert browse.post("/fi/proposals/move", data=fields).status_code == 303
    assert first[0].id in members(store, "pr-2")
