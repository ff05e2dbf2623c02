"""The demonstration's sign-in: anyone chooses whom to be. Never part of production."""

from typing import Any

from fastapi import APIRouter, Depends
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from schemas.codes import Language
from schemas.errors import NotFound
from schemas.people import Role, Visitor
from services.access import actions, queries
from services.access.doors import StoreDep
from services.access.errors import UnknownPerson
from services.access.pages import enter
from services.access.roles import own_path, regions_name
from services.challenges import queries as challenges
from services.directory import queries as directory
from services.kit.forms import SentForm
from services.kit.pages import language_of, show
from services.kit.settings import is_loopback
from services.look.words import N_, say

ROLES = {"unit": Role.UNIT_MEMBER, "facilitator": Role.FACILITATOR, "agent": Role.AGENT}
NAME = N_("Esittelyn käyttäjä")


def only_here(request: Request) -> None:
    """
    Let this computer's own browser pass, and others find nothing.

    A second lock: the demonstration listens on the loopback address alone, but a proxy or a
    name that leads to 127.0.0.1 could still bring strangers to the door.
    """
    here = request.client is not None and is_loopback(request.client.host)
    if not (request.app.state.demo and here and is_loopback(request.url.hostname or "")):
        raise NotFound("page")


pages = APIRouter(include_in_schema=False, prefix="/demo", dependencies=[Depends(only_here)])


@pages.get("/sign-in")
def demo_sign_in(
    request: Request,
    store: StoreDep,
    next: str = "",  # noqa: A002  # as addresses have it
    search: str = "",
) -> Response:
    """Show the roles, with units to choose from."""
    lang = language_of(request)
    with store.read() as session:
        values: dict[str, Any] = {
            "units": _units(session, search, lang),
            "agents": _agents(session, lang),
            "next": own_path(next),
            "search": search,
        }
    return show(request, "access/demo_sign_in.html", **values)


@pages.post("/sign-in")
def post_demo_sign_in(request: Request, form: SentForm, store: StoreDep) -> Response:
    """Be whoever was chosen."""
    role = ROLES.get(form.text("role"))
    if role is None:
        raise UnknownPerson
    with store.begin() as session:
        visitor = act_as(session, role, form.text("unit"), form.text("agent"), language_of(request))
        return enter(request, session, visitor, own_path(form.text("next")))


def act_as(session: Session, role: Role, unit_id: str, agent_id: str, lang: Language) -> Visitor:
    """
    Return a visitor of a role, with a made-up person for it when there is none.

    Raises
    ------
    UnknownUnit, UnknownAgent
        When there is none to act for.
    """
    unit_id, agent_id = _acting_for(session, role, unit_id, agent_id)
    for person_id, of_unit in queries.people_with(
        session, role, unit_ids=[unit_id] if unit_id else [], agent_id=agent_id
    ):
        if of_unit == unit_id:
            return _visitor(person_id, role, unit_id, agent_id)
    key = "-".join(filter(None, ("demo", role.replace("_", "-"), unit_id, agent_id))).lower()
    person_id = actions.add_person(
        session, say(lang, NAME), f"{key}@example.invalid", lang, person_id=key[:48], sample=True
    )
    actions.give_role(session, person_id, role, unit_id=unit_id, agent_id=agent_id)
    session.flush()
    return _visitor(person_id, role, unit_id, agent_id)


def _acting_for(session: Session, role: Role, unit_id: str, agent_id: str) -> tuple[str, str]:
    if role is Role.UNIT_MEMBER:
        return directory.unit(session, unit_id).id, ""
    return ("", directory.agent(session, agent_id).id) if role is Role.AGENT else ("", "")


def _visitor(person_id: str, role: Role, unit_id: str, agent_id: str) -> Visitor:
    return Visitor(
        person_id=person_id, role=role, unit_id=unit_id or None, agent_id=agent_id or None
    )


def _units(session: Session, search: str, lang: Language) -> list[tuple[str, str]]:
    """Return the units to choose from, those with challenges of their own first."""
    found = directory.units(session, text=search, limit=1000)
    telling = challenges.open_by_unit(session)
    named = [(unit.id, unit.name.text(lang)) for unit in found]
    return sorted(named, key=lambda one: (one[0] not in telling, one[1]))


def _agents(session: Session, lang: Language) -> list[tuple[str, str]]:
    return [(one.id, regions_name(session, one.id, lang)) for one in directory.agents(session)]
