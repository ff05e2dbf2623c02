"""Facilitators correct, approve and reject proposals in the browser."""

import re

import pytest
from boards import members, version
from builders import a_contact, a_facilitator, a_proposal, registered
from emitted import emitted

from schemas.groups import GroupApproved, MemberInvited, MemberMoved, ProposalRejected
from schemas.reasons import Concept, Reason
from services.challenges.actions import withdraw_challenge
from services.groups import paging, queries
from services.groups.actions import move_member, rename_proposal
from services.groups.proposals import keep_proposal
from services.groups.states import ProposalState
from services.matching.tables import LeftOut

BY_HTMX = {"hx-request": "true"}


@pytest.fixture
def board(store):
    """Two proposals of four and three units, and one challenge that is unplaced."""
    with store.begin() as session:
        first = [registered(session, f"A{n}") for n in range(4)]
        second = [registered(session, f"B{n}") for n in range(3)]
        loose = registered(session, "C0", "Yksinäinen haaste", visibility="own_unit")
        keep_proposal(session, a_proposal(first, "pr-1"))
        keep_proposal(session, a_proposal(second, "pr-2"))
        left = Reason(code="too-few-alike").model_dump(mode="json")
        session.add(LeftOut(challenge_id=loose.id, reason=left))
        return first, second, loose


def events(store, kind):
    with store.read() as session:
        return emitted(session, kind)


def test_the_board_shows_everyone_with_names_and_reasons(browse, board):
    page = browse.get("/fi/proposals").text
    for name in ("Yksikkö A0", "Yksikkö B2", "Yksikkö C0", "Yksinäinen haaste"):
        assert name in page
    assert "Sijoittamatta" in page


def test_words_that_members_share_are_marked_in_titles_and_texts(browse, store):
    quality = Concept(id="c", label={"fi": "laatu"}, words=("laatu", "kvalitet"))
    why = (Reason(code="shared-concepts", concepts=(quality,)),)
    with store.begin() as session:
        text = "Ostamme paljon. Siivouksen laatu heikkeni viime vuonna."
        cards = [registered(session, f"A{n}", f"Laatu {n} <b>", text=text) for n in range(3)]
        proposal = a_proposal(cards)
        members = [one.model_copy(update={"reasons": why}) for one in proposal.members]
        keep_proposal(session, proposal.model_copy(update={"members": tuple(members)}))
    page = browse.get("/sv/proposals").text
    assert "<mark>Laatu</mark> 2 &lt;b&gt;" in page
    assert page.count("Siivouksen <mark>laatu</mark> heikkeni viime vuonna.") == 3
    assert "Ostamme paljon" not in page


def test_approval_makes_a_group_invites_and_says_so(browse, store, board):
    sent = browse.post("/fi/proposals/pr-1/approve", data={"version": version(store)})
    assert sent.status_code == 303
    assert len(events(store, GroupApproved)) == 1
    assert len(events(store, MemberInvited)) == 4
    page = browse.get(sent.headers["location"]).text
    assert "Hyväksytty, ja kutsut lähtevät" in page
    assert "Yksikkö A0" not in page


def test_the_second_of_two_facilitators_is_told_and_changes_nothing(browse, store, board):
    seen = {"version": version(store)}
    browse.post("/fi/proposals/pr-1/approve", data=seen)
    again = browse.post("/fi/proposals/pr-1/approve", data=seen)
    assert again.status_code == 409
    assert "Tämä ehdotus on jo käsitelty" in again.text
    by_htmx = browse.post("/fi/proposals/pr-1/approve", data=seen, headers=BY_HTMX)
    assert by_htmx.status_code == 200
    assert "Tämä ehdotus on jo käsitelty" in by_htmx.text
    assert "<html" not in by_htmx.text
    assert len(events(store, GroupApproved)) == 1


@pytest.mark.parametrize("sent", [{"version": "999"}, {"version": ""}, {"version": "x"}, {}])
def test_another_version_than_the_one_seen_is_refused(browse, store, board, sent):
    answer = browse.post("/fi/proposals/pr-1/approve", data=sent)
    assert answer.status_code == 409
    assert "Ehdotus muuttui juuri" in answer.text
    assert events(store, GroupApproved) == []


def test_a_rejection_needs_a_reason(browse, store, board):
    shown = browse.get("/fi/proposals").text
    first, *_ = re.findall(r'name="reason" required><option value="(.*?)">', shown)
    assert first == ""  # nobody sends a reason without having chosen it
    bare = browse.post("/fi/proposals/pr-1/reject", data={"version": version(store)})
    assert bare.status_code == 422
    why = {"version": version(store), "reason": "too_mixed", "note": "Kaksi eri asiaa"}
    assert browse.post("/fi/proposals/pr-1/reject", data=why).status_code == 303
    (event,) = events(store, ProposalRejected)
    assert event.reason == "too_mixed"
    assert "Kaksi eri asiaa" not in event.model_dump_json()
    with store.read() as session:
        assert queries.any_proposal(session, "pr-1").state is ProposalState.REJECTED


def test_a_member_is_moved_by_the_menu_and_the_focus_returns(browse, store, board):
    first, *_ = board
    sent = {"challenge_id": first[0].id, "from_proposal_id": "pr-1", "to_proposal_id": "pr-2"}
    sent["version"] = version(store)
    answer = browse.post("/fi/proposals/move", data=sent, headers=BY_HTMX)
    assert answer.status_code == 200
    assert "Siirretty ryhmään" in answer.text
    assert re.search(rf'id="menu-{first[0].id}" data-focus-here', answer.text)
    assert first[0].id in members(store, "pr-2")
    assert events(store, MemberMoved)[0].to_proposal_id == "pr-2"


def test_a_member_is_taken_out(browse, store, board):
    first, *_ = board
    sent = {"challenge_id": first[0].id, "from_proposal_id": "pr-1", "to_proposal_id": ""}
    sent["version"] = version(store)
    there = browse.post("/fi/proposals/move", data=sent).headers["location"]
    assert "Siirretty sijoittamattomiin: Haaste A0" in browse.get(there).text
    assert first[0].id not in members(store, "pr-1")


def test_an_unplaced_challenge_is_put_into_a_proposal_once(browse, store, board):
    *_, loose = board
    sent = {"challenge_id": loose.id, "to_proposal_id": "pr-2"}
    assert browse.post("/fi/proposals/move", data=sent).status_code == 303
    assert loose.id in members(store, "pr-2")
    (event,) = events(store, MemberMoved)
    assert (event.proposal_id, event.to_proposal_id) == ("pr-2", "pr-2")
    again = browse.post("/fi/proposals/move", data=sent | {"to_proposal_id": "pr-1"})
    assert again.status_code == 409
    assert "Haasteella on jo paikka" in again.text


def test_what_was_put_somewhere_stays_there_in_the_next_round(browse, store, board):
    _, second, loose = board
    browse.post("/fi/proposals/move", data={"challenge_id": loose.id, "to_proposal_id": "pr-2"})
    with store.begin() as session:
        keep_proposal(session, a_proposal(second, "pr-2", version=2))
    assert loose.id in members(store, "pr-2")


def test_a_challenge_withdrawn_meanwhile_is_not_placed(browse, store, board):
    *_, loose = board
    with store.begin() as session:
        withdraw_challenge(session, a_contact(session, "C0"), loose.id)
    sent = {"challenge_id": loose.id, "to_proposal_id": "pr-2"}
    assert browse.post("/fi/proposals/move", data=sent).status_code == 409
    assert loose.id not in members(store, "pr-2")


def test_two_challenges_of_one_unit_do_not_meet(browse, store, board):
    with store.begin() as session:
        twin = registered(session, "A0", "Toinen haaste")
    sent = {"challenge_id": twin.id, "to_proposal_id": "pr-1"}
    answer = browse.post("/fi/proposals/move", data=sent, headers=BY_HTMX)
    assert "Organisaatio on jo tässä ryhmässä" in answer.text


def test_a_proposal_is_named_and_named_after_its_concepts_again(browse, store, board):
    sent = {"title": "Siivouksen ehdot", "version": version(store)}
    assert browse.post("/fi/proposals/pr-1/rename", data=sent).status_code == 303
    assert "Siivouksen ehdot" in browse.get("/fi/proposals").text
    named = {"title": "", "version": version(store)}
    browse.post("/fi/proposals/pr-1/rename", data=named)
    assert "Siivouksen ehdot" not in browse.get("/fi/proposals").text


def test_a_name_holds_no_personal_data(browse, store, board):
    sent = {"title": "Soita 040 123 4567", "version": version(store)}
    assert browse.post("/fi/proposals/pr-1/rename", data=sent).status_code == 422


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ("search=yksikkö a1", "Yksikkö A1", "Yksikkö B1"),
        ("search=YKSINÄINEN", "Yksikkö C0", "Yksikkö B1"),
        ("region=06", "Yksikkö A1", "Ehdotuksia ei juuri nyt ole"),
        ("search=xyzzy", "Rajauksella ei löydy ehdotuksia.", "Kaikki avoimet haasteet ovat"),
        ("search=xyzzy", "Rajauksella ei löydy sijoittamattomia.", "Ehdotuksia ei juuri nyt ole"),
    ],
)
def test_the_board_is_narrowed(browse, board, query, shown, hidden):
    page = browse.get(f"/fi/proposals?{query}").text
    assert shown in page
    assert hidden not in page


def test_a_narrowed_board_stays_narrowed_after_an_action(browse, store, board):
    first, *_ = board
    sent = {"challenge_id": first[0].id, "from_proposal_id": "pr-1", "to_proposal_id": ""}
    sent["version"] = version(store)
    there = {"hx-current-url": "https://piiri.example/fi/proposals?search=yksikk%C3%B6+a"}
    page = browse.post("/fi/proposals/move", data=sent, headers=BY_HTMX | there).text
    assert "Yksikkö A1" in page
    assert "Yksikkö B1" not in page


@pytest.mark.parametrize("url", ["http://[", "%%%", "?" + "a=1&" * 500, "?search=\x00"])
def test_an_odd_current_address_narrows_nothing_or_is_refused(browse, store, board, url):
    sent = {"title": "Nimi", "version": version(store)}
    headers = BY_HTMX | {"hx-current-url": url}
    answer = browse.post("/fi/proposals/pr-1/rename", data=sent, headers=headers)
    assert answer.status_code < 500


def test_a_region_where_nobody_is_shows_nobody(browse, board):
    page = browse.get("/fi/proposals?region=21&search=&theme=").text
    assert "Yksikkö" not in page


def test_what_changed_since_is_marked_and_what_one_did_oneself_is_not_news(
    browse, store, board, facilitator
):
    with store.begin() as session:
        other = a_facilitator(session, "toinen")
        before = max(queries.proposal(session, key).changed_at for key in ("pr-1", "pr-2"))
        rename_proposal(session, facilitator, "pr-1", "Oma nimi")
        assert queries.changed_since(session, before, facilitator.person_id) == 0
        assert queries.changed_since(session, before, other.person_id) == 1
        first, *_ = board
        move_member(session, facilitator, "pr-1", first[0].id, to="pr-2")
        assert queries.changed_since(session, before, facilitator.person_id) == 0
        assert queries.changed_since(session, before, other.person_id) == 2
    page = browse.get(f"/fi/proposals?since={before.timestamp()}").text
    assert page.count(">Uusi<") == 2


@pytest.mark.parametrize("since", ["-1", "x", "1e300", "nan", "inf"])
def test_a_moment_that_is_none_is_refused(browse, board, since):
    assert browse.get(f"/fi/proposals?since={since}").status_code == 422


def test_nothing_that_an_address_says_is_put_into_our_mouth(browse, board):
    for query in ("said=approved&about=<script>", "said=<script>&about=pr-1", "said=moved"):
        page = browse.get(f"/fi/proposals?{query}").text
        assert "<script>" not in page


def test_a_long_board_comes_in_pages_and_says_where_a_proposal_is(browse, store, monkeypatch):
    monkeypatch.setattr(paging, "AT_ONCE", 2)
    with store.begin() as session:
        for name in "PQRST":
            cards = [registered(session, f"{name}{n}") for n in range(3)]
            keep_proposal(session, a_proposal(cards, f"pr-{name}"))
    first = browse.get("/fi/proposals").text
    assert re.findall(r'<article.*?id="proposal-(.*?)"', first) == ["pr-P", "pr-Q"]
    assert "Sivu 1 / 3" in first
    assert "Ehdotukset lukuina" in first
    assert "5 / 5 ryhmää" in first  # the figures are of all pages
    last = browse.get("/fi/proposals?page=3").text
    assert re.findall(r'<article.*?id="proposal-(.*?)"', last) == ["pr-T"]
    beyond = browse.get("/fi/proposals?page=99").text
    assert "Sivu 3 / 3" in beyond
    assert "Sivu 2 / 3" in browse.get("/fi/proposals?show=pr-S").text
    found = browse.get("/fi/proposals?search=R1&page=2").text
    assert re.findall(r'<article.*?id="proposal-(.*?)"', found) == ["pr-R"]


def test_a_board_sent_anew_stays_on_its_page(browse, store, monkeypatch):
    monkeypatch.setattr(paging, "AT_ONCE", 1)
    with store.begin() as session:
        for name in "PQ":
            cards = [registered(session, f"{name}{n}") for n in range(4)]
            keep_proposal(session, a_proposal(cards, f"pr-{name}"))
    sent = {"version": version(store, "pr-Q"), "title": "Oma nimi"}
    here = BY_HTMX | {"hx-current-url": "http://testserver/fi/proposals?page=2"}
    again = browse.post("/fi/proposals/pr-Q/rename", data=sent, headers=here).text
    assert re.findall(r'<article.*?id="proposal-(.*?)"', again) == ["pr-Q"]
    assert "Sivu 2 / 2" in again


@pytest.mark.parametrize(("at_once", "waiting_at_once"), [(1, 96), (24, 1)])
def test_a_page_does_not_say_of_all_what_is_so_of_itself(
    browse, store, board, monkeypatch, at_once, waiting_at_once
):
    monkeypatch.setattr(paging, "AT_ONCE", at_once)
    monkeypatch.setattr(paging, "WAITING_AT_ONCE", waiting_at_once)
    with store.begin() as session:
        registered(session, "D0", "Toinen yksinäinen")
    page = browse.get("/fi/proposals?page=2").text
    assert "Sivu 2 / 2" in page
    assert "Ehdotuksia ei juuri nyt ole" not in page
    assert "Kaikki avoimet haasteet ovat" not in page
