"""Who may go where: every route of the pages is in this table, and closed to the rest."""

import pytest
from browsing import DEMO, browser, demonstration
from builders import a_contact, a_facilitator, an_agent, joined
from fastapi.routing import iter_route_contexts
from sqlmodel import delete

from services.access.tables import RoleRow
from services.kit.store import Store
from services.web import make_web

NOBODY, UNIT, FACILITATOR, AGENT = "nobody", "unit", "facilitator", "agent"
ROLES = (NOBODY, UNIT, FACILITATOR, AGENT)
ANYONE = set(ROLES)
SIGNED_IN = ANYONE - {NOBODY}

PUBLIC = {
    "GET /",
    "GET /sign-in",
    "POST /sign-in",
    "GET /sign-in/{token}",
    "POST /sign-in/{token}",
    "POST /sign-out",
    "GET /feedback",
    "POST /feedback",
    "GET /accessibility",
    "GET /privacy",
    "GET /interfaces",
    "GET /interfaces/http",
    "GET /favicon.ico",
    "GET /robots.txt",
    "GET /live",
    "GET /ready",
    "GET /schemas/{path:path}",
    "GET /{path:path}",
}
"""Open to the world; everything else asks who is there."""
TABLE = {
    "GET /home": {UNIT},
    "GET /challenges/new": {UNIT},
    "POST /challenges": {UNIT},
    "POST /challenges/peers": {UNIT},
    "POST /challenges/draft/drop": {UNIT},
    "GET /challenges/{challenge_id}": SIGNED_IN,
    "GET /challenges/{challenge_id}/live": SIGNED_IN,
    "GET /challenges/{challenge_id}/edit": {UNIT},
    "POST /challenges/{challenge_id}/edit": {UNIT},
    "POST /challenges/{challenge_id}/withdraw": {UNIT},
    "GET /invitations/{invitation_id}": {UNIT},
    "POST /invitations/{invitation_id}/accept": {UNIT},
    "POST /invitations/{invitation_id}/decline": {UNIT},
    "GET /groups": {UNIT, FACILITATOR},
    "GET /groups/{group_id}": {UNIT, FACILITATOR},
    "POST /groups/{group_id}/invite": {FACILITATOR},
    "GET /proposals": {FACILITATOR},
    "GET /proposals/live": {FACILITATOR},
    "POST /proposals/move": {FACILITATOR},
    "POST /proposals/{proposal_id}/approve": {FACILITATOR},
    "POST /proposals/{proposal_id}/reject": {FACILITATOR},
    "POST /proposals/{proposal_id}/rename": {FACILITATOR},
    "POST /proposals/{proposal_id}/variants": {FACILITATOR},
    "POST /groups/{group_id}/pass-over": {FACILITATOR},
    "GET /inbox": {FACILITATOR, AGENT},
    "POST /inbox/{notice_id}": {AGENT},
    "GET /area": {FACILITATOR, AGENT},
    "POST /feedback/{feedback_id}/answered": {FACILITATOR},
}
ASKING = {
    "GET /proposals/places/{challenge_id}",
    "GET /proposals/quality",
    "GET /proposals/board.xlsx",
    "GET /proposals/{proposal_id}/variants",
    "GET /groups/{group_id}/substitutes",
    "POST /groups/{group_id}/substitutes",
}
"""For facilitators, from the matcher; nobody answers here, so that they are unavailable."""
TABLE |= {row: {FACILITATOR} for row in ASKING} | dict.fromkeys(PUBLIC, ANYONE)
WITHOUT_LANGUAGE = {"/live", "/ready", "/schemas/path", "/favicon.ico", "/robots.txt"}
DEMO_ONLY = {"GET /demo/sign-in", "POST /demo/sign-in", "GET /demo/letters"}


def routes_of(app):
    """Method and path of every page; programs have keys and a table of their own."""
    return {
        f"{method} {route.path}"
        for route in iter_route_contexts(app.routes)
        for method in (getattr(route, "methods", None) or ())
        if method != "HEAD" and not route.path.startswith(("/api", "/static"))
    }


@pytest.fixture
def people(store):
    with store.begin() as session:
        joined(session, "KU837")
        return {
            NOBODY: None,
            UNIT: a_contact(session, "KU837"),
            FACILITATOR: a_facilitator(session),
            AGENT: an_agent(session),
        }


def test_every_page_is_in_the_table_and_every_row_is_a_page(web, demo_beside):
    assert routes_of(web) == TABLE.keys()
    assert routes_of(demo_beside) == TABLE.keys() | DEMO_ONLY


@pytest.fixture
def demo_beside(tmp_path):
    other = Store(f"sqlite:///{tmp_path}/demo.db")
    other.upgrade()
    yield make_web(demonstration(other, tmp_path), other)
    other.close()


@pytest.mark.parametrize("role", ROLES)
def test_a_role_gets_where_the_table_lets_it_and_nowhere_else(web, people, role):
    browse = browser(web, people[role])
    web.state.changes.close()  # a live page would not end by itself
    wrong = {}
    for row, allowed in TABLE.items():
        method, path = row.split()
        asked = (
            path if path.startswith(("/live", "/ready", "/favicon", "/robots")) else f"/fi{path}"
        )
        web.state.changes.close()  # a live page would not end by itself
        answer = browse.request(
            method, asked.replace("{path:path}", "none").replace("{", "").replace("}", "")
        )
        to_sign_in = answer.headers.get("location", "").startswith("/fi/sign-in?next=")
        closed = answer.status_code in (401, 403) or to_sign_in
        away = row in ASKING and answer.status_code == 503
        broken = answer.status_code >= 500 and path != "/ready" and not away
        if closed == (role in allowed) or broken:
            wrong[row] = answer.status_code
        if row == "POST /sign-out":
            browse = browser(web, people[role])
    assert wrong == {}


def test_a_person_whose_role_was_taken_is_out_at_once(web, store, people):
    browse = browser(web, people[FACILITATOR])
    assert browse.get("/fi/proposals").status_code == 200
    with store.begin() as session:
        session.exec(delete(RoleRow))
    assert browse.get("/fi/proposals").status_code == 303


def test_who_comes_without_a_session_is_led_back_after_signing_in(web):
    answer = browser(web).get("/sv/challenges/new")
    assert answer.headers["location"] == "/sv/sign-in?next=%2Fchallenges%2Fnew"


def test_the_demonstration_adds_its_sign_in_and_nothing_else(demo_beside):
    assert browser(demo_beside, at=DEMO).get("/fi/proposals").status_code == 303
