"""Signing in by a letter, and signing out."""

import re

import pytest
from browsing import browser
from builders import a_contact, a_facilitator, joined
from sqlmodel import select

from schemas.people import Role
from services.access.actions import add_person, give_role
from services.kit.tables import LetterRow
from services.notices.letters import WRITERS


@pytest.fixture
def member(store):
    with store.begin() as session:
        joined(session, "KU837")
        return a_contact(session, "KU837")


def letters(store):
    with store.read() as session:
        return session.exec(select(LetterRow)).all()


def link_in(store):
    (letter,) = letters(store)
    with store.read() as session:
        return WRITERS[letter.template](session, letter, "fi").link


def test_a_letter_leads_to_a_button_and_the_button_lets_in(web, store, member):
    browse = browser(web)
    asked = browse.post("/fi/sign-in", data={"email": "ku837@example.invalid", "next": "/groups"})
    assert asked.status_code == 200
    link = link_in(store)
    assert link.endswith("?next=%2Fgroups")
    landing = browse.get(f"/fi{link}")
    assert landing.status_code == 200
    assert "Yksikkö KU837" in landing.text
    assert not browse.cookies.get("__Host-piiri_session")
    entered = browse.post(f"/fi{link.partition('?')[0]}", data={"next": "/groups"})
    assert (entered.status_code, entered.headers["location"]) == (303, "/fi/groups")
    assert "Yksikkö KU837" in browse.get("/fi/home").text


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(web, store, member):
    browse = browser(web)
    browse.post("/fi/sign-in", data={"email": "KU837@example.invalid"})
    cookie = browse.post(f"/fi{link_in(store)}").headers["set-cookie"]
    assert cookie.startswith("__Host-piiri_session=")
    assert all(word in cookie for word in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"))


def test_a_mail_scanner_that_opens_the_link_spends_nothing(web, store, member):
    browse = browser(web)
    browse.post("/fi/sign-in", data={"email": "KU837@example.invalid"})
    link = link_in(store)
    assert [browse.get(f"/fi{link}").status_code for _ in range(3)] == [200, 200, 200]
    assert browse.post(f"/fi{link}").status_code == 303
    assert browse.get(f"/fi{link}").status_code == 409
    assert browse.post(f"/fi{link}").status_code == 409


def test_nobody_learns_which_addresses_are_known(web, store, member):
    known = browser(web).post("/fi/sign-in", data={"email": "KU837@example.invalid"})
    unknown = browser(web).post("/fi/sign-in", data={"email": "nobody@example.invalid"})
    assert (known.status_code, known.text) == (unknown.status_code, unknown.text)
    assert len(letters(store)) == 1


def test_no_mailbox_is_filled_by_another_s_typing(web, store, member):
    browse = browser(web)
    for _ in range(9):
        browse.post("/fi/sign-in", data={"email": "KU837@example.invalid"})
    assert len(letters(store)) == 5


def test_something_that_is_no_address_is_complained_of(web):
    answer = browser(web).post("/fi/sign-in", data={"email": "not an address"})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text


def test_a_person_of_two_roles_chooses(web, store):
    with store.begin() as session:
        joined(session, "KU837")
        person = add_person(session, "Kaksi", "two@example.invalid")
        give_role(session, person, Role.UNIT_MEMBER, unit_id="KU837")
        give_role(session, person, Role.FACILITATOR)
    browse = browser(web)
    browse.post("/fi/sign-in", data={"email": "two@example.invalid"})
    landing = browse.get(f"/fi{link_in(store)}").text
    assert re.findall(r'name="role" value="([^"]+)"', landing) == [
        "unit_member:KU837",
        "facilitator",
    ]
    entered = browse.post(f"/fi{link_in(store)}", data={"role": "facilitator"})
    assert entered.headers["location"] == "/fi/proposals"


@pytest.mark.parametrize(
    "there", ["https://evil.example/", "//evil.example", "/\\evil.example", "/home?x=1", "/a\r\nb"]
)
def test_the_way_back_never_leads_to_another_site(web, store, member, there):
    browse = browser(web)
    browse.post("/fi/sign-in", data={"email": "KU837@example.invalid", "next": there})
    link = link_in(store)
    assert "next" not in link
    entered = browse.post(f"/fi{link}", data={"next": there})
    assert entered.headers["location"] == "/fi/home"


def test_signing_out_ends_the_session_everywhere(web, store, member):
    browse = browser(web, member)
    token = browse.cookies.get("__Host-piiri_session")
    assert browse.get("/fi/home").status_code == 200
    assert browse.post("/fi/sign-out").status_code == 303
    again = browser(web)
    again.cookies.set("__Host-piiri_session", token)
    assert again.get("/fi/home").status_code == 303


def test_a_new_sign_in_ends_the_one_before(web, store, member):
    with store.begin() as session:
        facilitator = a_facilitator(session)
    before = browser(web, facilitator)
    token = before.cookies.get("__Host-piiri_session")
    before.post("/fi/sign-in", data={"email": "KU837@example.invalid"})
    before.post(f"/fi{link_in(store)}")
    old = browser(web)
    old.cookies.set("__Host-piiri_session", token)
    assert old.get("/fi/proposals").status_code == 303
