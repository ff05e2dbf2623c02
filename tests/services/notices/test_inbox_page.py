"""Agents read what starts near them; facilitators what no agent had; anyone gives feedback."""

from datetime import UTC, datetime, timedelta

import pytest
from browsing import DEMO, browser
from builders import (
    a_contact,
    a_facilitator,
    a_proposal,
    a_unit,
    an_agent,
    joined,
    registered,
)
from sqlmodel import select

from schemas.groups import GroupApproved
from services.access.queries import addressee
from services.challenges.themes import themes
from services.directory.actions import welcome_unit
from services.directory.reference import regions
from services.groups.actions import approve_group, rename_proposal
from services.groups.proposals import keep_proposal
from services.kit.tables import LetterRow
from services.notices import actions, queries
from services.notices.letters import write
from services.notices.naming import tags
from services.notices.tables import Audience, Feedback, Notice


@pytest.fixture
def told(store):
    """Agents of Pirkanmaa, its neighbour and one far away, told of a group in Pirkanmaa."""
    with store.begin() as session:
        people = {
            "own": an_agent(session, "06", agent_id="ag-own"),
            "neighbour": an_agent(session, "05", "12", agent_id="ag-near"),
            "far": an_agent(session, "19", agent_id="ag-far"),
        }
        cards = [registered(session, f"A{n}") for n in range(3)]
        proposal = a_proposal(cards)
        keep_proposal(session, proposal)
        facilitator = people["facilitator"] = a_facilitator(session)
        group = approve_group(session, facilitator, "pr-1")
        event = GroupApproved(group_id=group.id, proposal_id="pr-1", proposal=proposal)
        actions.tell_agents(session, event)
        return people


def notice_of(store, agent_id):
    with store.read() as session:
        return queries.inbox(session, Audience.AGENT, agent_id)[0]


def test_what_is_near_stands_under_how_near_it_is(web, store, told):
    own = browser(web, told["own"]).get("/fi/inbox").text
    assert "Oma alue" in own
    assert "Pirkanmaa" in own
    assert "Ryhmä kutsutaan koolle" in own
    near = browser(web, told["neighbour"]).get("/fi/inbox").text
    assert "Naapurimaakunta" in near
    far = browser(web, told["far"]).get("/fi/inbox").text
    assert "Alueellasi ei ole vielä uusia ryhmiä" in far


def test_an_agent_reads_region_theme_and_status_and_no_unit(web, told):
    page = browser(web, told["own"]).get("/fi/inbox").text
    assert "Yksikkö A0" not in page
    assert "Haaste A0" not in page


def test_an_answer_is_kept_and_what_is_new_goes_down(web, store, told):
    browse = browser(web, told["own"])
    notice = notice_of(store, "ag-own")
    assert 'class="count"' in browse.get("/fi/inbox").text
    assert browse.post(f"/fi/inbox/{notice.id}", data={"answer": "mine"}).status_code == 303
    page = browse.get("/fi/inbox").text
    assert "Tuet tätä ryhmää" in page
    assert 'class="count"' not in page


@pytest.mark.parametrize(
    ("first", "then", "said"),
    [("not_mine", "mine", "Tuet tätä ryhmää"), ("mine", "not_mine", "Merkitty: ei minulle")],
)
def test_an_answer_can_be_changed_into_the_other(web, told, store, first, then, said):
    browse = browser(web, told["own"])
    path = f"/fi/inbox/{notice_of(store, 'ag-own').id}"
    browse.post(path, data={"answer": first})
    page = browse.get("/fi/inbox").text
    assert f'name="answer" value="{then}"' in page
    assert f'name="answer" value="{first}"' not in page
    assert browse.post(path, data={"answer": then}).status_code == 303
    assert said in browse.get("/fi/inbox").text


def test_a_group_is_called_as_its_facilitator_called_it(web, store, told):
    with store.begin() as session:
        cards = [registered(session, f"B{n}") for n in range(3)]
        keep_proposal(session, a_proposal(cards, "pr-2"))
        rename_proposal(session, told["facilitator"], "pr-2", "Hyvä hanke")
        group = approve_group(session, told["facilitator"], "pr-2")
        event = GroupApproved(
            group_id=group.id, proposal_id="pr-2", proposal=a_proposal(cards, "pr-2")
        )
        actions.tell_agents(session, event)
    assert '"item__name">Hyvä hanke<' in browser(web, told["own"]).get("/fi/inbox").text
    with store.begin() as session:
        assert actions.make_digests(session, datetime.now(UTC)) == 2
    with store.read() as session:
        (letter,) = session.exec(
            select(LetterRow).where(LetterRow.person_id == told["own"].person_id)
        ).all()
        lines = write(session, letter, addressee(session, letter.person_id), "").lines
    assert "Uusi kehittäjäryhmä: Hyvä hanke · Oma maakunta: Pirkanmaa" in lines


def test_what_themes_and_concepts_both_name_is_named_once():
    theme = themes()["transport"].name.text("en")
    named = {"a": theme.upper(), "b": "routes", "c": "Routes", "d": "buses (rail)", "e": "buses"}
    concepts = [{"id": key, "label": {"fi": label}} for key, label in named.items()]
    details = {"themes": ["transport", "transport"], "concepts": concepts}
    shown = tags(Notice(kind="group-approved", cause="c", audience="agent", details=details), "en")
    assert shown == ([theme], ["routes", "buses (rail)"])


def test_only_its_own_notices_are_an_agent_s_to_answer(web, store, told):
    notice = notice_of(store, "ag-own")
    other = browser(web, told["neighbour"])
    assert other.post(f"/fi/inbox/{notice.id}", data={"answer": "mine"}).status_code == 404
    mine = browser(web, told["own"])
    for sent in ({"answer": "theirs"}, {}, {"answer": "mine", "more": "1"}):
        assert mine.post(f"/fi/inbox/{notice.id}", data=sent).status_code == 422
    assert browser(web, told["facilitator"]).post(f"/fi/inbox/{notice.id}").status_code == 403
    with store.read() as session:
        assert session.get(Notice, notice.id).answer == ""


def test_facilitators_read_what_the_centre_is_told(web, store):
    with store.begin() as session:
        facilitator = a_facilitator(session)
        cards = [registered(session, f"A{n}") for n in range(3)]
        proposal = a_proposal(cards)
        keep_proposal(session, proposal)
        group = approve_group(session, facilitator, "pr-1")
        event = GroupApproved(group_id=group.id, proposal_id="pr-1", proposal=proposal)
        actions.tell_agents(session, event)
    page = browser(web, facilitator).get("/fi/inbox").text
    assert "Alue ilman agenttia" in page
    assert f"/fi/groups/{group.id}" in page
    assert "Tuen tätä" not in page


def test_the_centre_is_told_who_waits_where_no_agent_is(web, store):
    with store.begin() as session:
        facilitator = a_facilitator(session)
        for code in set(regions()) - {"10", "19"}:
            an_agent(session, code, agent_id=f"ag-{code}")
        for region, units in {"06": 3, "10": 2, "19": 1}.items():
            for number in range(units):
                unit_id = f"{region}-{number}"
                registered(session, unit_id)
                joined(session, unit_id, region)
        registered(session, "nationwide")
        welcome_unit(session, a_unit(id="nationwide", regions=()))
    page = browser(web, facilitator).get("/fi/inbox").text
    assert "alueet, joilla ei ole agenttia: Etelä-Savo, Lappi<" in page
    assert "Alueilla, joilla ei ole agenttia, 4 avointa haastetta on ilman ryhmää." in page
    assert "Alueellasi" not in page.replace("Alueellasi ei ole vielä uusia ryhmiä", "")


def test_a_group_of_the_whole_country_is_of_no_region(web, store):
    with store.begin() as session:
        facilitator = a_facilitator(session)
        cards = [registered(session, f"A{n}") for n in range(3)]
        for card in cards:
            welcome_unit(session, a_unit(id=card.unit_id, regions=()))
        event = GroupApproved(group_id="gr-1", proposal_id="pr-1", proposal=a_proposal(cards))
        actions.tell_agents(session, event)
    page = browser(web, facilitator).get("/fi/inbox").text
    assert '<p class="meta"><span>Koko maa</span>' in page


def test_a_unit_has_no_inbox(web, store):
    with store.begin() as session:
        joined(session, "KU837")
        member = a_contact(session, "KU837")
    assert browser(web, member).get("/fi/inbox").status_code == 403


def test_feedback_is_kept_with_the_day_of_its_answer(web, store):
    sent = {"message": "Kartta ei näy ruudunlukijalla.", "email": "lukija@example.invalid"}
    answer = browser(web).post("/sv/feedback", data=sent)
    assert 'role="status"' in answer.text
    assert "14" in answer.text
    with store.read() as session:
        (row,) = session.exec(select(Feedback)).all()
    assert (row.message, row.email, row.language) == (*sent.values(), "sv")
    assert row.answer_by - row.made_at == timedelta(days=14)


@pytest.mark.parametrize(
    "sent", [{"message": "x"}, {"message": ""}, {"message": "Hyvä!", "email": "not one"}]
)
def test_feedback_that_says_nothing_is_not_kept(web, store, sent):
    assert browser(web).post("/fi/feedback", data=sent).status_code == 422
    with store.read() as session:
        assert session.exec(select(Feedback)).all() == []


def test_the_demonstration_s_letters_show_roles_and_no_address(demo, store, tmp_path):
    from services.kit.tables import LetterRow

    with store.begin() as session:
        joined(session, "KU837")
        person = a_contact(session, "KU837").person_id
        from services.kit.letters import write_letter

        write_letter(session, "invitation-1", person, "invitation", {}, sample=True)
        write_letter(session, "unsent-1", person, "invitation", {})
        row = session.get(LetterRow, "invitation-1")
        row.sent_at = row.due_at
    folder = demo.state.settings.letters_dir
    folder.mkdir()
    head = "To: ku837@example.invalid\r\nContent-Language: sv\r\n"
    body = "Subject: Inbjudan <b>\r\n\r\nHej <script>alert(1)</script>\r\n"
    (folder / "invitation-1.eml").write_bytes((head + body).encode())
    page = browser(demo, at=DEMO).get("/fi/demo/letters").text
    assert "Yksikkö KU837" in page
    assert "example.invalid" not in page
    assert "Inbjudan &lt;b&gt;" in page
    assert "<script>alert" not in page
    assert 'lang="sv"' in page


def test_feedback_waits_for_a_facilitator_and_the_address_goes_with_the_answer(web, store):
    sent = {"message": "Kiitos, mutta kartta!", "email": "lukija@example.invalid"}
    browser(web).post("/fi/feedback", data=sent)
    with store.begin() as session:
        facilitator = a_facilitator(session)
        (row,) = session.exec(select(Feedback)).all()
    browse = browser(web, facilitator)
    page = browse.get("/fi/inbox").text
    assert sent["message"] in page
    assert sent["email"] in page
    assert browse.post(f"/fi/feedback/{row.id}/answered").status_code == 303
    assert sent["message"] not in browse.get("/fi/inbox").text
    assert browse.post(f"/fi/feedback/{row.id}/answered").status_code == 404
    with store.read() as session:
        assert session.get(Feedback, row.id).email == ""


def test_a_machine_does_not_fill_the_store(web, store, monkeypatch):
    monkeypatch.setattr("services.notices.feedback.MOST_AN_HOUR", 3)
    browse = browser(web)
    for number in range(3):
        assert browse.post("/fi/feedback", data={"message": f"Hei {number}"}).status_code == 200
    assert browse.post("/fi/feedback", data={"message": "Hei vielä"}).status_code == 503
    with store.read() as session:
        assert len(session.exec(select(Feedback)).all()) == 3
