"""Text that means harm is shown as text, or refused, wherever it can be written."""

import re
from html import unescape
from html.parser import HTMLParser

import pytest
from browsing import DEMO, browser
from builders import a_contact, a_facilitator, a_proposal, an_agent, registered
from sqlmodel import select

from services.challenges.tables import Challenge
from services.groups import queries as groups
from services.groups.actions import approve_group
from services.groups.proposals import keep_proposal

TEXTS = {
    "script": "<script>alert('piiri')</script> ja muuta tekstiä",
    "attribute": '" onmouseover="alert(1)" x=\'y\' ja muuta tekstiä',
    "image": "<img src=x onerror=alert(1)> ja muuta tekstiä",
    "template": "{{ 7*7 }}{% raw %}${7*7}#{7*7} ja muuta tekstiä",
    "sql": "'; DROP TABLE challenges_challenge; -- ja muuta tekstiä",
    "format": "%(num)s %s %d {0} {name} ja muuta tekstiä",
    "right to left": "\u202egnikcah\u202c ja muuta tekstiä",
    "link": "javascript:alert(1) ja muuta tekstiä",
    "comment": "--> ]]> </textarea></title> ja muuta tekstiä",
    "long word": "ä" * 150,
}


@pytest.fixture(params=TEXTS.values(), ids=TEXTS.keys())
def text(request):
    return request.param


@pytest.fixture
def card(store):
    with store.begin() as session:
        return registered(session, "KU837")


@pytest.fixture
def member(store, card):
    with store.begin() as session:
        return a_contact(session, "KU837")


class Markup(HTMLParser):
    """What a browser would make of a page, as far as it could do harm."""

    def __init__(self) -> None:
        super().__init__()
        self.harm: list[str] = []

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        source = said.get("src") or ""
        if tag in ("script", "img") and not source.startswith("/static/"):
            self.harm.append(f"<{tag} src={source!r}>")
        self.harm += [f"{tag} {name}" for name in said if name.startswith("on") or name == "style"]
        address = (said.get("href") or said.get("action") or "").lower()
        if address and not address.startswith(("/", "#", "?", "https://")):
            self.harm.append(f"{tag} leads to {address!r}")


def harmless(page: str) -> None:
    """See that nothing of what was written became markup, and no template was filled in."""
    markup = Markup()
    markup.feed(page)
    assert markup.harm == []
    assert "49 ja muuta" not in page


def test_every_field_of_a_challenge(web, store, member, text):
    browse = browser(web, member)
    sent = {"title": text[:160], "text": text, "seeks": text, "offers": text}
    there = browse.post("/fi/challenges", data=sent)
    assert there.status_code == 303
    with store.read() as session:
        rows = session.exec(select(Challenge)).all()
    kept = next(row for row in rows if row.text == text)
    assert (kept.seeks, kept.offers) == (text, text)
    for path in (there.headers["location"], f"{there.headers['location']}/edit", "/fi/home"):
        page = browse.get(path)
        assert page.status_code == 200
        harmless(page.text)
    shown = unescape(re.sub(r"</?mark>", "", browse.get(there.headers["location"]).text))
    assert text in shown


def test_every_choice_of_a_challenge(web, store, member, text):
    browse = browser(web, member)
    good = {"title": "Kelpo otsikko", "text": "Kelpo kuvaus, joka on riittävän pitkä."}
    fields = ("stage", "urgency", "maturity", "visibility", "meeting_mode", "until", "themes")
    for name in (*fields, "working_languages", "version", text[:40]):
        answer = browse.post("/fi/challenges", data=good | {name: text})
        assert answer.status_code in (400, 422), name
        harmless(answer.text)
    with store.read() as session:
        assert len(session.exec(select(Challenge)).all()) == 1


def test_the_draft_and_its_peers(web, member, text):
    browse = browser(web, member)
    sent = {"title": text, "text": text, "themes": text, "stage": text, text[:40]: text}
    harmless(browse.post("/fi/challenges/peers", data=sent).text)
    page = browse.get("/fi/challenges/new")
    assert page.status_code == 200
    harmless(page.text)


def test_every_address(web, store, member, text):
    with store.begin() as session:
        facilitator, agent = a_facilitator(session), an_agent(session)
    for person in (None, member, facilitator, agent):
        browse = browser(web, person)
        for path in ("challenges", "invitations", "groups", "nothing", "sign-in"):
            page = browse.get(f"/fi/{path}/{text.replace('/', '')}")
            assert page.status_code in (303, 403, 404, 409)
            harmless(page.text)
        for query in ("next", "search", "theme", "region", "said", "about", "since"):
            for path in ("sign-in", "proposals", "", "area", "inbox"):
                page = browse.get(f"/fi/{path}", params={query: text})
                assert page.status_code in (200, 303, 403, 422)
                harmless(page.text)


def test_what_facilitators_and_units_write(web, store, text):
    with store.begin() as session:
        cards = [registered(session, f"A{n}") for n in range(3)]
        keep_proposal(session, a_proposal(cards, "pr-1"))
        keep_proposal(session, a_proposal([registered(session, f"B{n}") for n in range(3)], "pr-2"))
        facilitator = a_facilitator(session)
    desk = browser(web, facilitator)
    named = {"title": text[:160], "version": "1"}
    assert desk.post("/fi/proposals/pr-1/rename", data=named).status_code == 303
    board = desk.get("/fi/proposals").text
    harmless(board)
    assert text[:160] in unescape(board)
    rejected = {"reason": "other", "note": text, "version": "1"}
    assert desk.post("/fi/proposals/pr-2/reject", data=rejected).status_code == 303
    with store.begin() as session:
        group = approve_group(session, facilitator, "pr-1").id
        unit = a_contact(session, "A0")
        invitation = groups.invitations_of(session, "A0")[0].id
    browse = browser(web, unit)
    harmless(browse.get(f"/fi/invitations/{invitation}").text)
    no = {"reason": "other", "note": text}
    assert browse.post(f"/fi/invitations/{invitation}/decline", data=no).status_code == 303
    page = desk.get(f"/fi/groups/{group}").text
    harmless(page)
    assert text in unescape(page)
    bad = browse.post(f"/fi/invitations/{invitation}/decline", data={"reason": text, text: text})
    harmless(bad.text)


def test_feedback_and_sign_in(web, text):
    browse = browser(web)
    harmless(browse.post("/fi/feedback", data={"message": "x", "email": text}).text)
    assert browse.post("/fi/feedback", data={"message": text}).status_code == 200
    harmless(browse.post("/fi/sign-in", data={"email": text, "next": text}).text)


def test_a_name_that_looks_like_a_wildcard_finds_itself_alone(demo, store):
    with store.begin() as session:
        registered(session, "A0")
    page = browser(demo, at=DEMO).get("/fi/demo/sign-in", params={"search": "%"}).text
    assert "Yksikkö A0" not in page


def test_bodies_that_are_no_form_change_nothing(web, store, member):
    browse = browser(web, member)
    for body, kind in (
        (b"\xff\xfe\x00", "application/x-www-form-urlencoded"),
        (b'{"title": "x"}', "application/json"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"title=%ff%fe&text=%00", "application/x-www-form-urlencoded"),
        (b"title=a&" * 2000, "application/x-www-form-urlencoded"),
    ):
        answer = browse.post("/fi/challenges", content=body, headers={"content-type": kind})
        assert 400 <= answer.status_code < 500
    with store.read() as session:
        assert len(session.exec(select(Challenge)).all()) == 1
