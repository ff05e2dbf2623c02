"""Nobody is moved to where a rule of every group says no, and who stands against it is named."""

import pytest
from answering import Answering
from browsing import browser
from builders import a_proposal, registered
from emitted import emitted

from schemas.asking import PlacesAnswer
from schemas.groups import MemberMoved, Place, RejectReason
from schemas.reasons import Reason
from services.groups import queries
from services.groups.actions import move_member, reject_proposal
from services.groups.errors import KeptApart, NoCommonLanguage
from services.groups.placing import place_challenge
from services.groups.proposals import keep_proposal
from services.groups.remaking import Remake, remake_proposal


@pytest.fixture
def cards(store):
    """Eight challenges of eight units."""
    with store.begin() as session:
        return [registered(session, f"KU{n}") for n in range(8)]


@pytest.fixture
def rejected(store, facilitator, cards):
    with store.begin() as session:
        keep_proposal(session, a_proposal([cards[0], cards[4], cards[5]], "pr-0"))
        reject_proposal(session, facilitator, "pr-0", RejectReason.TOO_MIXED)


@pytest.fixture
def proposals(store, cards):
    with store.begin() as session:
        keep_proposal(session, a_proposal(cards[:4], "pr-1"))
        keep_proposal(session, a_proposal(cards[4:], "pr-2"))


def members(store, proposal_id):
    with store.read() as session:
        return {m.challenge_id for m in queries.proposal(session, proposal_id).proposal.members}


def version(store, proposal_id="pr-1"):
    with store.read() as session:
        return queries.proposal(session, proposal_id).version


def moved(store, browse, card, lang="fi", **headers):
    data = {"challenge_id": card.id, "from_proposal_id": "pr-1", "to_proposal_id": "pr-2"}
    data["version"] = str(version(store))
    return browse.post(f"/{lang}/proposals/move", data=data, headers=headers)


@pytest.mark.usefixtures("rejected", "proposals")
def test_one_rejected_with_several_members_is_not_moved_to_them(browse, store, cards):
    answer = moved(store, browse, cards[0], **{"hx-request": "true"})
    assert "fasilitoija on hylännyt ehdotuksen" in answer.text
    assert "Esteenä: Yksikkö KU4, Yksikkö KU5." in answer.text
    assert members(store, "pr-1") == {card.id for card in cards[:4]}
    assert members(store, "pr-2") == {card.id for card in cards[4:]}
    with store.read() as session:
        assert emitted(session, MemberMoved) == []


@pytest.mark.usefixtures("rejected", "proposals")
def test_the_page_without_javascript_says_it_too_in_the_readers_language(browse, store, cards):
    answer = moved(store, browse, cards[0], lang="sv")
    assert answer.status_code == 409
    assert "Det går inte att flytta hit" in answer.text
    assert "Hinder: Yksikkö KU4, Yksikkö KU5." in answer.text


@pytest.mark.usefixtures("rejected", "proposals")
def test_no_other_way_leads_there_either(store, facilitator, cards):
    with store.begin() as session:
        move_member(session, facilitator, "pr-1", cards[0].id, to=None)
    with pytest.raises(KeptApart, match="KU4, KU5"), store.begin() as session:
        place_challenge(session, facilitator, cards[0].id, "pr-2")
    with pytest.raises(KeptApart), store.begin() as session:
        remake_proposal(session, facilitator, "pr-2", Remake(joins=(cards[0].id,)))
    with store.begin() as session:
        wanted = Remake(joins=(cards[0].id,), leaves=(cards[4].id, cards[5].id))
        remake_proposal(session, facilitator, "pr-2", wanted)
    assert cards[0].id in members(store, "pr-2")


@pytest.mark.usefixtures("proposals")
def test_who_was_not_rejected_together_may_be_moved(browse, store, cards, facilitator):
    with store.begin() as session:
        reject_proposal(session, facilitator, "pr-2", RejectReason.TOO_MIXED)
        others = [registered(session, f"B{n}") for n in range(3)]
        keep_proposal(session, a_proposal(others, "pr-3"))
        move_member(session, facilitator, "pr-1", cards[0].id, to="pr-3")
    assert cards[0].id in members(store, "pr-3")


def test_nobody_is_moved_to_a_group_that_would_have_no_common_language(browse, store, cards):
    with store.begin() as session:
        spoken = (("fi", "sv"), ("fi",), ("fi", "en"))
        others = [
            registered(session, f"L{n}", working_languages=langs) for n, langs in enumerate(spoken)
        ]
        stranger = registered(session, "S1", working_languages=("sv",))
        keep_proposal(session, a_proposal([*cards[:3], stranger], "pr-1"))
        keep_proposal(session, a_proposal(others, "pr-2"))
    answer = moved(store, browse, stranger, **{"hx-request": "true"})
    assert "ryhmälle ei jäisi yhteistä kieltä" in answer.text
    assert "Esteenä: Yksikkö L1, Yksikkö L2." in answer.text
    assert stranger.id in members(store, "pr-1")


def test_a_language_that_all_share_by_chance_of_pairs_only_is_refused_by_all(store, facilitator):
    with store.begin() as session:
        spoken = (("fi", "sv"), ("fi", "en"))
        others = [
            registered(session, f"L{n}", working_languages=langs) for n, langs in enumerate(spoken)
        ]
        both = registered(session, "S1", working_languages=("sv", "en"))
        keep_proposal(session, a_proposal(others, "pr-1"))
    with pytest.raises(NoCommonLanguage, match="L0, L1"), store.begin() as session:
        place_challenge(session, facilitator, both.id, "pr-1")


@pytest.mark.parametrize(("code", "buttons"), [("relax-apart", 0), ("relax-threshold", 1)])
@pytest.mark.usefixtures("proposals")
def test_the_page_of_places_has_no_button_where_nobody_may_be_moved(
    web, facilitator, cards, code, buttons
):
    rule = Reason(code=code, units=("KU4",), values={"fit": 0.2, "least_fit": 0.3})
    place = Place(proposal_id="pr-2", challenges=(cards[4].id,), fit=0.4, rules=(rule,))
    web.state.asker = Answering(PlacesAnswer(places=(place,)))
    page = browser(web, facilitator).get(f"/fi/proposals/places/{cards[0].id}").text
    assert page.count("Siirrä tähän ryhmään") == buttons
    assert ("niin kauan kuin este on voimassa" in page) is (buttons == 0)
