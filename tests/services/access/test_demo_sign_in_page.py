"""Choosing a role: in the demonstration alone, and impossible to switch on elsewhere."""

import pytest
from browsing import DEMO, HERE, browser, demonstration, production
from builders import a_contact, an_agent, joined, registered
from fastapi.routing import iter_route_contexts
from sqlmodel import select

from services.access.errors import WrongInstallation
from services.access.tables import Person
from services.kit.settings import Settings, SettingsRefused
from services.web import make_web

PATHS = ("/fi/demo/sign-in", "/fi/demo/letters")
ENV = {
    "PIIRI_NATS_URL": "nats://127.0.0.1:4222",
    "PIIRI_SECRET_KEY": "k" * 32,
}


@pytest.mark.parametrize("role", ["unit", "facilitator", "agent"])
def test_anyone_may_be_anyone_in_the_demonstration(demo, store, role):
    with store.begin() as session:
        joined(session, "KU837")
        an_agent(session, "06", "05")
    browse = browser(demo, at=DEMO)
    choices = browse.get("/sv/demo/sign-in")
    assert "Yksikkö KU837" in choices.text
    assert "Birkaland" in choices.text
    chosen = browse.post("/sv/demo/sign-in", data={"role": role, "unit": "KU837", "agent": "ag-1"})
    place = {"unit": "/sv/home", "facilitator": "/sv/proposals", "agent": "/sv/inbox"}[role]
    assert chosen.headers["location"] == place
    assert browse.get(place).status_code == 200


def test_units_are_found_by_name_and_those_with_challenges_come_first(demo, store):
    with store.begin() as session:
        joined(session, "A1")
        registered(session, "B2")
    browse = browser(demo, at=DEMO)
    every = browse.get("/fi/demo/sign-in").text
    assert every.index("Yksikkö B2") < every.index("Yksikkö A1")
    found = browse.get("/fi/demo/sign-in?search=yksikkö A").text
    assert "Yksikkö A1" in found
    assert "Yksikkö B2" not in found


def test_the_contact_person_of_a_unit_is_taken_where_there_is_one(demo, store):
    with store.begin() as session:
        joined(session, "KU837")
        person = a_contact(session, "KU837")
    browser(demo, at=DEMO).post("/fi/demo/sign-in", data={"role": "unit", "unit": "KU837"})
    with store.read() as session:
        assert session.exec(select(Person.id)).all() == [person.person_id]


@pytest.mark.parametrize(
    "sent", [{"role": "admin"}, {"role": ""}, {"role": "unit", "unit": "nobody"}, {"role": "agent"}]
)
def test_there_is_no_role_beyond_those_offered(demo, sent):
    browse = browser(demo, at=DEMO)
    assert browse.post("/fi/demo/sign-in", data=sent).status_code == 404
    assert not browse.cookies.get("piiri_session")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-piiri-demo": "1"},
        {"piiri-demo": "1"},
        {"x-forwarded-host": "127.0.0.1"},
        {"x-forwarded-for": "127.0.0.1"},
        {"host": "127.0.0.1:8000"},
        {"cookie": "demo=1; piiri_demo=1"},
    ],
)
def test_nothing_that_is_sent_switches_it_on(web, store, path, headers):
    with store.begin() as session:
        joined(session, "KU837")
    browse = browser(web)
    for query in ("", "?demo=1", "?PIIRI_DEMO=1", "?role=facilitator"):
        assert browse.get(path + query, headers=headers).status_code == 404
        sent = browse.post(path + query, headers=headers, data={"role": "facilitator", "demo": "1"})
        assert sent.status_code in (404, 405)
        assert "piiri_session" not in sent.headers.get("set-cookie", "")


def test_no_page_of_production_leads_to_it(web):
    for path in ("/fi/", "/fi/sign-in", "/fi/nothing"):
        assert "/demo/" not in browser(web).get(path).text


def test_the_routes_themselves_are_not_there(web):
    paths = {route.path for route in iter_route_contexts(web.routes)}
    assert "/proposals" in paths
    assert not [path for path in paths if "demo" in path]


@pytest.mark.parametrize("value", ["1", "true", "0", "no"])
def test_no_variable_switches_it_on(store, monkeypatch, value):
    env = ENV | {"PIIRI_DATABASE_URL": store.url}
    with pytest.raises(SettingsRefused, match="PIIRI_DEMO"):
        Settings.from_env(env | {"PIIRI_DEMO": value})
    monkeypatch.setenv("PIIRI_DEMO", value)
    app = make_web(Settings.from_env(env), store)
    assert not app.state.demo
    assert browser(app).get("/fi/demo/sign-in").status_code == 404


def test_settings_cannot_be_changed_afterwards(web):
    with pytest.raises(ValueError, match="frozen"):
        web.state.settings.demo = True
    web.state.demo = True
    assert browser(web).get("/fi/demo/sign-in").status_code == 404


@pytest.mark.parametrize(
    "said",
    [
        {"host": "::"},
        {"host": "192.168.1.5"},
        {"base_url": "https://piiri.example"},
        {"base_url": "http://0.0.0.0:8000"},
        {"host": "localhost.evil.example"},
    ],
)
def test_a_demonstration_that_others_could_reach_does_not_start(store, tmp_path, said):
    with pytest.raises(SettingsRefused, match="anyone choose a role"):
        Settings.for_demo({}, database_url=store.url, data_dir=tmp_path, **said)


def test_a_name_that_leads_here_from_elsewhere_finds_nothing(demo):
    assert browser(demo, at=DEMO).get("/fi/demo/sign-in").status_code == 200
    for there in ("http://evil.example", "http://192.168.1.5:8000", HERE):
        assert browser(demo, at=there).get("/fi/demo/sign-in").status_code == 404


def test_a_stranger_behind_a_proxy_finds_nothing(demo):
    browse = browser(demo, at=DEMO)
    browse._transport.client = ("192.0.2.7", 40_000)
    assert browse.get("/fi/demo/sign-in").status_code == 404


def test_the_store_of_a_production_is_never_a_demonstration_s(web, store, tmp_path):
    with pytest.raises(WrongInstallation):
        make_web(demonstration(store, tmp_path), store)


def test_the_store_of_a_demonstration_is_never_a_production_s(demo, store, tmp_path):
    with pytest.raises(WrongInstallation):
        make_web(production(store, tmp_path), store)
