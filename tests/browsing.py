"""Browsers of different people, on the real web application over a real store."""

from pathlib import Path

from fastapi import FastAPI
from starlette.testclient import TestClient

from schemas.people import AgentPerson, Facilitator, Member, Role, Visitor
from services.access.doors import COOKIE
from services.access.sessions import sign_in
from services.kit.settings import Settings
from services.kit.store import Store

HERE = "https://piiri.example"
DEMO = "http://127.0.0.1:8000"


def production(store: Store, folder: Path) -> Settings:
    """Settings of a deployment behind https."""
    return Settings(
        database_url=store.url,
        nats_url="nats://127.0.0.1:4222",
        base_url=HERE,
        secret_key="k" * 32,
        data_dir=folder,
    )


def demonstration(store: Store, folder: Path) -> Settings:
    """Settings of a demonstration."""
    return Settings.for_demo({}, database_url=store.url, data_dir=folder)


def visitor_of(person: Member | Facilitator | AgentPerson) -> Visitor:
    """The visitor that a person is."""
    if isinstance(person, Member):
        return Visitor(person_id=person.person_id, role=Role.UNIT_MEMBER, unit_id=person.unit_id)
    if isinstance(person, AgentPerson):
        return Visitor(person_id=person.person_id, role=Role.AGENT, agent_id=person.agent_id)
    return Visitor(person_id=person.person_id, role=Role.FACILITATOR)


def browser(
    app: FastAPI, person: Member | Facilitator | AgentPerson | None = None, *, at: str = HERE
) -> TestClient:
    """A browser, signed in as a person; it goes nowhere by itself."""
    client = TestClient(
        app,
        base_url=at,
        client=("127.0.0.1", 50_000),
        follow_redirects=False,
        raise_server_exceptions=False,
    )
    if person is not None:
        with app.state.store.begin() as session:
            token = sign_in(session, visitor_of(person))
        secure = at.startswith("https")
        client.cookies.set(f"__Host-{COOKIE}" if secure else COOKIE, token)
    return client
